"""Holdings: one ledger account for each asset in each account, made when first needed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from hutan.kernel.quantities import Tonnes
from hutan.ledger.services import Opening, open_accounts, open_asset
from hutan.parties.planned import planned
from hutan.registry.domain.numbers import KIND_LETTERS

_SOURCES = {KIND_LETTERS["issuance"]}


def lock_holdings(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the ids of the holdings at (account, asset), made if need be, and locked.

    Locks are taken in the order of the ids and last until the transaction ends, so acts on the
    same holdings follow each other and acts on others go on beside them.
    """
    wanted = sorted(set(places))
    found = _lock(wanted)
    if missing := [place for place in wanted if place not in found]:
        _make(missing)
        found = _lock(wanted)
    assert set(found) == set(wanted)
    return found


def _lock(places: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found = planned(
        """
        SELECT account_id, asset, id FROM registry_holding
        WHERE (account_id, asset) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
        ORDER BY id FOR UPDATE
        """,
        [[account for account, _ in places], [asset for _, asset in places]],
    )
    return {(account, asset): id for account, asset, id in found}


def _make(places: list[tuple[str, str]]) -> None:
    for asset in sorted({asset for _, asset in places}):
        open_asset(code=asset, unit=Tonnes.unit)
    opened = open_accounts(
        Opening(
            asset=asset,
            code=account,
            source=account[2:4] in _SOURCES,
            serialised=account[2:4] not in _SOURCES,
        )
        for account, asset in places
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_holding (id, account_id, asset)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            [
                [one.id for one in opened],
                [one.code for one in opened],
                [one.asset for one in opened],
            ],
        )
