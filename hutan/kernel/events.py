"""Events: how a context says upward what has happened.

A service publishes in the same database transaction in which it wrote; ``hutan.flows`` subscribes
and calls the next service there and then, so that both happen or neither does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened: ``act`` is the id of the act that caused it, ``at`` its moment."""

    act: UUID
    at: datetime


E = TypeVar("E", bound=Event)

_subscribers: dict[type[Event], list[Callable[[Any], None]]] = {}


def subscribe(event: type[E], call: Callable[[E], None]) -> None:
    """Have ``call`` follow each ``event``, after those subscribed before it. Twice counts once."""
    calls = _subscribers.setdefault(event, [])
    if call not in calls:
        calls.append(call)


def publish(event: Event) -> None:
    """Tell those who subscribed to exactly this kind of event, in order, in this transaction."""
    for call in _subscribers.get(type(event), ()):
        call(event)


def subscriptions() -> dict[type[Event], tuple[Callable[[Any], None], ...]]:
    """Return who follows what: the tests hold it against the table in ``hutan.flows``."""
    return {event: tuple(calls) for event, calls in _subscribers.items()}
