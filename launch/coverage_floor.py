"""Kernel, rules and every ``domain`` package are covered by branch to the last one."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
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
    gaps = [f"{name}: {gap}" for name, file in within.items() if (gap := _gap(file))]
    print("\n".join(gaps) or f"{len(within)} files of kernel, rules and domain: 100 % by branch")
    return not gaps


def _gap(file: Mapping[str, Any]) -> str:
    """Return what of one file never ran, in a line, or nothing."""
    lines: list[int] = file["missing_lines"]
    # A branch from a line that never ran, or to one, says nothing new.
    untaken = [
        f"{start}->{'exit' if end < 0 else end}"
        for start, end in file.get("missing_branches", ())
        if start not in lines and end not in lines
    ]
    said = [f"{what} {', '.join(found)}" for what, found in
            (("lines", list(_ranges(lines))), ("branches", untaken)) if found]  # fmt: skip
    return "; ".join(said)


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Yield runs of neighbouring numbers, as 3-5 or 7."""
    # Within a run, a number and its place differ by the same amount.
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        yield str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}"
