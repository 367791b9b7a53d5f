# Sourced by ./run and ./test: sets $python to a Python that can make our environment.
# The first that is new enough and can make environments; else the first that is new enough, whose
# launcher then says what it lacks.
python=
for candidate in "${HUTAN_PYTHON:-}" python3.14 python3.13 python3.12 python3.11 python3; do
    [ -n "$candidate" ] || continue
    # A shim may exist for a version that does not: only a run tells.
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    [ -n "$python" ] || python=$candidate
    "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1 || continue
    python=$candidate
    break
done
if [ -z "$python" ]; then
    found=$(python3 --version 2>/dev/null || echo "no python3")
    echo "Hutan needs Python 3.11 or newer, and this machine has $found." >&2
    echo "Install it (Debian and Ubuntu: apt install python3 python3-venv) and start again." >&2
    exit 1
fi
