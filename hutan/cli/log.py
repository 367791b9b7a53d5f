"""``hutan log``: roots and proofs as decision cores, and the log in the database.

The decision cores and the witness start without Django.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn

from hutan.cli.answers import answer_all
from hutan.cli.reach import needs_database
from hutan.kernel.moments import SHANGHAI
from hutan.transparency.domain.keys import (
    SUITES,
    VerifierKey,
    generate_key,
    is_name,
    read_signing_key,
    read_verifier_key,
    usage_of,
)
from hutan.transparency.domain.notes import Head, read_head, read_note, verified_signers
from hutan.transparency.domain.questions import answer_consistency, answer_inclusion, answer_root

app = typer.Typer(no_args_is_help=True)

Questions = Annotated[
    Path | None,
    typer.Argument(
        help="JSON Lines, or one JSON object; standard input if left out.",
        exists=True,
        dir_okay=False,
        allow_dash=True,
    ),
]


_FORMS = "Each question and answer with an example: docs/log-format.md, section Commands."


@app.command(epilog=_FORMS)
def root(questions: Questions = None) -> None:
    """Compute the root over leaves (SHA-256 or SM3).

    {"algorithm": "sm3", "encoding": "utf-8", "leaves": ["a", "b"]}
    """
    answer_all(questions, answer_root)


@app.command(epilog=_FORMS)
def verify_inclusion(questions: Questions = None) -> None:
    """Check that a leaf is in a tree.

    {"index": 0, "size": 2, "leaf_hash": "...", "proof": ["..."], "root": "..."}
    """
    answer_all(questions, answer_inclusion)


@app.command(epilog=_FORMS)
def verify_consistency(questions: Questions = None) -> None:
    """Check that a tree grew out of an older one.

    {"old_size": 1, "new_size": 2, "old_root": "...", "new_root": "...", "proof": ["..."]}
    """
    answer_all(questions, answer_consistency)


@app.command()
@needs_database
def verify(
    against: Annotated[
        list[Path] | None,
        typer.Option(exists=True, help="A checkpoint kept elsewhere; may be repeated."),
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="A key that must be signing now; may be repeated.")
    ] = None,
) -> None:
    """Walk the whole log in the database and name the first row that is not as it was signed."""
    from hutan.transparency.queries import announced_keys
    from hutan.transparency.services import verify as walk_log

    trusted = [read_verifier_key(text) for text in key or ()]
    heads = [_head(path, trusted or announced_keys()) for path in against or ()]
    with _progress() as progress:
        verdict = walk_log(
            heads=heads, trusted=trusted, progress=lambda size: progress("entries", size)
        )
    if verdict.damage is not None:
        raise verdict.damage
    walked = verdict.walked
    print(
        f"存证完好：{walked.size} 条，{walked.movements} 笔变动，{walked.checkpoints} 个检查点，"
        f"根 {walked.root.hex()}。"
    )
    print(
        f"The log is sound: {walked.size} entries, {walked.movements} movements, "
        f"{walked.checkpoints} checkpoints, root {walked.root.hex()}."
    )


@app.command()
@needs_database
def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    log_only: Annotated[bool, typer.Option(help="Leave out what the platform says.")] = False,
) -> None:
    """Write the whole log as plain files for an auditor, and beside it what stands now."""
    from hutan.cli.claims import export_with_claims
    from hutan.transparency.services import export as write_log

    with _progress() as progress:
        write = write_log if log_only else export_with_claims
        manifest = write(folder, progress=progress)
    print(json.dumps(manifest, ensure_ascii=False, indent=2))


@app.command()
@needs_database
def checkpoint(
    new: Annotated[bool, typer.Option(help="First put what waits into the tree and sign.")] = False,
) -> None:
    """Print the newest signed checkpoint."""
    from hutan import clock
    from hutan.transparency.queries import latest_checkpoint
    from hutan.transparency.refusals import NoCheckpointYet
    from hutan.transparency.services import integrate

    head = integrate(at=clock.now()) if new else latest_checkpoint()
    if head is None:
        raise NoCheckpointYet
    print(head.note, end="")


@app.command()
@needs_database
def receipt(
    act: Annotated[UUID, typer.Argument(help="The act's id.")],
    movement: Annotated[str | None, typer.Option(help="The id of one movement of it.")] = None,
    size: Annotated[int | None, typer.Option(help="Lead to the checkpoint of this size.")] = None,
    tlog_proof: Annotated[
        bool, typer.Option(help="Write the text form of c2sp.org/tlog-proof (whole acts).")
    ] = False,
) -> None:
    """Print the receipt of an act: tools/verify_receipt.py checks it offline."""
    from hutan.transparency import queries

    found = queries.receipt(act=act, movement=movement, size=size)
    if tlog_proof:
        print(found.tlog_proof(), end="")
    else:
        print(json.dumps(found.to_record(), ensure_ascii=False, indent=2))


@app.command()
@needs_database
def key() -> None:
    """Print the public keys that sign the log now, one a line."""
    from hutan.transparency.queries import keys_in_force

    for each in keys_in_force():
        print(each)


@app.command()
def new_key(
    name: Annotated[str, typer.Argument(help="The log's origin, or the witness's name.")],
    file: Annotated[Path, typer.Argument(help="Where to write the private key (0600).")],
    suite: Annotated[str, typer.Option(help=" or ".join(SUITES))] = "sha256-ed25519",
    witness: Annotated[bool, typer.Option(help="Make a witness's key.")] = False,
) -> None:
    """Make a signing key; print its public half."""
    from hutan.transparency.memory import write_private

    if suite not in SUITES or not is_name(name):
        raise typer.BadParameter(f"a name without spaces or +, and one of {', '.join(SUITES)}")
    made = generate_key(name, usage_of(SUITES[suite], timestamped=witness))
    try:
        write_private(file, made.text() + "\n")
    except FileExistsError:
        raise typer.BadParameter(f"{file} exists already") from None
    print(made.verifier)


@app.command()
def witness(
    key_file: Annotated[Path, typer.Option("--key", exists=True, help="The witness's key file.")],
    log: Annotated[list[str], typer.Option(help="A log's public key; may be repeated.")],
    memory: Annotated[Path, typer.Option(help="The folder of the witness's memory.")],
) -> None:
    """Co-sign the head in a request on standard input (c2sp.org/tlog-witness); print the line."""
    from hutan.transparency.memory import HeadMemory
    from hutan.transparency.witness import Witness

    own = read_signing_key(key_file.read_text(encoding="utf-8"))
    if not own.usage.timestamped:
        raise typer.BadParameter("make the witness's key with: hutan log new-key --witness")
    watcher = Witness(own, [read_verifier_key(text) for text in log], HeadMemory(memory))
    request = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    # A witness is no part of the demonstration city: its time is the real one.
    print(watcher.add_checkpoint(request, at=datetime.now(SHANGHAI)), end="")


def _head(path: Path, keys: Sequence[VerifierKey]) -> Head:
    note = read_note(path.read_text(encoding="utf-8", errors="replace"))
    verified_signers(note, keys)
    return read_head(note.text)


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """Show how far a long walk is, on a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"))
    console = Console(stderr=True)
    # Into a file or a pipe nothing is shown: what stands there is only what went wrong.
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(name: str, count: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=None)
            bar.update(tasks[name], completed=count)

        yield tell
