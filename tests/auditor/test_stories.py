"""Every story of registry and compliance ends with an export on which the auditor agrees."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from hutan.auditor.auditing import audit
from hutan.compliance import ports
from hutan.compliance.ports import connect_register
from hutan.flows import connect
from hutan.integrations.simulated_register import SimulatedRegister
from tests.auditor.conftest import Export
from tests.auditor.verdicts import agrees
from tests.compliance import test_story as compliance
from tests.compliance.test_story import AFTER, DEADLINE, Market
from tests.marks import clause
from tests.parties.people import NOW
from tests.registry import test_story as registry
from tests.registry import test_successions as successions
from tests.registry.city import City
from tests.registry.test_story import Two

CAST = {"city": City, "two": lambda: Two(City()), "market": Market}
"""Who can appear in a story, by the name of the fixture that makes them."""


def stories(module: ModuleType) -> list[Any]:
    """Return the stories of a module that need nobody but the cast."""
    found = []
    for name, story in vars(module).items():
        needs = inspect.signature(story).parameters if name.startswith("test_") else {}
        if needs and needs.keys() <= CAST.keys() | {"registers"}:
            found.append(pytest.param(story, id=name.removeprefix("test_")))
    return found


@pytest.fixture
def registers() -> Iterator[dict[str, SimulatedRegister]]:
    found = {"ccer": SimulatedRegister(), "reduction": SimulatedRegister()}
    for kind, register in found.items():
        connect_register(kind, register)
    yield found
    ports._registers.clear()


@clause("M47", "M26.1")
@pytest.mark.parametrize("story", [*stories(registry), *stories(successions), *stories(compliance)])
def test_the_auditor_agrees_with_every_story(
    story: Callable[..., None], export: Export, registers: dict[str, SimulatedRegister]
) -> None:
    connect()
    cast = {
        name: registers if name == "registers" else CAST[name]()
        for name in inspect.signature(story).parameters
    }
    if "registers" not in cast:
        ports._registers.clear()
    story(**cast)
    for at in (NOW, DEADLINE, AFTER):
        agrees(audit(export(at)))


def test_there_are_stories() -> None:
    assert len(stories(registry)) > 15
    assert len(stories(compliance)) > 15
