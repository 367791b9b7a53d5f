"""What compliance asks of other registers: whether a reduction was cancelled for this use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hutan.kernel.canonical import Json


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancelled quantity of reductions, as the register that cancelled it vouches for it.

    ``beneficiary`` is the credit code of the unit it was cancelled for, ``year`` the compliance
    year, ``site_owner`` the credit code of the unit inside whose boundary the reduction arose
    (empty if none), ``reduction_class`` I or II for the Shanghai carbon-inclusive one.
    """

    number: str
    quantity: int
    beneficiary: str
    year: int
    purpose: str
    site_owner: str
    cancelled_at: datetime
    reduction_class: str = ""

    def to_record(self) -> dict[str, Json]:
        """Return the register's answer as plain JSON."""
        return {
            "number": self.number,
            "quantity": self.quantity,
            "beneficiary": self.beneficiary,
            "year": self.year,
            "purpose": self.purpose,
            "site_owner": self.site_owner,
            "cancelled_at": self.cancelled_at.isoformat(),
            "reduction_class": self.reduction_class,
        }


class ReductionRegister(Protocol):
    """The national voluntary-reduction registry, or the Shanghai carbon-inclusive platform."""

    def cancellation(self, number: str) -> Cancellation | None:
        """Return the cancellation of that proof number, or nothing if there is none.

        Raises ``ConnectionError`` where the register cannot be reached.
        """
        ...


_registers: dict[str, ReductionRegister] = {}


def connect_register(kind: str, register: ReductionRegister) -> None:
    """Put a register behind the kind of reduction it vouches for: ``ccer`` or ``reduction``."""
    _registers[kind] = register


def register_for(kind: str) -> ReductionRegister | None:
    """Return the register that vouches for this kind, if one is connected."""
    return _registers.get(kind)
