"""``./test``: lint, types, layers, all tests, coverage; or, given words, pytest with those."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from hutan.runtime.console import complain, step
from hutan.runtime.trouble import Trouble, of_the_machine
from launch.coverage_floor import reached
from launch.environment import Environment
from launch.steps import Steps

ROOT = Path(__file__).resolve().parent.parent


def check(words: list[str]) -> bool:
    """Run what was asked for; return whether it passed."""
    environment = Environment(ROOT)
    with step("environment") as showing:
        environment.ensure("dev", showing.say)
        showing.result = "ready"
    inside = _surroundings(environment)
    python = environment.python
    pytest: list[str | Path] = [python, "-m", "pytest", "-m", "not nightly"]
    if words:
        # Words that choose by mark themselves come later and win.
        return subprocess.run([*pytest, *words], env=inside, check=False).returncode == 0
    have_browser()
    steps = Steps(ROOT, inside)
    steps.run("ruff check", [python, "-m", "ruff", "check", "."])
    steps.run("ruff format", [python, "-m", "ruff", "format", "--check", "."])
    steps.run("mypy", [python, "-m", "mypy"])
    steps.run("lint-imports", [python, "-c", _IMPORTS])
    steps.run("pytest", [*pytest, "-n", "2", "--cov", "--cov-branch", "--cov-report="])
    counted = steps.last_line
    steps.call("coverage", lambda: reached(ROOT, python, inside))
    passed = steps.summary()
    # pytest's own summary closes the output, as it would if pytest had run alone.
    print(f"\n{counted}", flush=True)
    return passed


def _surroundings(environment: Environment) -> dict[str, str]:
    # The tests bring a database of their own, whatever the terminal was set up for.
    foreign = ("PYTHONOPTIMIZE", "PYTHONHOME", "DATABASE_URL")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in foreign and not name.startswith("HUTAN_")
    }
    path = f"{environment.folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**kept, "PYTHONPATH": str(ROOT), "PATH": path}


_IMPORTS = "from importlinter.cli import lint_imports_command as c; c()"


def have_browser() -> None:
    """Install Chromium for the browser tests where that takes no question; else say so."""
    if not (ROOT / "tests" / "browser").is_dir() or shutil.which("chromium"):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        print("Without Chromium the browser tests are left out; install it as 'chromium'.")
        return
    with step("chromium") as showing:
        quiet: Mapping[str, str] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            showing.say(f"apt-get {words[0]}")
            done = subprocess.run(
                ["apt-get", "-qq", *words], env=quiet, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        showing.result = (
            "installed" if shutil.which("chromium") else f"not installed: {reason}; left out"
        )


def main() -> None:
    """Run the checks; exit 0 if all have passed."""
    try:
        sys.exit(0 if check(sys.argv[1:]) else 1)
    except Trouble as trouble:
        complain(trouble)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        trouble_ = of_the_machine(error)
        if trouble_ is None:
            raise
        complain(trouble_)
    sys.exit(1)


if __name__ == "__main__":
    main()
