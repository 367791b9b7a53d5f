"""A program that posts until its server dies. ``test_crash.py`` starts it and kills the server.

``migrate`` prepares the database; ``post SEED`` prints the number of each batch that was
acknowledged; ``check`` prints what the ledger then says of all batches.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from itertools import count
from uuid import UUID, uuid5

from hutan.runtime.roles import grant_defaults
from tests.ledger.world import AT, open_world

FAMILY = UUID("00000000-0000-8000-8000-000000000001")
SIZE = 400


def batch_ids(seed: int, number: int) -> list[UUID]:
    """Return the ids of one batch."""
    return [uuid5(FAMILY, f"{seed}/{number}/{place}") for place in range(SIZE)]


def migrate() -> None:
    """Create the tables and a world with much to give."""
    from django.core.management import call_command

    grant_defaults(os.environ["HUTAN_OWNER_URL"])
    call_command("migrate", database="owner", verbosity=0)
    open_world(units=10**9)


def post_on(seed: int) -> None:
    """Post batch after batch, every third of them one single call."""
    from hutan.ledger import queries
    from hutan.ledger.services import Reserve, Transfer, post, post_one

    unit, other = (
        one.id for one in queries.find_accounts(["UNIT", "OTHER"], asset="allowance:2024")[::-1]
    )
    for number in count():
        ids = batch_ids(seed, number)
        wanted = [
            Reserve(one, unit, other, 1) if place % 5 == 0 else Transfer(one, unit, other, 1)
            for place, one in enumerate(ids)
        ]
        if number % 3 == 2:
            post_one(wanted[0], at=AT)
        else:
            post(wanted, at=AT)
        print(number, flush=True)


def check(seed: int, batches: int) -> None:
    """Print how many rows each batch has, and the first disagreement."""
    from hutan.ledger import queries
    from hutan.ledger.rows import cursor
    from hutan.ledger.services.reading import find_rows

    found = [len(find_rows(cursor(), batch_ids(seed, number))) for number in range(batches)]
    print(json.dumps({"found": found, "wrong": str(queries.first_disagreement())}))


if __name__ == "__main__":
    import django

    django.setup()
    verb, *numbers = sys.argv[1:]
    verbs: dict[str, Callable[..., None]] = {"migrate": migrate, "post": post_on, "check": check}
    verbs[verb](*map(int, numbers))
