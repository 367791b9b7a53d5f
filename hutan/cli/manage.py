"""``hutan manage``: Django's own commands, on the same database."""

from __future__ import annotations

import typer

from hutan.cli.reach import needs_database


@needs_database
def manage(context: typer.Context) -> None:
    """Run a command of Django, for instance: manage makemigrations ledger."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["hutan manage", *context.args])
