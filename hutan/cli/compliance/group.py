"""The group itself, which the commands beside it join."""

import typer

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Obligations and surrender (清缴)."""
