"""Which outside system stands behind which port, by configuration."""

from __future__ import annotations

from pathlib import Path

from hutan.compliance.ports import connect_register
from hutan.integrations.simulated_register import SimulatedRegister


def connect_simulators(folder: Path) -> dict[str, SimulatedRegister]:
    """Put simulators behind the ports of other registers; ``folder`` keeps what they know."""
    registers = {
        "ccer": SimulatedRegister(folder / "ccer.json"),
        "reduction": SimulatedRegister(folder / "inclusive.json"),
    }
    for kind, register in registers.items():
        connect_register(kind, register)
    return registers
