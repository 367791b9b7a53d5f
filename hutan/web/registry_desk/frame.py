"""The way around the registry desk."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from hutan.web.language import bi
from hutan.web.permissions import may, viewer_of
from hutan.web.rights import SEE_DESK, SEE_PLANS
from hutan.web.unit.frame import Tab

_TABS = (
    (bi("总览", "Overview"), "desk", SEE_DESK),
    (bi("账户", "Accounts"), "desk_accounts", SEE_DESK),
    (bi("冻结", "Freezes"), "desk_freezes", SEE_DESK),
    (bi("等待执行", "Waiting"), "desk_waiting", SEE_DESK),
    (bi("发放", "Issue"), "desk_issue", SEE_PLANS),
    (bi("冲正", "Reversals"), "desk_reversals", SEE_DESK),
    (bi("合并与分立", "Mergers, splits"), "desk_successions", SEE_DESK),
    (bi("质押", "Pledges"), "pledges", SEE_DESK),
    (bi("欠额", "Debts"), "desk_debts", SEE_DESK),
    (bi("被拒尝试", "Refused"), "desk_attempts", SEE_DESK),
)


def desk_tabs(request: HttpRequest) -> list[Tab]:
    """Return the tabs of the desk that this viewer may open."""
    viewer = viewer_of(request)
    return [
        Tab(title, reverse(route), reverse(route) == request.path)
        for title, route, permission in _TABS
        if may(viewer, permission)
    ]
