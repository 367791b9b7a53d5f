"""The way around the registry desk."""

from __future__ import annotations

from django.urls import reverse

from hutan.web.language import bi
from hutan.web.unit.frame import Tab

_TABS = (
    (bi("总览", "Overview"), "desk"),
    (bi("账户", "Accounts"), "desk_accounts"),
    (bi("冻结", "Freezes"), "desk_freezes"),
    (bi("等待执行", "Waiting"), "desk_waiting"),
    (bi("发放", "Issue"), "desk_issue"),
    (bi("冲正", "Reversals"), "desk_reversals"),
    (bi("合并与分立", "Mergers, splits"), "desk_successions"),
    (bi("被拒尝试", "Refused"), "desk_attempts"),
)


def desk_tabs(current: str) -> list[Tab]:
    """Return the tabs of the desk."""
    return [Tab(title, reverse(route), reverse(route) == current) for title, route in _TABS]
