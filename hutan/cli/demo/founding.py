"""The city's beginning: bodies, people, government accounts, the units' accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from hutan.cli.demo.city import Body, Cast, Human, id_of
from hutan.cli.demo.desk import AGENCY, act, decide, user
from hutan.cli.demo.logins import KeyCabinet
from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI, day_of
from hutan.parties import services as parties
from hutan.registry.domain.accounts import REQUIRED_DOCUMENTS
from hutan.registry.services.accounts import found_registry

FOUNDED = datetime(2024, 1, 8, 9, 0, tzinfo=SHANGHAI)
ACCOUNTS_OPEN = datetime(2024, 1, 22, 10, 0, tzinfo=SHANGHAI)

HandOut = Callable[..., None]
"""``hand_out(*, user, secret, at)`` gives a login its authenticator."""


def found(cast: Cast, cabinet: KeyCabinet, hand_out: HandOut) -> None:
    """Register the city's bodies and people, delegate the registry, open its own accounts."""
    for body in cast.bodies.values():
        _register(body)
    parties.delegate(
        id=id_of("delegation", "registry"),
        scope="registry",
        delegator=cast.bodies["bureau"].id,
        to=cast.bodies["registry"].id,
        document="沪环气候（演示）〔2024〕1号",
        since=day_of(FOUNDED),
        at=FOUNDED,
    )
    for human in cast.people:
        _employ(human, cast, cabinet, hand_out)
    found_registry(act=act("found"), exchange=cast.bodies["exchange"].id, at=FOUNDED)


def open_accounts(cast: Cast) -> None:
    """Open the accounts of all units on the first list, and of those that trade."""
    at = ACCOUNTS_OPEN
    for unit in cast.units.values():
        if unit.account and not unit.new:
            open_account(unit.body, "unit", at)
            at += timedelta(minutes=15)
    for key in ("chengfeng", "steel"):
        open_account(cast.bodies[key], "trading", at)
        at += timedelta(minutes=15)


def open_account(body: Body, kind: str, at: datetime, **more: Json) -> None:
    """Have the registry agency open an account for a body."""
    decide(f"open/{body.key}/{kind}", "registry.open_account",
           lambda: opening(body, kind, **more), AGENCY, at)  # fmt: skip


def opening(body: Body, kind: str, **more: Json) -> dict[str, Json]:
    """Return what an application for an account says, with its documents kept."""
    documents: list[Json] = [
        {"kind": paper, "sha256": _paper(paper, body)} for paper in REQUIRED_DOCUMENTS
    ]
    return {"kind": kind, "holder": str(body.id), "documents": documents, **more}


def _register(body: Body) -> None:
    parties.register_organisation(
        id=body.id,
        kind=body.kind,
        name=body.zh,
        name_en=body.en,
        credit_code=body.credit_code,
        district=body.district,
        duty=body.duty,
        at=FOUNDED,
    )


def _employ(human: Human, cast: Cast, cabinet: KeyCabinet, hand_out: HandOut) -> None:
    person = parties.register_person(
        id=id_of("person", human.login),
        name=human.name,
        identity_number=f"DEMO-{human.login}",
        at=FOUNDED,
    )
    keys = cabinet.of(human.login)
    parties.open_login(
        id=user(human.login),
        login=human.login,
        person=person,
        password=keys.password if human.password else None,
        at=FOUNDED,
    )
    parties.appoint(
        id=id_of("post", human.login),
        person=person,
        organisation=cast.bodies[human.at].id,
        role_code=human.role,
        since=day_of(FOUNDED),
        at=FOUNDED,
    )
    if human.password:
        # Authenticators follow the real clock, also in a demonstration.
        hand_out(user=user(human.login), secret=keys.authenticator, at=datetime.now(UTC))


def _paper(kind: str, body: Body) -> str:
    """Attach a small invented paper and return its hash."""
    text = f"% demonstration: {kind} of {body.en}\n"
    lines: Iterable[str] = (
        "%PDF-1.4\n",
        text,
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n",
        "trailer<</Root 1 0 R>>\n%%EOF\n",
    )
    return parties.attach(
        name=f"{kind}.pdf",
        content="".join(lines).encode(),
        by=user(AGENCY[0]),
        at=ACCOUNTS_OPEN,
    )
