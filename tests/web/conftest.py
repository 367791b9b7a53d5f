"""Fixtures of the pages: people, signed-in clients, a limit on queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.people import Someone, sign_in, someone


@pytest.fixture
def person(db: None) -> Someone:
    """Someone with an authenticator."""
    return someone()


@pytest.fixture
def signed_in(client: Client, person: Someone) -> Client:
    """Return a client in which ``person`` is signed in."""
    return sign_in(client, person)


@pytest.fixture
def assert_max_queries() -> Callable[[int], AbstractContextManager[None]]:
    """Return a context that fails if more queries were asked than allowed: 20 for a page."""

    @contextmanager
    def limited(most: int = 20) -> Iterator[None]:
        with CaptureQueriesContext(connection) as asked:
            yield
        statements = "\n".join(query["sql"][:200] for query in asked.captured_queries)
        assert len(asked) <= most, f"{len(asked)} queries, {most} allowed:\n{statements}"

    return limited
