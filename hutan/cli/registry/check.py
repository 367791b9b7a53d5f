"""``hutan registry check``: what would refuse a transaction now, before anybody proposes it."""

from __future__ import annotations

from uuid import uuid4

from hutan.cli.answers import Question, answer_all
from hutan.cli.calendar import Source
from hutan.cli.reach import needs_database
from hutan.cli.registry.group import app
from hutan.kernel.canonical import Json
from hutan.kernel.moments import canonical
from hutan.kernel.reading import Fields


@app.command("check")
@needs_database
def check(source: Source = None) -> None:
    """Preview the numbered checks for transactions as the market stands (业务预检).

    {"type": "transfer", "giver": "...", "receiver": "...", "items": [{"asset": "allowance:2024",
    "amount": 100}]}
    """
    answer_all(source, _check)


def _check(question: Question) -> Json:
    from django.db import transaction

    from hutan import clock
    from hutan.registry.domain.catalogue import catalogue
    from hutan.registry.domain.checks import CHECKS
    from hutan.registry.services.engine import preview
    from hutan.registry.services.transactions import order_from

    content = dict(question)
    at = clock.now()
    named = Fields({"type": content.pop("type", "")})
    code = named.choice("type", frozenset(catalogue()))
    named.done()
    kind = catalogue()[code]
    # Looking on may lay empty holdings; nothing of it is to stay.
    with transaction.atomic():
        found = preview([order_from(uuid4(), kind, content)], at)[0]
        transaction.set_rollback(True)
    return {
        "type": code,
        "at": canonical(at),
        "passes": not found,
        "checked": [name for name in CHECKS if name in kind.checks],
        "refused": [refusal.to_record() for refusal in found],
    }
