"""Rates and their ratios to yardsticks that were measured beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median


@dataclass
class Results:
    """Rates a second by measurement, and ratios by measurement and yardstick, one a round."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    ratios: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(self, name: str, rate: float, **yardsticks: float) -> None:
        """Note a round of one measurement, with the rates of its yardsticks in that round."""
        self.rates.setdefault(name, []).append(rate)
        for yardstick, other in yardsticks.items():
            self.ratios.setdefault((name, yardstick), []).append(rate / other)

    def line(self, name: str) -> str:
        """Return the median rate of a measurement and its range."""
        rates = self.rates[name]
        return f"{name:<34}{median(rates):>10,.0f}/s  ({min(rates):,.0f} to {max(rates):,.0f})"

    def goal(self, name: str, yardstick: str, goal: float) -> str:
        """Return the median ratio to a yardstick, its range, and whether it meets the goal."""
        ratios = self.ratios[name, yardstick]
        found = median(ratios)
        verdict = "met" if found >= goal else "NOT MET"
        return (
            f"{name:<34}{found:>8.2f} x {yardstick.replace('_', ' '):<22}"
            f"({min(ratios):.2f} to {max(ratios):.2f})  goal {goal}: {verdict}"
        )

    def beside(self, name: str, yardstick: str) -> str:
        """Return the median ratio to a yardstick that no goal is set against."""
        found = median(self.ratios[name, yardstick])
        return f"{name:<34}{found:>8.2f} x {yardstick.replace('_', ' ')}"
