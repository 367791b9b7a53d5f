"""Who may do what: one set of predicates for pages and API.

A permission is a name and a predicate over a viewer and, where there is one, the thing concerned::

    declare("registry.see_account", may_see_account)

    @requires("registry.see_account", thing=load_account)
    def account_page(request, account_id): ...

The viewer is whoever asks: a signed-in person with the posts he holds today, an organisation's API
key, or nobody. An undeclared permission is a mistake in the program and raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast, runtime_checkable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from rules.predicates import Predicate

from hutan.kernel.moments import day_of
from hutan.parties.domain.approvals import HeldPost
from hutan.parties.queries import actor
from hutan.parties.refusals import UnknownUser
from hutan.web.moments import moment_of
from hutan.web.refusals import NotAllowed
from hutan.web.signin.state import has_second_factor

P = ParamSpec("P")
_permissions: dict[str, Predicate] = {}


@runtime_checkable
class Viewer(Protocol):
    """Who asks. ``scopes`` is ``None`` for a person, and a key's own list for a key."""

    @property
    def user(self) -> UUID | None:
        """The login, if a person asks."""

    @property
    def posts(self) -> tuple[HeldPost, ...]:
        """The posts held today."""

    @property
    def organisations(self) -> frozenset[UUID]:
        """The organisations for which the viewer stands."""

    @property
    def scopes(self) -> frozenset[str] | None:
        """What a key may do at most."""


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person, or nobody. ``person`` is one for all logins of a human being."""

    user: UUID | None = None
    posts: tuple[HeldPost, ...] = ()
    person: UUID | None = None
    scopes: None = field(default=None, init=False)

    @property
    def organisations(self) -> frozenset[UUID]:
        """The organisations in which the person holds a post."""
        return frozenset(post.organisation for post in self.posts)


NOBODY = Person()


def declare(name: str, predicate: Predicate) -> None:
    """Enter a permission; a second one of the same name is a mistake and raises ``KeyError``."""
    if _permissions.setdefault(name, predicate) is not predicate:
        raise KeyError(f"{name} is declared twice")


def declared() -> list[str]:
    """Return the names of all permissions."""
    return sorted(_permissions)


def may(viewer: Viewer, name: str, thing: object = None) -> bool:
    """Tell whether ``viewer`` has the permission; raise ``KeyError`` if nobody declared it."""
    predicate = _permissions[name]
    if viewer.scopes is not None and name not in viewer.scopes:
        return False
    return bool(predicate.test(viewer, thing))


def require(viewer: Viewer, name: str, thing: object = None) -> None:
    """Refuse with ``NotAllowed`` unless ``viewer`` has the permission."""
    if not may(viewer, name, thing):
        raise NotAllowed(permission=name)


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who asks, once a request. Two queries for a signed-in person, none for nobody."""
    known = getattr(request, "_viewer", None)
    if known is None:
        known = _look_up(request)
        request._viewer = known  # type: ignore[attr-defined]  # kept for this request alone
    return known


def requires(
    name: str, *, thing: Callable[..., object] | None = None
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Let a view be reached only by those with the permission.

    ``thing`` gets the view's own arguments and returns what the permission is about.
    """

    def wrap(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            about = thing(*args, **kwargs) if thing is not None else None
            require(viewer_of(request), name, about)
            return view(request, *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", guarded)

    return wrap


def _look_up(request: HttpRequest) -> Viewer:
    if not request.user.is_authenticated or not has_second_factor(request):
        return NOBODY
    try:
        found = actor(request.user.pk, day_of(moment_of(request)))
    except UnknownUser:
        # A login without a person, or one just closed: signed in, but without any post.
        return Person(user=request.user.pk)
    return Person(user=found.user, posts=found.posts, person=found.person)


def _everybody(viewer: Viewer, thing: Any = None) -> bool:
    return True


def _signed_in(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.user is not None


def _acts_for(viewer: Viewer, thing: Any = None) -> bool:
    return thing is not None and thing.organisation in viewer.organisations


everybody = Predicate(_everybody, name="everybody")
"""Anybody at all."""

signed_in = Predicate(_signed_in, name="signed_in")
"""A person signed in with the second factor."""

acts_for = Predicate(_acts_for, name="acts_for")
"""Someone of the organisation the thing belongs to (``thing.organisation``)."""


def holds(*roles: str) -> Predicate:
    """Return the predicate: holds one of these roles anywhere."""

    def held(viewer: Viewer, thing: Any = None) -> bool:
        return any(post.role in roles for post in viewer.posts)

    return Predicate(held, name=f"holds:{','.join(sorted(roles))}")


def holds_there(*roles: str) -> Predicate:
    """Return the predicate: holds one of these roles in the organisation the thing belongs to."""

    def held(viewer: Viewer, thing: Any = None) -> bool:
        return thing is not None and any(
            post.role in roles and post.organisation == thing.organisation for post in viewer.posts
        )

    return Predicate(held, name=f"holds_there:{','.join(sorted(roles))}")
