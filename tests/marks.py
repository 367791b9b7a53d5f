"""``@clause("M21.2")`` ties a test to the article it proves; ``make clauses`` prints the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from hutan.kernel.clauses import clause as clause_id

T = TypeVar("T", bound=Callable[..., Any])


def clause(*ids: str) -> Callable[[T], T]:
    """Mark a test with the clauses it proves; an id of the wrong form fails at import."""

    def mark(test: T) -> T:
        for one in ids:
            test = pytest.mark.clause(clause_id(one))(test)
        return test

    return mark
