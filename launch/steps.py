"""Steps of a check: each is run to its end, shown, timed; one that fails does not hide another."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Steps:
    """The steps so far: name, whether it passed, seconds."""

    root: Path
    environment: Mapping[str, str]
    done: list[tuple[str, bool, float]] = field(default_factory=list)
    last_line: str = ""

    def run(self, name: str, command: Sequence[str | Path]) -> bool:
        """Run a program, passing on what it prints; remember its last line."""

        def called() -> bool:
            process = subprocess.Popen(
                command, cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            )  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                self.last_line = line.strip() or self.last_line
            return process.wait() == 0

        return self.call(name, called)

    def call(self, name: str, check: Callable[[], bool]) -> bool:
        """Run a check of our own."""
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        passed = check()
        self.done.append((name, passed, time.monotonic() - started))
        return passed

    def summary(self) -> bool:
        """Print each step with its time; return whether all have passed."""
        print()
        for name, passed, seconds in self.done:
            print(f"{'ok' if passed else 'FAILED':8}{name:24}{seconds:7.1f} s")
        return all(passed for _, passed, _ in self.done)
