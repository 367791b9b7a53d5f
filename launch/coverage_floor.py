"""Kernel, rules and every ``domain`` package are covered by branch to the last one."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FLOOR = re.compile(r"hutan/(kernel|rules|[a-z_]+(/[a-z_]+)*/domain)/.*\.py")


def reached(root: Path, python: Path, environment: Mapping[str, str]) -> bool:
    """Print what the measured run has left out of the floor; return whether that is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        made = subprocess.run(
            [python, "-m", "coverage", "json", "-q", "-o", report],
            cwd=root, env=environment, check=False,
        )  # fmt: skip
        if made.returncode:
            return False
        files = json.loads(report.read_text())["files"]
    within = {name: files[name] for name in sorted(files) if FLOOR.fullmatch(name)}
    gaps = [line for name, file in within.items() for line in _gaps(name, file)]
    print("\n".join(gaps) or f"{len(within)} files of kernel, rules and domain: 100 % by branch")
    return not gaps


def _gaps(name: str, file: Mapping[str, Any]) -> Iterator[str]:
    if file["missing_lines"]:
        yield f"{name}: lines {', '.join(map(str, file['missing_lines']))} never ran"
    for start, end in file.get("missing_branches", ()):
        yield f"{name}: line {start} never went on to {'the exit' if end < 0 else f'line {end}'}"
