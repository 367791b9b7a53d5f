"""What the clock refuses."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal

_BASIS = "docs/operating.md"


class ClockOnlyForward(Refusal):
    """Deadlines that have passed stay passed."""

    code = "CLK-001"
    basis = _BASIS
    field = "to"
    zh = "时钟只能向前拨：现在是 {now}，不能拨到 {to}。"
    en = "The clock moves forward only: it is {now}, so it cannot be set to {to}."
    cure_zh = "请选择更晚的时刻；如需从头开始，请使用 ./run --reset。"
    cure_en = "Choose a later moment; to begin again, use ./run --reset."


class ClockTooFar(Refusal):
    """A slip of the finger would lead out of every calendar."""

    code = "CLK-006"
    basis = _BASIS
    field = "to"
    zh = "时钟只能拨到 {end} 之前。"
    en = "The clock can only be set to before {end}."
    cure_zh = "请选择更早的时刻。"
    cure_en = "Choose an earlier moment."


class ClockIsReal(Refusal):
    """Production runs on the real clock."""

    code = "CLK-002"
    basis = _BASIS
    zh = "生产环境使用真实时间，时钟不能拨动。"
    en = "Production runs on the real clock, which cannot be moved."
    cure_zh = "请在演示城市中拨动时钟。"
    cure_en = "Move the clock of a demonstration city instead."


class CityNotCreated(Refusal):
    """There is no city yet whose clock could be moved."""

    code = "CLK-003"
    basis = _BASIS
    zh = "演示城市尚未建立，时钟停在 {now}。"
    en = "The demonstration city is not created yet; its clock stands at {now}."
    cure_zh = "请先运行 ./run。"
    cure_en = "Start ./run first."


class OtherKindOfPlace(Refusal):
    """The database belongs to a demonstration and the settings to production, or the reverse."""

    code = "CLK-004"
    basis = _BASIS
    zh = "该数据库属于 {kind} 环境，而当前设置（HUTAN_ENV）为 {asked}。"
    en = "This database belongs to a {kind} place, and HUTAN_ENV says {asked}."
    cure_zh = "请更换 DATABASE_URL，或更正 HUTAN_ENV。"
    cure_en = "Use another DATABASE_URL, or correct HUTAN_ENV."


class MoveRepeatedDifferently(Refusal):
    """An act's id was used again for something else."""

    code = "CLK-005"
    basis = _BASIS
    zh = "编号 {act} 已用于将时钟拨到 {earlier}，不能再用于 {to}。"
    en = "The id {act} has already set the clock to {earlier} and cannot set it to {to}."
    cure_zh = "请使用新的编号。"
    cure_en = "Use a new id."
