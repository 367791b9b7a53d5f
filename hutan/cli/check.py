"""``hutan check``: whether this place may serve, for operators and monitors."""

from __future__ import annotations

import io

import typer

from hutan.cli.reach import needs_database, refuse_unsafe


@needs_database
def check() -> None:
    """Check settings and database as every start does; say what is refused, or nothing is."""
    from django.conf import settings
    from django.core.management import call_command

    refuse_unsafe()
    call_command("check", databases=["default"], stdout=io.StringIO())
    typer.echo(f"{settings.ENVIRONMENT}: nothing is refused")
