"""``hutan log``: roots and proofs as decision cores, and the log in the database.

The decision cores start without Django; the other commands load it when they are called.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn

from hutan.cli.answers import answer_all
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.refusals import Refusal, Refusals
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
    with _database(), _progress() as progress:
        from hutan.transparency.queries import keys_in_force
        from hutan.transparency.services import verify as walk_log

        trusted = [read_verifier_key(text) for text in key or ()]
        known = trusted or list(keys_in_force())
        heads = [_head(path, known) for path in against or ()]
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
def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    log_only: Annotated[bool, typer.Option(help="Leave out what the platform says.")] = False,
) -> None:
    """Write the whole log as plain files for an auditor, and beside it what stands now."""
    with _database(), _progress() as progress:
        from hutan.cli.claims import export_with_claims
        from hutan.transparency.services import export as write_log

        if log_only:
            manifest = write_log(folder, progress=progress)
        else:
            manifest = export_with_claims(folder, progress=progress)
    print(json.dumps(manifest, ensure_ascii=False, indent=2))


@app.command()
def checkpoint(
    new: Annotated[bool, typer.Option(help="First put what waits into the tree and sign.")] = False,
) -> None:
    """Print the newest signed checkpoint."""
    with _database():
        from hutan.transparency.queries import latest_checkpoint
        from hutan.transparency.refusals import NoCheckpoint
        from hutan.transparency.services import integrate

        head = integrate(at=datetime.now(SHANGHAI)) if new else latest_checkpoint()
        if head is None:
            raise NoCheckpoint(size=0)
    print(head.note, end="")


@app.command()
def receipt(
    act: Annotated[UUID, typer.Argument(help="The act's id.")],
    movement: Annotated[str | None, typer.Option(help="The id of one movement of it.")] = None,
    size: Annotated[int | None, typer.Option(help="Lead to the checkpoint of this size.")] = None,
    tlog_proof: Annotated[
        bool, typer.Option(help="Write the text form of c2sp.org/tlog-proof (whole acts).")
    ] = False,
) -> None:
    """Print the receipt of an act: tools/verify_receipt.py checks it offline."""
    with _database():
        from hutan.transparency import queries

        found = queries.receipt(act=act, movement=movement, size=size)
    if tlog_proof:
        print(found.tlog_proof(), end="")
    else:
        print(json.dumps(found.to_record(), ensure_ascii=False, indent=2))


@app.command()
def key() -> None:
    """Print the public keys that sign the log now, one a line."""
    with _database():
        from hutan.transparency.queries import keys_in_force

        keys = keys_in_force()
    for each in keys:
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

    with _refusals():
        own = read_signing_key(key_file.read_text(encoding="utf-8"))
        if not own.usage.timestamped:
            raise typer.BadParameter("make the witness's key with: hutan log new-key --witness")
        watcher = Witness(own, [read_verifier_key(text) for text in log], HeadMemory(memory))
        request = sys.stdin.buffer.read().decode("utf-8", errors="replace")
        print(watcher.add_checkpoint(request, at=datetime.now(SHANGHAI)), end="")


def _head(path: Path, keys: Sequence[VerifierKey]) -> Head:
    note = read_note(path.read_text(encoding="utf-8", errors="replace"))
    verified_signers(note, keys)
    return read_head(note.text)


@contextmanager
def _refusals() -> Iterator[None]:
    """Say what is refused in both languages and leave with 1."""
    try:
        yield
    except (Refusal, Refusals) as refused:
        for refusal in refused if isinstance(refused, Refusals) else (refused,):
            for language in _LANGUAGES:
                sentence, cure = refusal.sentence(language), refusal.cure(language)
                print(f"{refusal.code} {sentence} {cure}", file=sys.stderr)
        raise typer.Exit(1) from None


_LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")


@contextmanager
def _database() -> Iterator[None]:
    """Load Django; say in one sentence that the database cannot be reached, and leave with 2."""
    import django

    django.setup()
    from django.db import OperationalError

    try:
        with _refusals():
            yield
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        print(f"数据库无法使用。请用 ./run 启动平台。({reason})", file=sys.stderr)
        print(
            f"The database cannot be used; start the platform with ./run. ({reason})",
            file=sys.stderr,
        )
        raise typer.Exit(2) from None


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """Show how far a long walk is, on a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(name: str, count: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=None)
            bar.update(tasks[name], completed=count)

        yield tell
