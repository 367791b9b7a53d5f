"""``hutan auditor``: the auditor of an exported log; ``python -m hutan.auditor`` is the same."""

from __future__ import annotations

import typer

from hutan.auditor.command import main


def auditor(context: typer.Context) -> None:
    """Recompute everything from an exported log: auditor DIR; auditor --help lists the options."""
    raise typer.Exit(main(context.args))
