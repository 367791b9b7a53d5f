"""Sets of numbers as ranges that neither touch nor overlap: two sorted lists and bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

Range = tuple[int, int]
"""The numbers from the first to the last, both included."""


class Ranges:
    """The numbers that a holding has, lowest first. ``amount`` is how many."""

    __slots__ = ("_firsts", "_lasts", "amount")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        self.amount = 0
        for first, last in ranges:
            self.add(first, last)

    def __iter__(self) -> Iterator[Range]:
        return iter(zip(self._firsts, self._lasts, strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def has(self, first: int, last: int) -> bool:
        """Tell whether all numbers of a range are here."""
        place = bisect_right(self._firsts, first) - 1
        return place >= 0 and last <= self._lasts[place]

    def overlaps(self, first: int, last: int) -> bool:
        """Tell whether any number of a range is here."""
        place = bisect_right(self._firsts, last) - 1
        return place >= 0 and first <= self._lasts[place]

    def add(self, first: int, last: int) -> bool:
        """Put a range in, joined with its neighbours; ``False`` if a number is here already."""
        if self.overlaps(first, last):
            return False
        place = bisect_left(self._firsts, first)
        joins_left = place > 0 and self._lasts[place - 1] + 1 == first
        joins_right = place < len(self._firsts) and last + 1 == self._firsts[place]
        if joins_left and joins_right:
            self._lasts[place - 1] = self._lasts[place]
            del self._firsts[place], self._lasts[place]
        elif joins_left:
            self._lasts[place - 1] = last
        elif joins_right:
            self._firsts[place] = first
        else:
            self._firsts.insert(place, first)
            self._lasts.insert(place, last)
        self.amount += last - first + 1
        return True

    def remove(self, first: int, last: int) -> bool:
        """Take a range out; ``False``, and nothing happens, if a number of it is not here."""
        place = bisect_right(self._firsts, first) - 1
        if place < 0 or last > self._lasts[place]:
            return False
        begins, ends = self._firsts[place], self._lasts[place]
        if begins == first and ends == last:
            del self._firsts[place], self._lasts[place]
        elif begins == first:
            self._firsts[place] = last + 1
        else:
            self._lasts[place] = first - 1
            if last < ends:
                self._firsts.insert(place + 1, last + 1)
                self._lasts.insert(place + 1, ends)
        self.amount -= last - first + 1
        return True

    def lowest(self, amount: int) -> list[Range]:
        """Return the lowest numbers, so many of them; fewer if there are not so many."""
        found: list[Range] = []
        for first, last in self:
            if amount <= 0:
                break
            found.append((first, min(last, first + amount - 1)))
            amount -= last - first + 1
        return found


def joined(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges with those joined that touch, in order; for comparing what was written."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def shown(ranges: Iterable[Range], most: int = 8) -> str:
    """Write ranges for a person, the first few of them."""
    listed = list(ranges)
    text = ", ".join(f"{first}-{last}" for first, last in listed[:most])
    return f"{text}, ... ({len(listed)} ranges)" if len(listed) > most else text or "none"
