"""The working of a computed figure: inputs, parameters with their clauses, steps.

The same record is the explanation shown to the person, the leaf in the log, and what the auditor
computes again. A step's ``value`` is written as text, so that no reader bends a decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hutan.kernel.canonical import Json

Status = Literal["official", "secondary", "derived", "assumed"]


@dataclass(frozen=True)
class ParameterUse:
    """A parameter as it was used: its key, value, unit, source and how sure the source is."""

    key: str
    basis: str
    value: str
    unit: str
    clause: str
    document: str
    status: Status

    def to_record(self) -> dict[str, Json]:
        """Return the use as plain JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class Step:
    """One line of a working: what was computed, how, and what came out, with its unit.

    ``formula`` is written with the names of inputs, parameters and earlier steps; ``rounding``
    names the rounding applied, or is empty.
    """

    name: str
    zh: str
    en: str
    formula: str
    value: str
    unit: str
    clause: str = ""
    rounding: str = ""

    def to_record(self) -> dict[str, Json]:
        """Return the step as plain JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class Working:
    """How one figure came about. ``result`` names the step that carries the figure.

    ``rules`` is the version (content hash) of the rulebook that was used, where one was.
    """

    title_zh: str
    title_en: str
    inputs: Mapping[str, str]
    parameters: tuple[ParameterUse, ...] = ()
    steps: tuple[Step, ...] = field(default=())
    result: str = ""
    rules: str = ""

    @property
    def assumed(self) -> bool:
        """Tell whether the figure rests on an assumed parameter and must be marked as such."""
        return any(use.status == "assumed" for use in self.parameters)

    def to_record(self) -> dict[str, Json]:
        """Return the working as plain JSON: what is shown, logged and audited."""
        return {
            "title_zh": self.title_zh,
            "title_en": self.title_en,
            "inputs": dict(self.inputs),
            "parameters": [use.to_record() for use in self.parameters],
            "steps": [step.to_record() for step in self.steps],
            "result": self.result,
            "rules": self.rules,
        }
