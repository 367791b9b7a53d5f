"""The roundings that have a name: the only way from an exact figure to whole units."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from hutan.kernel.quantities import Tonnes


class Rounding(Enum):
    """A named rounding to whole tonnes; workings record the name."""

    FLOOR = "floor"
    CEILING = "ceiling"
    HALF_UP = "half up"

    @property
    def zh(self) -> str:
        """Say what it does, in Chinese."""
        return _SAID[self][0]

    @property
    def en(self) -> str:
        """Say what it does, in English."""
        return _SAID[self][1]

    def tonnes(self, exact: Decimal) -> Tonnes:
        """Round an exact number of tonnes."""
        return _ROUND[self](exact)


_SAID = {
    Rounding.FLOOR: ("向下取整：上限不因取整而被突破", "down, so that rounding passes no limit"),
    Rounding.CEILING: ("向上取整：义务须以整数配额覆盖", "up, so that whole units cover the duty"),
    Rounding.HALF_UP: ("四舍五入：报告数值的一般取整", "half up: of a reported figure"),
}
_ROUND = {
    Rounding.FLOOR: Tonnes.floor,
    Rounding.CEILING: Tonnes.ceiling,
    Rounding.HALF_UP: Tonnes.half_up,
}
