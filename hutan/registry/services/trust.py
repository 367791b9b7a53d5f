"""The trusted-account list: who may receive at once. Adding takes days, removing none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hutan.kernel.canonical import Json, Record
from hutan.kernel.moments import canonical
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse, said
from hutan.parties.acts import ApprovedAct
from hutan.registry import refusals as no
from hutan.registry.models import TrustedAccount
from hutan.registry.services import rows
from hutan.registry.services.accounts import locked_account
from hutan.registry.services.grounds import of_delay
from hutan.rules.delays import trusted_list_effect
from hutan.rules.parameters import rulebook
from hutan.transparency.services import record


def pair_from(content: Mapping[str, Json]) -> tuple[str, str]:
    """Read the account and the receiver it trusts, or does not trust any more."""
    fields = Fields(content)
    pair = fields.text("account", longest=20).upper(), fields.text("trusted", longest=20).upper()
    fields.done()
    return pair


def check_adding(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against putting a receiver on the list."""
    account, trusted = pair_from(content)
    exist = rows.existing_accounts([account, trusted])
    found: list[Refusal] = [
        no.AccountUnknown(account=number) for number in (account, trusted) if number not in exist
    ]
    if _row(account, trusted) is not None:
        found.append(
            no.TrustUnchanged(account=trusted, reason=said("已在名单中", "is on the list already"))
        )
    if account == trusted:
        found.append(
            no.TrustUnchanged(account=trusted, reason=said("即本账户", "is the account itself"))
        )
    return found


def add(act: ApprovedAct) -> Record:
    """Put a receiver on the list; it counts from the working-day delay of the law book on."""
    account, trusted = pair_from(act.content)
    locked_account(account)
    refuse(check_adding(act.id, act.content, act.at))
    delayed = trusted_list_effect(act.at, book=rulebook())
    effective_at = delayed.at
    TrustedAccount.objects.create(
        id=act.id,
        account_id=account,
        trusted_id=trusted,
        approved_at=act.at,
        effective_at=effective_at,
    )
    outcome: dict[str, Json] = {
        "account": account,
        "trusted": trusted,
        "effective_at": canonical(effective_at),
    }
    record(
        act=act.id,
        kind="registry.trust",
        at=act.at,
        body={**outcome, **of_delay(act.at, delayed, book=rulebook()), **act.people()},
        subjects=[account],
    )
    return outcome


def check_removing(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against taking a receiver off the list."""
    account, trusted = pair_from(content)
    if _row(account, trusted) is not None:
        return []
    return [no.TrustUnchanged(account=trusted, reason=said("不在名单中", "is not on the list"))]


def remove(act: ApprovedAct) -> Record:
    """Take a receiver off the list, at once."""
    account, trusted = pair_from(act.content)
    locked_account(account)
    refuse(check_removing(act.id, act.content, act.at))
    row = _row(account, trusted)
    assert row is not None
    row.removed_at = act.at
    row.save(update_fields=["removed_at"])
    outcome: dict[str, Json] = {"account": account, "trusted": trusted}
    record(
        act=act.id,
        kind="registry.distrust",
        at=act.at,
        body={**outcome, **act.people()},
        subjects=[account],
    )
    return outcome


def _row(account: str, trusted: str) -> TrustedAccount | None:
    return TrustedAccount.objects.filter(
        account_id=account, trusted_id=trusted, removed_at__isnull=True
    ).first()
