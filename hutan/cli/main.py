"""``hutan``: the commands, one group a file. Only the group that is called for is loaded."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import typer

GROUPS = {
    "rules": "The law as dated, cited parameters (规则库)",
    "calendar": "Working days of Shanghai (工作日历)",
    "codes": "Unified social credit codes (统一社会信用代码)",
    "log": "The public verifiable log (可信存证)",
    "registry": "The allowance registry (配额注册登记)",
    "compliance": "Obligations and surrender (清缴)",
    "history": "Real history replayed through the services (历史回放)",
}
"""Each group is the module ``hutan.cli.<group>`` with a ``typer.Typer`` named ``app``."""


def build(arguments: Sequence[str]) -> typer.Typer:
    """Return the whole command line; groups other than the one asked for are a line of help.

    Deciding cores such as ``hutan codes check`` thereby start without Django.
    """
    whole = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="沪碳 Hutan: one open platform for Shanghai's carbon market.",
    )
    asked = next((word for word in arguments if not word.startswith("-")), None)
    for name, title in GROUPS.items():
        if name == asked:
            group = importlib.import_module(f"hutan.cli.{name}").app
        else:
            group = typer.Typer()
            group.callback(invoke_without_command=True)(lambda: None)
        whole.add_typer(group, name=name, help=title)
    return whole


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutan.config.settings")
    build(sys.argv[1:])(prog_name="hutan")


if __name__ == "__main__":
    main()
