"""The platform on one page: when this happens, do that, because of this clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hutan.compliance.services import successions
from hutan.kernel.events import Event, subscribe
from hutan.registry.events import TransactionReversed, UnitsMerged, UnitSplit


@dataclass(frozen=True, slots=True)
class Flow:
    """When ``event`` is published, ``call`` follows in its transaction, as ``clause`` wants."""

    event: type[Event]
    call: Callable[[Any], None]
    clause: str


FLOWS = (
    Flow(UnitsMerged, successions.on_units_merged, "M14.1"),
    Flow(UnitSplit, successions.on_unit_split, "M14.2"),
    Flow(TransactionReversed, successions.on_transaction_reversed, "M21.1"),
)


def connect() -> None:
    """Subscribe every flow; called once when the platform starts."""
    for flow in FLOWS:
        subscribe(flow.event, flow.call)
