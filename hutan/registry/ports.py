"""What the registry needs from above without knowing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from hutan.kernel.refusals import Fact

ClosingGuard: TypeAlias = Callable[[UUID, datetime], list[Fact]]
"""Given a holder and a moment, the duties that keep its account from closing."""

_guards: list[ClosingGuard] = []


def guard_closing(guard: ClosingGuard) -> None:
    """Have ``guard`` asked before an account closes (M22.2). Entering it twice counts once."""
    if guard not in _guards:
        _guards.append(guard)


def duties_of(holder: UUID, at: datetime) -> tuple[Fact, ...]:
    """Return every duty that keeps this holder's account from closing."""
    return tuple(duty for guard in _guards for duty in guard(holder, at))
