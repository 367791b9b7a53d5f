"""Reading the registry from the command line: accounts, what they hold, the path of a number.

Who can run these on the platform's own database sees everything; people use the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from hutan.cli.printing import AsJson, Figure, print_facts, print_rows
from hutan.cli.reach import needs_database
from hutan.cli.registry.group import app

if TYPE_CHECKING:
    # What follows needs Django set up, which reaching the database does.
    from hutan.registry.overviews import AccountLine
    from hutan.registry.queries import HoldingRecord, TransactionRecord

Number = Annotated[str, typer.Argument(help="An account number.")]
Many = Annotated[int, typer.Option(help="How many at most.", min=1, max=100_000)]


@app.command("accounts")
@needs_database
def accounts(
    text: Annotated[str, typer.Argument(help="Part of a number, a name or a credit code.")] = "",
    kind: Annotated[str, typer.Option(help="unit, trading, personal, total, ...")] = "",
    status: Annotated[str, typer.Option(help="open, suspended or closed")] = "",
    limit: Many = 1_000,
    as_json: AsJson = False,
) -> None:
    """List accounts, by number (账户)."""
    from hutan.registry.overviews import find_accounts

    found, count = find_accounts(text, kind=kind, status=status, limit=limit)
    print_rows(map(_account, found), as_json=as_json)
    if not as_json and count > len(found):
        print(f"… {count - len(found)} 个未列出 (more are not shown; use --limit)")


@app.command("account")
@needs_database
def account(number: Number, limit: Many = 20, as_json: AsJson = False) -> None:
    """Show an account: what it holds with its blocks, what waits, what moved (账户详情)."""
    from hutan.registry.domain.numbers import checked_account_number
    from hutan.registry.overviews import account_lines
    from hutan.registry.queries import history, holdings, waiting
    from hutan.registry.refusals import AccountUnknown

    number = checked_account_number(number)
    line = account_lines([number]).get(number)
    if line is None:
        raise AccountUnknown(account=number)
    print_facts(_account(line), as_json=as_json)
    held = [row for one in holdings(number) for row in _holding(one)]
    print_rows(held, as_json=as_json, title="\n持有 Holdings")
    pending = map(_transaction, waiting([number]))
    print_rows(pending, as_json=as_json, title="\n等待执行 Waiting")
    past = map(_transaction, history(number, limit=limit))
    print_rows(past, as_json=as_json, title="\n历史业务 History")


@app.command("path")
@needs_database
def path(
    number: Annotated[str, typer.Argument(help="An allowance number: 2024-00000000017.")],
    as_json: AsJson = False,
) -> None:
    """Show the whole path of one allowance, from its creation on (配额编号轨迹)."""
    from hutan.registry.domain.numbers import allowance_number, allowance_position
    from hutan.registry.queries import path as path_of

    try:
        vintage, running = allowance_position(number)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="NUMBER") from error
    rows: Iterator[dict[str, Figure]] = (
        {
            "at": one.at,
            "type": one.type,
            "from": one.giver,
            "to": one.receiver,
            "first": allowance_number(vintage, one.first),
            "last": allowance_number(vintage, one.last),
            "transaction": str(one.transaction),
        }
        for one in path_of(vintage, running)
    )
    print_rows(rows, as_json=as_json)


@app.command("waiting")
@needs_database
def waiting_transfers(as_json: AsJson = False) -> None:
    """List transfers that wait for their moment, soonest first (等待执行的划转)."""
    from hutan.registry.queries import waiting

    print_rows(map(_transaction, waiting()), as_json=as_json)


@app.command("types")
def types(as_json: AsJson = False) -> None:
    """List the catalogue of transactions: who proposes and approves, delay, clause (业务目录)."""
    from hutan.registry.domain.catalogue import catalogue

    rows: Iterator[dict[str, Figure]] = (
        {
            "type": one.code,
            "name": f"{one.zh} {one.en}",
            "from": " ".join(sorted(one.givers)),
            "to": " ".join(sorted(one.receivers)),
            "proposes": " ".join(sorted(one.proposers)) or "the platform",
            "approves": " ".join(sorted(one.approvers)) or "with the act it belongs to",
            "delay": one.delay,
            "reversible": one.reversible,
            "clause": one.clause or one.basis,
        }
        for one in catalogue().values()
    )
    print_rows(rows, as_json=as_json)


def _account(one: AccountLine) -> dict[str, Figure]:
    return {
        "number": one.number,
        "kind": one.kind,
        "status": one.status,
        "holder": one.name,
        "credit_code": one.credit_code,
        "frozen_by": one.frozen_by,
        "opened_at": one.opened_at,
    }


def _holding(one: HoldingRecord) -> Iterator[dict[str, Figure]]:
    from hutan.registry.domain.facts import vintage
    from hutan.registry.domain.numbers import allowance_number

    whole: dict[str, Figure] = {
        "asset": one.asset,
        "balance": one.balance,
        "reserved": one.reserved,
        "available": one.available,
    }
    for block in one.blocks:
        first, last = (allowance_number(vintage(one.asset), at) for at in (block.first, block.last))
        yield {**whole, "first": first, "last": last, "frozen": block.frozen}
    if not one.blocks:
        yield {**whole, "first": None, "last": None, "frozen": False}


def _transaction(one: TransactionRecord) -> dict[str, Figure]:
    return {
        "approved_at": one.approved_at,
        "type": one.type,
        "state": one.state,
        "from": one.giver,
        "to": one.receiver,
        "amount": one.amount,
        "execute_at": one.execute_at,
        "transaction": str(one.id),
    }
