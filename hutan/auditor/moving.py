"""Carrying a transaction out on the auditor's books: balances, numbers, lines and parts."""

from __future__ import annotations

from hutan.auditor.books import Books, asset_year
from hutan.auditor.catalogue import TYPES
from hutan.auditor.ranges import Range, joined, shown
from hutan.auditor.stated import Move, Stated
from hutan.auditor.texts import derived


def move(books: Books, stated: Stated) -> None:
    """Move what the transaction says has moved, and hold it against what it was to move."""
    kind = TYPES[stated.type]
    expected = len(stated.items) if kind.receivers else 0
    if len(stated.moves) != expected:
        books.fault("AUD-314", stated.place, f"{len(stated.moves)} movements", expected)
    for number, one in enumerate(stated.moves):
        if number < len(stated.items):
            _check_move(books, stated, number, one)
        _carry(books, stated, one)
    if kind.lines and (line := books.lines.get(stated.plan_line)) is not None:
        line.issued += stated.amount
        line.leaf = books.now
    if stated.type == "create":
        for item in stated.items:
            part = books.parts.get((asset_year(item.asset), stated.plan_line))
            if part is not None:
                part.created += item.amount
                part.leaf = books.now


def reserve(books: Books, stated: Stated) -> None:
    """Set aside what a waiting transaction will move."""
    if stated.moves:
        books.fault("AUD-314", stated.place, f"{len(stated.moves)} movements", "none yet")
    for item in stated.items:
        holding = books.holding(stated.giver, item.asset)
        holding.reserve(("transaction", stated.id), item.amount)
        holding.leaf = books.now
    for number in (stated.giver, stated.receiver):
        books.waiting[number] += 1


def release(books: Books, stated: Stated) -> None:
    """Free what a waiting transaction had set aside."""
    for asset in {item.asset for item in stated.items}:
        holding = books.holding(stated.giver, asset)
        holding.release(("transaction", stated.id))
        holding.leaf = books.now
    for number in (stated.giver, stated.receiver):
        books.waiting[number] -= 1


def _check_move(books: Books, stated: Stated, number: int, one: Move) -> None:
    item = stated.items[number]
    said = (one.asset, one.giver, one.receiver, one.amount)
    wanted = (item.asset, stated.giver, stated.receiver, item.amount)
    if said != wanted:
        books.fault("AUD-314", stated.place, said, wanted)
    if one.transfer != (expected := derived(stated.id, "item", number)):
        books.fault("AUD-207", stated.place, one.transfer, expected)
    blocks = joined(one.blocks)
    if stated.type == "create":
        _check_fresh(books, stated, one)
    elif item.first is not None and item.last is not None:
        if blocks != [(item.first, item.last)]:
            books.fault("AUD-314", stated.place, shown(blocks), f"{item.first}-{item.last}")
    else:
        lowest = books.holding(one.giver, one.asset).free.lowest(one.amount)
        if blocks != lowest:
            books.fault("AUD-313", stated.place, shown(blocks), shown(lowest))


def _check_fresh(books: Books, stated: Stated, one: Move) -> None:
    next_one = books.numbering[asset_year(one.asset)] + 1
    expected = (next_one, next_one + one.amount - 1)
    if one.blocks != (expected,):
        books.fault("AUD-312", stated.place, shown(one.blocks), shown([expected]))


def _carry(books: Books, stated: Stated, one: Move) -> None:
    giver, receiver = (books.holding(who, one.asset) for who in (one.giver, one.receiver))
    giver.leaf = receiver.leaf = books.now
    giver.balance -= one.amount
    receiver.balance += one.amount
    if (total := _length(one.blocks)) != one.amount:
        books.fault("AUD-314", stated.place, f"{total} numbers", one.amount)
    source = stated.type == "create"
    for first, last in one.blocks:
        if source:
            year = asset_year(one.asset)
            books.numbering[year] = max(books.numbering[year], last)
            books.numbered_by[year] = books.now
        elif not giver.free.remove(first, last):
            books.fault("AUD-311", f"{stated.place}: {one.giver}", f"{first}-{last}")
        if receiver.frozen.overlaps(first, last) or not receiver.free.add(first, last):
            books.fault("AUD-312", f"{stated.place}: {one.receiver}", f"{first}-{last} twice")


def _length(blocks: tuple[Range, ...]) -> int:
    return sum(last - first + 1 for first, last in blocks)
