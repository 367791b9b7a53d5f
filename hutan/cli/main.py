"""``hutan``: the commands, one group a file. Only what is called for is loaded."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import typer

from hutan.kernel.refusals import Language, Refusal, Refusals
from hutan.runtime.console import complain
from hutan.runtime.trouble import Trouble, of_the_machine

GROUPS = {
    "rules": "The law as dated, cited parameters (规则库)",
    "calendar": "Working days of Shanghai (工作日历)",
    "codes": "Unified social credit codes (统一社会信用代码)",
    "log": "The public verifiable log (可信存证)",
    "registry": "The allowance registry (配额注册登记)",
    "compliance": "Obligations and surrender (清缴)",
    "history": "Real history replayed through the services (历史回放)",
    "clock": "The clock of the demonstration city (演示时钟)",
}
"""Each group is the module ``hutan.cli.<group>`` with a ``typer.Typer`` named ``app``."""

COMMANDS = {
    "up": "Start everything; what ./run does without a command",
    "prepare": "Migrate the database; fill the demonstration city",
    "serve": "Pages and API as a process",
    "worker": "The clockwork as a process",
    "auditor": "Recompute everything from an exported log (审计重算)",
    "check": "Whether this place may serve: settings and database",
    "manage": "Django's own commands",
}
"""Each command is the function ``<command>`` of the module ``hutan.cli.<command>``."""

_MARKET, _RUNNING = "The market", "Running it"
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def build(arguments: Sequence[str]) -> typer.Typer:
    """Return the whole command line; what was not asked for is a line of help.

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
        whole.add_typer(group, name=name, help=title, rich_help_panel=_MARKET)
    for name, title in COMMANDS.items():
        command = _nothing
        if name == asked:
            command = getattr(importlib.import_module(f"hutan.cli.{name}"), name)
        settings = _PASSED_ON if name in ("auditor", "manage") else None
        whole.command(name, short_help=title, rich_help_panel=_RUNNING, context_settings=settings)(
            command
        )
    return whole


def _nothing() -> None:
    """Stand for a command that was not asked for."""


def main() -> None:
    """Run the command line. What the person can mend is told in two lines, not as a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutan.config.settings")
    # A request to end unwinds like Ctrl-C, so that a server started for this command is stopped.
    signal.signal(signal.SIGTERM, _end)
    try:
        build(sys.argv[1:])(prog_name="./run")
    except Trouble as trouble:
        _complain(trouble)
    except Refusal as refusal:
        _tell([refusal])
    except Refusals as refusals:
        _tell(refusals.refusals)
    except BrokenPipeError:
        # Whoever read our output has had enough (`hutan ... | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        trouble_ = of_the_machine(error)
        if trouble_ is None:
            raise
        _complain(trouble_)
    except Exception as error:
        if not _lost_database(error):
            raise
        _complain(
            Trouble(
                f"The database does not answer: {' '.join(str(error).split())}.",
                "Start again once it runs; what was not confirmed was not done.",
            )
        )


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _complain(trouble: Trouble) -> NoReturn:
    complain(trouble)
    sys.exit(1)


def _tell(refusals: Sequence[Refusal]) -> NoReturn:
    language = _language()
    sys.stdout.flush()
    for refusal in refusals:
        source = refusal.clause or refusal.basis
        sys.stderr.write(
            f"{refusal.code} {refusal.sentence(language)} [{source}]\n{refusal.cure(language)}\n"
        )
    sys.exit(1)


def _language() -> Language:
    """Return the person's language as the terminal states it."""
    stated = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG")
                   if os.environ.get(name)), "")  # fmt: skip
    return "zh" if stated.startswith("zh") else "en"


def _lost_database(error: Exception) -> bool:
    """Tell whether the connection to the database broke, in Django's words or in psycopg's."""
    import psycopg

    causes = (error, error.__cause__)
    return any(isinstance(cause, psycopg.OperationalError) for cause in causes)


if __name__ == "__main__":
    main()
