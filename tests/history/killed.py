"""Replays a file and kills its own process, as ``kill -9`` does, at the n-th statement.

``python -m tests.history.killed FILE N``: exits with 0 where the replay needs fewer statements.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from hutan.cli.reach import database


def main() -> None:
    """Replay until the statement comes."""
    path, number = Path(sys.argv[1]), int(sys.argv[2])
    with database("history replay"):
        from django.db import connection

        from tests.history.replaying import Statement, replayed

        count = 0

        def run(execute: Statement, sql: Any, given: Any, many: Any, context: Any) -> Any:
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, given, many, context)

        with connection.execute_wrapper(run):
            replayed(path)


if __name__ == "__main__":
    main()
