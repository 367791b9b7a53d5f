"""The market's operations against their description, with ids that exist: never a 5xx.

``test_api_contract`` asks every operation with what nobody has ever heard of; here half of the ids
are those of accounts, transactions, acts and units that are there, one's own and others'.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from hutan.parties.models import Proposal
from hutan.registry.models import Transaction
from hutan.transparency.services import integrate
from hutan.web.limits import Limit
from tests.parties.people import NOW
from tests.transparency.conftest import log_settings as log_settings
from tests.web.market import A24, Asker, Platform

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
EXAMPLES = 18
"""Of each operation, so that none is left to chance."""
MARKET = ("Registry", "Acts", "Compliance", "Published")


@pytest.fixture
def platform(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A market with something in each place, and limits that do not end the run."""
    for module in ("frame", "asking"):
        monkeypatch.setattr(f"hutan.web.api.{module}.API", Limit("api", 10**6, 60))
    monkeypatch.setattr("hutan.web.api.frame.API_UNKNOWN", Limit("api_unknown", 10**6, 60))
    found = Platform()
    found.transfer(found.one, found.two)
    found.stopped(found.two, found.one)
    found.market.surrender(found.one, 900)
    for kind, content in (
        ("registry.transfer", found.order(found.one, found.two)),
        ("registry.set_own_limits", {"account": found.one.account, "per_day": 5}),
    ):
        found.own.post("/acts", {"id": "00000000-0000-4000-8000-00000000000" + str(len(kind) % 10),
                                 "kind": kind, "content": content})  # fmt: skip
    integrate(at=NOW)
    return found


@st.composite
def contents(draw: st.DrawFn, platform: Platform) -> dict[str, Any]:
    """Draw the content of an act: like a real one, with a fault here and there."""
    accounts = st.sampled_from([platform.one.account, platform.two.account, "SHUN1", "\x00", ""])
    assets = st.sampled_from([A24, "allowance:1899", "ccer", "allowance:99999"])
    amounts = st.one_of(st.integers(-2, 2000), st.just(10**20), st.floats(), st.none())
    item = st.fixed_dictionaries(
        {"asset": assets, "amount": amounts},
        optional={"first": st.integers(-1, 3), "last": st.integers(-1, 2**40)},
    )
    fields = {
        "giver": accounts, "receiver": accounts, "account": accounts, "trusted": accounts,
        "items": st.lists(item, max_size=3), "year": st.sampled_from([2024, 2023, 99, "x"]),
        "holder": st.sampled_from([str(platform.one.id), "x"]),
        "reductions": st.just([{"kind": "ccer", "proof": "X"}]), "note": st.text(max_size=5),
        "scope": st.sampled_from(["account", "amount", "block"]), "plan_line": st.just("x"),
        "reverses": st.sampled_from([str(platform.one.id), "x"]),
        "document": st.just("x"), "lines": st.lists(st.dictionaries(st.text(), st.integers())),
    }  # fmt: skip
    return draw(st.fixed_dictionaries({}, optional=fields))


def operations() -> list[Any]:
    """Return the market's operations of the description."""
    every: list[Any] = [one.ok() for one in schema.get_all_operations()]  # type: ignore[union-attr]  # a wrong description fails loudly here
    return [one for one in every if set(one.tags or ()) & set(MARKET)]


def test_operations_on_what_is_there_keep_to_their_description(platform: Platform) -> None:
    """Each operation is asked; a writing one with contents that are nearly right as well."""
    found = operations()
    assert len(found) >= 25
    kinds = [one["code"] for one in platform.own.get("/acts/kinds").json()]
    ids = [str(id) for model in (Proposal, Transaction) for id in
           model.objects.order_by("id").values_list("id", flat=True)[:12]]  # fmt: skip
    known: dict[str, list[Any]] = {
        "number": [platform.one.account, platform.two.account, "2024-00000000017"],
        "id": ids,
        "act": ids,
        "unit": [str(platform.one.id), str(platform.two.id)],
        "year": [2024, 2023],
    }
    askers = [platform.own, platform.other, platform.clerk, platform.bureau, platform.bank]
    for operation in found:
        _ask(operation, platform, known, kinds, askers)


def _ask(
    operation: Any,
    platform: Platform,
    known: dict[str, list[Any]],
    kinds: list[str],
    askers: list[Asker],
) -> None:
    """Ask one operation many times, by whoever there is, of what is there and of what is not."""

    @given(data=st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def ask(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        for name in case.path_parameters or {}:
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        if isinstance(case.body, dict) and "content" in case.body and data.draw(st.booleans()):
            case.body["kind"] = data.draw(st.sampled_from(kinds))
            case.body["content"] = data.draw(contents(platform))
        key = data.draw(st.sampled_from(askers)).headers["Authorization"]
        case.call_and_validate(
            headers={"Host": "localhost", "Authorization": key},
            excluded_checks=[positive_data_acceptance],
        )

    ask()
