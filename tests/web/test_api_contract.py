"""The API against its own description: generated requests, good and bad, and never a 5xx.

Data of the right form may still be against a rule; that is a refusal (409 or 422), not a fault of
the description, so that one check is left out.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from hutan.web.api import keys
from hutan.web.limits import Limit
from hutan.web.moments import real_now
from hutan.web.rights import MANAGE_KEYS
from tests.web.people import someone

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def key(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key with every scope there is, and limits that do not end the run.

    The database may be committed to: the application ends its connection with each request.
    """
    for name in ("API", "API_UNKNOWN"):
        monkeypatch.setattr(f"hutan.web.api.frame.{name}", Limit(name, 10**6, 60))
    _, text = keys.issue_key(
        id=uuid4(), organisation=UUID(int=1), name="contract", scopes=[MANAGE_KEYS],
        by=someone().user.pk, at=real_now(),
    )  # fmt: skip
    return text


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_its_description(case: schemathesis.Case[Any], key: str) -> None:
    """Status, media type, headers and body are as described, with a key and without."""
    case.call_and_validate(
        headers={"Host": "localhost", "Authorization": f"Bearer {key}"},
        excluded_checks=[positive_data_acceptance],
    )


@schema.parametrize()
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_strangers_get_no_further(case: schemathesis.Case[Any], key: str) -> None:
    """Without a key: an open operation, or 401; what is described, and never a 5xx."""
    case.call_and_validate(
        headers={"Host": "localhost"}, excluded_checks=[positive_data_acceptance]
    )
