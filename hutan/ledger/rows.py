"""How rows of the history travel: read from it, and packed for a binary COPY into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from hutan.kernel.refusals import Refusal
from hutan.ledger.domain.decisions import AccountState, Outcome, Refused
from hutan.ledger.domain.instructions import Kind, Posted

COLUMNS = (
    "id, kind, debit, credit, moved, held, at, sequence, debit_before, credit_before, subject, "
    "expires_at, linked"
)
"""The columns of a row in the order of the fields of :class:`Posted`."""

COPY = (
    "COPY public.ledger_transfer (id, sequence, kind, asset, debit, credit, moved, held, at, "
    "debit_before, credit_before, subject, expires_at, linked) FROM STDIN (FORMAT binary)"
)
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

# A row of COPY is a count of fields, then each as a length and its bytes; -1 stands for NULL.
_plain = Struct(">h i16s iq ih ii iq iq iq iq iq iq iq iii").pack
_start = Struct(">h i16s iq ih ii iq iq iq iq iq iq").pack
_refused = Struct(">h i16s iq ih iii iq iq iq iiii").pack
_number = Struct(">iq").pack
_uuid = Struct(">i16s").pack
_NULL = b"\xff\xff\xff\xff"

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    """Return a plain server-side-binding cursor on Django's own connection and transaction."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def read_row(row: tuple[Any, ...]) -> Posted:
    """Return a selected row (:data:`COLUMNS`) as a record."""
    return Posted(row[0], Kind(row[1]), *row[2:])


def pack_rows(
    outcomes: Iterable[Outcome], first: int, accounts: Mapping[int, AccountState], at: datetime
) -> bytes:
    """Return rows for :data:`COPY`; all were decided at one moment ``at``.

    Earlier answers given again are left out: they carry another sequence than their place after
    ``first``, or none.
    """
    moment = microseconds(at)
    packed = []
    for sequence, row in enumerate(outcomes, first):
        if isinstance(row, Refusal) or row.sequence != sequence:
            continue
        if isinstance(row, Refused):
            packed.append(_pack_refused(row, moment))
            continue
        identity, kind, debit, credit, moved, held, _, _, before, credit_before, *_ = row
        asset = accounts[debit].asset
        if kind is Kind.TRANSFER and row.linked is None:
            packed.append(
                _plain(
                    14, 16, identity.int.to_bytes(16, "big"), 8, sequence, 2, kind, 4, asset,
                    8, debit, 8, credit, 8, moved, 8, held, 8, moment, 8, before,
                    8, credit_before, -1, -1, -1,
                )
            )  # fmt: skip
        else:
            expires_at = row.expires_at
            packed.append(
                _start(
                    14, 16, identity.bytes, 8, sequence, 2, kind, 4, asset,
                    8, debit, 8, credit, 8, moved, 8, held, 8, moment, 8, before,
                )
                + (_NULL if credit_before is None else _number(8, credit_before))
                + _pack_uuid(row.subject)
                + (_NULL if expires_at is None else _number(8, microseconds(expires_at)))
                + _pack_uuid(row.linked)
            )  # fmt: skip
    return b"".join(packed)


def microseconds(at: datetime) -> int:
    """Return a moment as PostgreSQL counts it: microseconds since 2000-01-01 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def _pack_refused(row: Refused, moment: int) -> bytes:
    instruction = row.instruction
    return _refused(
        14, 16, instruction.id.bytes, 8, row.sequence, 2, Kind.REFUSED, -1, -1, -1, 8, 0, 8, 0,
        8, moment, -1, -1, -1, -1,
    ) + _pack_uuid(instruction.linked)  # fmt: skip


def _pack_uuid(value: UUID | None) -> bytes:
    return _NULL if value is None else _uuid(16, value.bytes)
