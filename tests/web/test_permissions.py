"""One set of predicates for pages and API, over whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from hutan.kernel.moments import SHANGHAI
from hutan.parties.domain.approvals import HeldPost
from hutan.parties.models import Organisation, Post
from hutan.parties.models import Person as PersonRow
from hutan.web import permissions
from hutan.web.api.keys import KeyRecord, KeyViewer
from hutan.web.language import bi
from hutan.web.navigation import ENTRIES, NavigationEntry, add_entry, places_for
from hutan.web.permissions import (
    NOBODY,
    Person,
    Viewer,
    acts_for,
    declare,
    declared,
    everybody,
    holds,
    holds_there,
    may,
    require,
    requires,
    signed_in,
    viewer_of,
)
from hutan.web.refusals import NotAllowed
from tests.web.people import Someone, sign_in

UNIT, OTHER_UNIT = uuid4(), uuid4()


@dataclass(frozen=True)
class Account:
    """Something that belongs to an organisation."""

    organisation: UUID


def someone_at(organisation: UUID, role: str = "account_representative") -> Person:
    """Return a person with one post."""
    return Person(uuid4(), (HeldPost(uuid4(), role, organisation, "unit", "浦东新区"),))


def key(organisation: UUID, *scopes: str) -> KeyViewer:
    """Return a program with a key."""
    at = datetime(2026, 1, 5, tzinfo=SHANGHAI)
    return KeyViewer(KeyRecord(uuid4(), organisation, "k", "p", scopes, at, at, None))


@pytest.fixture(autouse=True)
def some_permissions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare a few permissions for these tests alone."""
    monkeypatch.setattr(permissions, "_permissions", dict(permissions._permissions))
    declare("test.read", everybody)
    declare("test.sign", signed_in)
    declare("test.own", acts_for)
    declare("test.clerk", holds("registry_clerk", "registry_approver"))
    declare("test.represent", holds_there("account_representative"))
    declare("test.either", holds("registry_clerk") | acts_for)


@pytest.mark.parametrize(
    ("viewer", "allowed"),
    [
        (NOBODY, {"test.read"}),
        (Person(uuid4()), {"test.read", "test.sign"}),
        (someone_at(UNIT), {"test.read", "test.sign", "test.own", "test.represent", "test.either"}),
        (someone_at(UNIT, "unit_reporter"), {"test.read", "test.sign", "test.own", "test.either"}),
        (someone_at(OTHER_UNIT), {"test.read", "test.sign"}),
        (someone_at(OTHER_UNIT, "registry_clerk"),
         {"test.read", "test.sign", "test.clerk", "test.either"}),
        (key(UNIT), set()),
        (key(UNIT, "test.own"), {"test.own"}),
        (key(UNIT, "test.own", "test.clerk", "test.sign"), {"test.own"}),
        (key(OTHER_UNIT, "test.own"), set()),
    ],
)  # fmt: skip
def test_who_may_what(viewer: Viewer, allowed: set[str]) -> None:
    """Persons by their posts; keys by their organisation, and never beyond their scopes."""
    names = [name for name in declared() if name.startswith("test.")]
    assert {name for name in names if may(viewer, name, Account(UNIT))} == allowed


def test_without_a_thing_nobody_acts_for_it() -> None:
    """A predicate about a thing is false where there is none."""
    assert not may(someone_at(UNIT), "test.own")
    assert not may(someone_at(UNIT), "test.represent")


def test_an_undeclared_permission_is_a_mistake() -> None:
    """A typing error opens and closes nothing silently."""
    for viewer in (NOBODY, key(UNIT, "test.reed")):
        with pytest.raises(KeyError):
            may(viewer, "test.reed")
    with pytest.raises(KeyError, match="twice"):
        declare("test.read", signed_in)


def test_a_refusal_names_the_permission() -> None:
    """The person can ask for it by name."""
    require(NOBODY, "test.read")
    with pytest.raises(NotAllowed) as refused:
        require(NOBODY, "test.sign")
    assert refused.value.facts == {"permission": "test.sign"}


def test_a_view_is_guarded_about_its_thing() -> None:
    """``thing`` gets the view's arguments."""

    @requires("test.own", thing=Account)
    def page(request: HttpRequest, organisation: UUID) -> HttpResponse:
        return HttpResponse("seen")

    request = RequestFactory().get("/")
    request._viewer = someone_at(UNIT)  # type: ignore[attr-defined]  # as the look-up keeps it
    assert page(request, UNIT).content == b"seen"
    with pytest.raises(NotAllowed):
        page(request, OTHER_UNIT)


def test_viewers_are_viewers() -> None:
    """Persons and keys satisfy the one protocol."""
    assert isinstance(NOBODY, Viewer)
    assert isinstance(key(UNIT), Viewer)


def test_a_signed_in_person_has_todays_posts(client: Client, person: Someone) -> None:
    """From the parties: with the organisation, only while in force; two queries, asked once."""
    body = Organisation.objects.create(
        id=UNIT, kind="unit", name="样例单位", registered_at=datetime(2025, 1, 1, tzinfo=SHANGHAI)
    )
    human = PersonRow.objects.create(
        id=uuid4(), identity_digest=b"x" * 32, sealed=b"x",
        registered_at=datetime(2025, 1, 1, tzinfo=SHANGHAI),
    )  # fmt: skip
    person.user.person = human
    person.user.save()
    for role, until in (("account_representative", None), ("account_approver", date(2025, 2, 1))):
        Post.objects.create(
            id=uuid4(), person=human, organisation=body, role=role, since=date(2025, 1, 1),
            until=until,
        )  # fmt: skip
    sign_in(client, person)
    request = client.get("/").wsgi_request
    viewer = viewer_of(request)
    assert viewer.user == person.user.pk
    assert [post.role for post in viewer.posts] == ["account_representative"]
    assert viewer.organisations == {UNIT}
    assert viewer_of(request) is viewer


def test_a_login_without_a_person_has_no_posts(client: Client, person: Someone) -> None:
    """Signed in, but nobody's representative."""
    sign_in(client, person)
    viewer = viewer_of(client.get("/").wsgi_request)
    assert (viewer.user, viewer.posts) == (person.user.pk, ())


def test_strangers_are_nobody(client: Client, db: None) -> None:
    """Without a query."""
    assert viewer_of(client.get("/").wsgi_request) is NOBODY


def test_navigation_shows_only_where_one_may_go(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry with a permission is hidden from those without."""
    monkeypatch.setattr("hutan.web.navigation.ENTRIES", list(ENTRIES))
    for permission in ("test.read", "test.clerk"):
        add_entry(NavigationEntry(bi("登记", permission), "accessibility", permission))
        add_entry(NavigationEntry(bi("登记", permission), "accessibility", permission))
    titles = [link.title.en for link in places_for(client.get("/").wsgi_request)]
    assert titles == [
        "Home", "How it works", "Units", "Rulebook", "Public log", "test.read",
        "Check a document", "API",
    ]  # fmt: skip
