"""``with refuses(A, B):`` expects a block to be refused with A and B, maybe with more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hutan.kernel.refusals import Refusal, Refusals


@contextmanager
def refuses(*expected: type[Refusal]) -> Iterator[list[Refusal]]:
    """Expect a refusal; yield the list into which everything that was refused is put."""
    found: list[Refusal] = []
    with pytest.raises((Refusal, Refusals)) as raised:
        yield found
    value = raised.value
    found.extend(value if isinstance(value, Refusals) else [value])  # type: ignore[list-item]  # one of the two that are expected
    missing = set(expected) - {type(one) for one in found}
    assert not missing, f"{missing} not among {[str(one) for one in found]}"
