"""``post``: a batch decided in order on locked balances and written by one binary COPY."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Final, TypeAlias

from django.db import transaction
from psycopg import errors

from hutan.kernel.moments import aware
from hutan.kernel.refusals import Refusal, refuse
from hutan.ledger import rows
from hutan.ledger.domain.answers import content_of
from hutan.ledger.domain.batches import decide
from hutan.ledger.domain.decisions import Outcome, Refused
from hutan.ledger.domain.instructions import Instruction, Posted
from hutan.ledger.services.reading import Cursor, load_book, named_facts

Answer: TypeAlias = Posted | Refusal

_ATTEMPTS: Final = 5
_CHUNK: Final = 500  # The server inserts one chunk while the next is decided.
LARGEST_BATCH: Final = 2**20  # The places within one commit number.


def post(transfers: Iterable[Instruction], *, at: datetime) -> list[Answer]:
    """Post a batch at the moment ``at``; return one answer an instruction, in order.

    Each sees the effect of those before it. An answer is what was posted or why not; refusals are
    remembered and answered again, so they are returned, not raised. The whole batch commits with
    the caller's transaction, or as one if there is none.
    """
    batch = _checked(transfers, at)
    if not batch:
        return []
    # That ids are new is found out by writing them; only a batch that repeats some looks them up.
    attempt = 0
    while True:
        try:
            with transaction.atomic():
                return _post(batch, at, look_up=attempt > 0)
        except (errors.UniqueViolation, errors.DeadlockDetected):
            # Deadlocks arise only where one id is used for different transfers at once.
            attempt += 1
            if attempt == _ATTEMPTS:
                raise


def all_posted(answers: Iterable[Answer]) -> list[Posted]:
    """Return the answers if all were posted; otherwise raise what was refused."""
    posted, refused = [], []
    for answer in answers:
        if isinstance(answer, Posted):
            posted.append(answer)
        else:
            refused.append(answer)
    refuse(refused)
    return posted


def _checked(transfers: Iterable[Instruction], at: datetime) -> list[Instruction]:
    aware(at)
    batch = list(transfers)
    if len(batch) > LARGEST_BATCH:
        raise ValueError(f"a batch holds at most {LARGEST_BATCH} transfers, not {len(batch)}")
    return batch


def _post(batch: list[Instruction], at: datetime, *, look_up: bool) -> list[Answer]:
    cursor = rows.cursor()
    book, first = load_book(cursor, batch, at, look_up=look_up)
    outcomes: list[Outcome] = []
    decided = decide(batch, book, at=at, first=first)
    with cursor.copy(rows.COPY) as copy:
        copy.write(rows.HEADER)
        while chunk := list(islice(decided, _CHUNK)):
            copy.write(rows.pack_rows(chunk, first + len(outcomes), book.accounts, at))
            outcomes += chunk
        copy.write(rows.TRAILER)
    return _answers(cursor, outcomes, first)


def _answers(cursor: Cursor, outcomes: list[Outcome], first: int) -> list[Answer]:
    """Turn fresh refusals into sentences, and remember them under their ids."""
    refused = {o.sequence: o for o in outcomes if isinstance(o, Refused)}
    if not refused:
        return outcomes  # type: ignore[return-value]  # without Refused these are the answers
    facts = named_facts(cursor, [one.facts for one in refused.values()])
    answers = {
        sequence: one.reason(**named)
        for (sequence, one), named in zip(refused.items(), facts, strict=True)
    }
    with cursor.copy("COPY public.ledger_refusal (id, code, facts, content) FROM STDIN") as copy:
        for sequence, one in refused.items():
            refusal = answers[sequence]
            copy.write_row(
                (
                    one.instruction.id,
                    refusal.code,
                    json.dumps(refusal.facts),
                    json.dumps(content_of(one.instruction)),
                )
            )
    return [answers[o.sequence] if isinstance(o, Refused) else o for o in outcomes]
