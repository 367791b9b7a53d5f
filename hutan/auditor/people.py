"""Organisations, people and posts; and that two people with the right posts stood behind an act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hutan.auditor.books import Books
from hutan.auditor.catalogue import DELEGATED, Rights
from hutan.auditor.log import Act
from hutan.auditor.records import Organisation, Post
from hutan.auditor.texts import Body, Misshapen, day_of, derived


@dataclass(frozen=True, slots=True)
class Seat:
    """Who acted: a person by pseudonym, in a post of an organisation."""

    person: str
    role: str
    organisation: str


def organisations(books: Books, act: Act) -> None:
    """Enter bodies."""
    count = 0
    for body in act.cases:
        count += 1
        body.same("id", "organisation")
        id_, code = body.text("organisation"), body.text("credit_code")
        if id_ in books.organisations or (code and code in books.codes):
            books.fault("AUD-403", f"organisation {id_}", code)
        books.codes.add(code)
        books.organisations[id_] = Organisation(body.text("kind"), body.text("name"), code)
    if count != act.body.whole("organisations"):
        books.fault("AUD-202", "organisations", act.body.whole("organisations"), count)


def person(books: Books, act: Act) -> None:
    """Enter a person, of whom the log knows only the pseudonym."""
    _is_its_act(books, act.body.text("person"))
    books.persons.add(act.body.text("person"))


def login(books: Books, act: Act) -> None:
    """Note a login: the auditor counts people, not logins, and only sees that it is someone's."""
    _is_its_act(books, act.body.text("user"))
    if act.body.text("person") not in books.persons:
        books.fault("AUD-204", f"login {act.body.text('user')}", "an unknown person")


def appoint(books: Books, act: Act) -> None:
    """Give a person a post."""
    body = act.body
    post = Post(
        body.text("person"), body.text("organisation"), body.text("role"), _day(body, "since")
    )
    if post.person not in books.persons or post.organisation not in books.organisations:
        books.fault("AUD-204", f"post {body.text('post')}", "an unknown person or organisation")
    _is_its_act(books, body.text("post"))
    books.posts[body.text("post")] = post
    books.posts_of[post.person].append(post)


def dismiss(books: Books, act: Act) -> None:
    """End a post."""
    post = books.posts.get(act.body.text("post"))
    until = _day(act.body, "until")
    expected = derived(act.body.text("post"), "dismiss", until.isoformat())
    if books.now.act != expected:
        books.fault("AUD-207", f"post {act.body.text('post')}", books.now.act, expected)
    if post is None:
        books.fault("AUD-204", f"post {act.body.text('post')}")
    else:
        post.until = until


def delegate(books: Books, act: Act) -> None:
    """Note that a task of the bureau was handed to an agency from a day on."""
    body = act.body
    body.skip("document")
    parties = [books.organisations.get(body.text(name)) for name in ("delegator", "delegate")]
    if None in parties or parties[0].kind != "bureau":  # type: ignore[union-attr]  # both are there
        books.fault("AUD-204", f"delegation of {body.text('scope')}", body.text("delegator"))
    books.delegations.append((body.text("scope"), body.text("delegate"), _day(body, "since")))


def check_two(
    books: Books, body: Body, proposers: Rights, approvers: Rights, concerned: Sequence[str]
) -> None:
    """Hold an act against the rule of two people.

    ``concerned`` are the organisations that the act is about: a post that acts for its own alone
    must be held in one of them.
    """
    if "proposer" not in body or "approver" not in body:
        body.skip("proposer", "approver")
        books.fault("AUD-206", "proposer, approver")
        return
    proposer, approver = _seat(body, "proposer"), _seat(body, "approver")
    if proposer.person == approver.person:
        books.fault("AUD-203", f"person {proposer.person}")
    today = day_of(books.now.at)
    _check_seat(books, "proposer", proposer, today, ended_counts=True)
    _check_seat(books, "approver", approver, today, ended_counts=False)
    _check_right(books, "proposer", proposer, proposers, concerned)
    _check_right(books, "approver", approver, approvers, concerned)


def check_one(
    books: Books, body: Body, name: str, rights: Rights, concerned: Sequence[str]
) -> None:
    """Hold an act of one person, named in that field, against who may do it alone."""
    seat = _seat(body, name)
    _check_seat(books, name, seat, day_of(books.now.at), ended_counts=False)
    _check_right(books, name, seat, rights, concerned)


def check_co_signed(books: Books, body: Body) -> None:
    """See that those who decided together with the bureau are departments."""
    for one in body.many("co_signed"):
        one.skip("document")
        department = books.organisations.get(one.text("department"))
        if department is None or department.kind != "department":
            books.fault("AUD-205", one.place, one.text("department"), "a department")


def has_people(body: Body) -> bool:
    """Tell whether an act names who did it; the clock's acts do not."""
    return "proposer" in body or "approver" in body


def holds(books: Books, person_: str, today: date) -> list[Post]:
    """Return the posts that a person holds on a day."""
    return [
        post
        for post in books.posts_of.get(person_, ())
        if post.since <= today and (post.until is None or today < post.until)
    ]


def _seat(body: Body, name: str) -> Seat:
    seat = body.inner(name)
    return Seat(seat.text("person"), seat.text("role"), seat.text("organisation"))


def _check_right(
    books: Books, name: str, seat: Seat, rights: Rights, concerned: Sequence[str]
) -> None:
    reach = rights.get(seat.role)
    if rights and reach is None:
        books.fault("AUD-205", name, seat.role, ", ".join(sorted(rights)))
    elif reach == "own" and seat.organisation not in concerned:
        books.fault("AUD-205", name, f"{seat.role} of {seat.organisation}", *concerned[:1])


def _check_seat(books: Books, name: str, seat: Seat, today: date, *, ended_counts: bool) -> None:
    """Check that the post was held; who proposed may have left it before the approval."""
    held = any(
        (post.role, post.organisation) == (seat.role, seat.organisation)
        and post.since <= today
        and (ended_counts or post.until is None or today < post.until)
        for post in books.posts_of.get(seat.person, ())
    )
    held = held and (
        seat.role not in DELEGATED
        or any(
            (scope, to) == (DELEGATED[seat.role], seat.organisation) and since <= today
            for scope, to, since in books.delegations
        )
    )
    if not held:
        place = f"{name} {seat.person}"
        books.fault("AUD-204", place, f"{seat.role} of {seat.organisation}")


def _is_its_act(books: Books, id_: str) -> None:
    """See that who or what an act brings into the log carries the act's own id."""
    if id_ != books.now.act:
        books.fault("AUD-207", books.now.kind, id_, books.now.act)


def _day(body: Body, name: str) -> date:
    try:
        return date.fromisoformat(body.text(name))
    except ValueError:
        raise Misshapen(f"{body.place}.{name}", "it is no day") from None
