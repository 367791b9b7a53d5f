"""``post_one``: one posting by one call of the database. ``expire``: what is due is released."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from psycopg import errors

from hutan.kernel.canonical import Json
from hutan.kernel.moments import aware
from hutan.ledger import rows
from hutan.ledger.domain.answers import again, content_of
from hutan.ledger.domain.decisions import Fault, stateless_fault
from hutan.ledger.domain.instructions import Instruction, Posted, Reserve, Transfer, Void
from hutan.ledger.refusals import BY_CODE
from hutan.ledger.services.batches import Answer
from hutan.ledger.services.reading import find_answers, lapse, lock_accounts

_POST_ONE: Final = (
    "SELECT * FROM public.ledger_post_one(%s, %s::smallint, %s::bigint, %s::bigint, %s::bigint,"
    " %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)"
)
_REFUSED, _POSTED, _KNOWN = 0, 1, 2
_SWEEP: Final = 10_000


def post_one(transfer: Instruction, *, at: datetime) -> Answer:
    """Post one instruction at the moment ``at``; answer exactly as ``post`` would.

    One call of a database function, in the caller's transaction or in one of its own.
    """
    content = content_of(transfer)
    fault = stateless_fault(transfer, aware(at))
    cursor = rows.cursor()
    parameters = _parameters(transfer, at, content, fault)
    try:
        cursor.execute(_POST_ONE, parameters, prepare=True, binary=True)
    except errors.DeadlockDetected:
        # Somebody uses the same id for another transfer right now; his answer is there by now.
        if connection.in_atomic_block:
            raise
        cursor.execute(_POST_ONE, parameters, prepare=True, binary=True)
    outcome, sequence, debit, credit, moved, held, *chain, code, facts = next(cursor)
    if outcome == _POSTED:
        expires_at = transfer.expires_at if isinstance(transfer, Reserve) else None
        subject = None if isinstance(transfer, (Transfer, Reserve)) else transfer.subject
        return Posted(
            transfer.id, transfer.kind, debit, credit, moved, held, at, sequence,
            chain[0], chain[1], subject, expires_at, transfer.linked,
        )  # fmt: skip
    if outcome == _REFUSED:
        return BY_CODE[code](**facts)
    return again(transfer, find_answers(cursor, [transfer.id])[transfer.id.int])


def expire(*, at: datetime) -> list[Posted]:
    """Release every reservation that is due at ``at``; return the lapses, an account at a time.

    Answers never depend on it: postings treat what is due as released, swept or not.
    """
    aware(at)
    lapsed: list[Posted] = []
    while True:
        with transaction.atomic():
            cursor = rows.cursor()
            cursor.execute(
                "SELECT DISTINCT debit FROM public.ledger_reservation WHERE expires_at <= %s"
                " ORDER BY debit LIMIT %s",
                (at, _SWEEP),
            )
            due = [row[0] for row in cursor.fetchall()]
            if not due:
                return lapsed
            lapsed += lapse(cursor, due, at, lock_accounts(cursor, due))


def _parameters(
    transfer: Instruction, at: datetime, content: dict[str, Json], fault: Fault | None
) -> tuple[Any, ...]:
    debit = credit = amount = subject = expires_at = None
    if isinstance(transfer, (Transfer, Reserve)):
        debit, credit = transfer.debit, transfer.credit
    else:
        subject = transfer.subject
    if isinstance(transfer, Reserve):
        expires_at = transfer.expires_at
    if fault is None and not isinstance(transfer, Void):
        amount = transfer.amount
    code, facts = (None, None) if fault is None else (fault.reason.code, json.dumps(fault.facts))
    return (
        transfer.id, transfer.kind.value, debit, credit, amount, subject, expires_at,
        transfer.linked, at, code, facts, json.dumps(content),
    )  # fmt: skip
