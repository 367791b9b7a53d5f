"""``./run``: have the environment ready, then become the command in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from hutan.runtime.console import complain, step
from hutan.runtime.trouble import Trouble, of_the_machine
from launch.environment import Environment

ROOT = Path(__file__).resolve().parent.parent

USAGE = """\
./run [--port N] [--data DIR] [--reset [--yes]]   start the platform; Ctrl-C stops it
./run [--data DIR] COMMAND ...                    run one of its commands, beside it or alone

  --port N     port of the web server (8000; 0 takes any free one)
  --data DIR   where the data lies (var)
  --reset      remove all data and begin anew; asks first, unless --yes is given
"""


@dataclass(frozen=True)
class Asked:
    """What the person typed: where the data lies, and what goes to ``hutan``."""

    words: tuple[str, ...]
    data: Path
    help: bool = False


def read(arguments: Sequence[str]) -> Asked:
    """Read the command line; raise ``Trouble`` if it makes no sense."""
    data = Path(os.environ.get("HUTAN_DATA") or ROOT / "var")
    for_start: list[str] = []
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        option, equals, value = rest.pop(0).partition("=")
        if option in ("-h", "--help"):
            return Asked(("--help",), data, help=True)
        if option in ("--port", "--data"):
            if not equals:
                if not rest:
                    raise Trouble(f"{option} needs a value.", "See ./run --help.")
                value = rest.pop(0)
            if option == "--data":
                data = Path(value).expanduser()
            elif value.isascii() and value.isdigit():
                for_start += ["--port", value]
            else:
                raise Trouble(f"{value!r} is no port.", "Name a number, for instance --port 8001.")
        elif option in ("--reset", "--yes", "-y") and not equals:
            for_start.append("--yes" if option == "-y" else option)
        else:
            raise Trouble(f"./run knows no option {option}.", "See ./run --help.")
    if rest and for_start:
        raise Trouble(
            f"{for_start[0]} belongs to starting the platform, not to a command.",
            "Leave it out, or write it behind the command if the command has it.",
        )
    return Asked(tuple(rest) or ("up", *for_start), data.absolute())


def become(asked: Asked, environment: Environment) -> NoReturn:
    """Replace this process by ``hutan`` in the environment."""
    inside = {
        **os.environ,
        "HUTAN_DATA": str(asked.data),
        "PYTHONPATH": str(environment.root),
        "PYTHONSAFEPATH": "1",
    }
    # Assertions are how invariants are written, so nothing switches them off.
    for name in ("PYTHONOPTIMIZE", "PYTHONHOME"):
        inside.pop(name, None)
    python = os.fspath(environment.python)
    os.execve(python, [python, "-m", "hutan.cli.main", *asked.words], inside)  # noqa: S606 our own


def main() -> None:
    """Run the command line; what the person can mend is two lines, not a traceback."""
    try:
        asked = read(sys.argv[1:])
        environment = Environment(ROOT)
        if asked.help:
            print(USAGE, flush=True)
            if not environment.ready("base"):
                print("The commands are listed here once ./run has made the environment.")
                return
        starting = asked.words[0] == "up"
        if starting:
            print("沪碳 Hutan\n", flush=True)
        if starting or not environment.ready("base"):
            with step("environment") as showing:
                environment.ensure("base", showing.say)
                showing.result = "ready"
        become(asked, environment)
    except Trouble as trouble:
        complain(trouble)
    except KeyboardInterrupt:
        complain(Trouble("Stopped.", "The next start goes on where this one was."))
    except OSError as error:
        trouble_ = of_the_machine(error)
        if trouble_ is None:
            raise
        complain(trouble_)
    sys.exit(1)


if __name__ == "__main__":
    main()
