"""A register of cancellations that holds what it was told: the simulator behind both ports.

It answers by its file of cancellations, so the demonstration city and the tests can enter some; it
can be told to be silent, as a neighbour that is down would be.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from hutan.compliance.ports import Cancellation


class SimulatedRegister:
    """Cancellations by number, kept in a JSON file or in memory alone."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._memory: dict[str, Cancellation] = {}
        self.silent = False

    def cancellation(self, number: str) -> Cancellation | None:
        """Return the cancellation of that number, or nothing; ``ConnectionError`` if silent."""
        if self.silent:
            raise ConnectionError("the register does not answer")
        return self._known().get(number)

    def enter(self, cancellation: Cancellation) -> None:
        """Enter a cancellation; a number that is known keeps what it said."""
        known = {cancellation.number: cancellation} | self._known()
        self._memory = known
        if self._file is not None:
            rows = [
                asdict(one) | {"cancelled_at": one.cancelled_at.isoformat()}
                for one in known.values()
            ]
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part = self._file.with_suffix(".part")
            part.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
            part.replace(self._file)

    def _known(self) -> dict[str, Cancellation]:
        if self._file is None or not self._file.exists():
            return self._memory
        rows = json.loads(self._file.read_text("utf-8"))
        return {
            row["number"]: Cancellation(
                **row | {"cancelled_at": datetime.fromisoformat(row["cancelled_at"])}
            )
            for row in rows
        }
