"""Open assets and accounts: in bulk, and harmless to repeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from hutan.kernel.refusals import Refusal, refuse
from hutan.ledger import refusals, rows


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that can be owned; ``unit`` is what one of it is (``tCO2e``, ``fen`` ...)."""

    id: int
    code: str
    unit: str


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to open: ``code`` names its holder within ``asset`` (an asset's code).

    ``source`` may go below zero (issuance, the outside world). ``serialised`` accounts have serial
    blocks in the registry. Neither ever changes.
    """

    asset: str
    code: str
    source: bool = False
    serialised: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """An open account. ``id`` is its number in transfers."""

    id: int
    asset: str
    code: str
    source: bool
    serialised: bool


_FIND: Final = """
SELECT a.id, s.code, a.code, a.source, a.serialised
FROM public.ledger_account a JOIN public.ledger_asset s ON s.id = a.asset
JOIN unnest(%s::text[], %s::text[]) AS wanted(asset, code)
  ON wanted.asset = s.code AND wanted.code = a.code
"""

_OPEN: Final = """
INSERT INTO public.ledger_account (asset, code, source, serialised)
SELECT s.id, wanted.code, wanted.source, wanted.serialised
FROM unnest(%s::text[], %s::text[], %s::boolean[], %s::boolean[])
  AS wanted(asset, code, source, serialised)
JOIN public.ledger_asset s ON s.code = wanted.asset
ORDER BY wanted.code, s.id
ON CONFLICT (code, asset) DO NOTHING
"""


@transaction.atomic
def open_asset(*, code: str, unit: str) -> Asset:
    """Open the asset ``code``, such as ``allowance:2024``, or return it if it is open.

    Raises ``AssetDiffers`` if it is counted in another unit.
    """
    cursor = rows.cursor()
    cursor.execute(
        "INSERT INTO public.ledger_asset (code, unit) SELECT %(code)s::text, %(unit)s::text"
        " WHERE NOT EXISTS (SELECT FROM public.ledger_asset WHERE code = %(code)s::text)"
        " ON CONFLICT (code) DO NOTHING",
        {"code": code, "unit": unit},
    )
    cursor.execute("SELECT id, code, unit FROM public.ledger_asset WHERE code = %s", (code,))
    asset = Asset(*next(cursor))
    if asset.unit != unit:
        raise refusals.AssetDiffers(asset=code, unit=asset.unit, wanted=unit)
    return asset


@transaction.atomic
def open_accounts(openings: Iterable[Opening]) -> list[Account]:
    """Open what is not open yet and return all accounts asked for, in order.

    Raises ``UnknownAsset`` and ``AccountDiffers``, for all that are concerned at once.
    """
    wanted = list(openings)
    cursor = rows.cursor()
    cursor.execute(
        "SELECT code FROM public.ledger_asset WHERE code = ANY (%s)",
        (list({one.asset for one in wanted}),),
    )
    assets = {row[0] for row in cursor.fetchall()}
    missing = dict.fromkeys(one.asset for one in wanted if one.asset not in assets)
    refuse(refusals.UnknownAsset(asset=asset) for asset in missing)

    columns = ([one.asset for one in wanted], [one.code for one in wanted])
    found = _find(columns)
    fresh = [one for one in wanted if (one.asset, one.code) not in found]
    if fresh:
        cursor.execute(
            _OPEN,
            (
                [one.asset for one in fresh],
                [one.code for one in fresh],
                [one.source for one in fresh],
                [one.serialised for one in fresh],
            ),
        )
        found = _find(columns)
    refuse(_differences(wanted, found))
    return [found[one.asset, one.code] for one in wanted]


def _find(columns: tuple[list[str], list[str]]) -> dict[tuple[str, str], Account]:
    cursor = rows.cursor()
    cursor.execute(_FIND, columns)
    return {(row[1], row[2]): Account(*row) for row in cursor.fetchall()}


def _differences(wanted: list[Opening], found: dict[tuple[str, str], Account]) -> Iterable[Refusal]:
    for one in wanted:
        account = found[one.asset, one.code]
        differing = [
            f"{name}: {getattr(account, name)} -> {getattr(one, name)}".lower()
            for name in ("source", "serialised")
            if getattr(account, name) != getattr(one, name)
        ]
        if differing:
            yield refusals.AccountDiffers(
                asset=one.asset, account=one.code, differences=", ".join(differing)
            )
