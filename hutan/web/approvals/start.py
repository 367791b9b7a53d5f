"""Where a person begins: who he is here, what waits for him, where his work is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hutan.parties import queries as parties
from hutan.web.approvals.lists import table_of
from hutan.web.language import Bilingual, bi
from hutan.web.moments import moment_of
from hutan.web.orders import orders_for
from hutan.web.permissions import may, viewer_of
from hutan.web.rights import (
    SEE_BOARD,
    SEE_DESK,
    SEE_PLANS,
    USE_APPROVALS,
    USE_UNIT,
    actor_of,
    may_propose,
)
from hutan.web.words import role_title

SHOWN = 5

Place = tuple[Bilingual, Bilingual, str, str]


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Show a person's desk; someone without any post is led to his own security page."""
    viewer = viewer_of(request)
    if not may(viewer, USE_APPROVALS):
        return redirect("my_security")
    names = parties.organisations({post.organisation for post in viewer.posts})
    waiting = parties.waiting_for(actor_of(viewer), limit=SHOWN + 1)
    context = {
        "posts": [(role_title(post.role), names[post.organisation].name) for post in viewer.posts],
        "waiting": table_of(
            waiting[:SHOWN],
            caption=bi("待我复核", "Waiting for me"),
            empty=bi("没有等待您复核的事项。", "Nothing waits for your decision."),
        ),
        "more": len(waiting) > SHOWN,
        "ways": _places(request),
        "now": moment_of(request),
    }
    return render(request, "web/approvals/start.html", context)


def _places(request: HttpRequest) -> list[Place]:
    viewer = viewer_of(request)
    places: list[Place] = []
    if may(viewer, USE_UNIT):
        places.append(
            (
                bi("本单位", "My organisation"),
                bi("年度义务、持有、清缴与划转", "The year, holdings, surrender and transfers"),
                reverse("own_unit"),
                "building",
            )
        )
    if may(viewer, SEE_BOARD):
        places.append(
            (
                bi("年度看板", "Year board"),
                bi("各单位状态与剩余时间", "Every unit's status and time left"),
                reverse("boards"),
                "chart-bar",
            )
        )
    if may(viewer, SEE_DESK):
        places.append(
            (
                bi("登记业务台", "Registry desk"),
                bi("账户、冻结、等待执行、发放", "Accounts, freezes, waiting transfers, issue"),
                reverse("desk"),
                "list-details",
            )
        )
    if may(viewer, SEE_PLANS) and not may(viewer, SEE_DESK):
        places.append(
            (
                bi("分配方案", "Plans"),
                bi("生效的方案与待发放条目", "Plans in force, and what is left on their lines"),
                reverse("desk_issue"),
                "certificate",
            )
        )
    if any(post.role == "bank_officer" for post in viewer.posts):
        places.append(
            (
                bi("质押", "Pledges"),
                bi("以本机构为质权人的质押", "Of which your bank is the creditor"),
                reverse("pledges"),
                "lock",
            )
        )
    if may_propose(viewer, "registry.freeze"):
        places.append(
            (
                bi("冻结与解除", "Freezes"),
                bi("凭有权机关的文书", "By the order of an authority or court"),
                reverse("freeze_start"),
                "snowflake",
            )
        )
    if not may(viewer, SEE_DESK):
        # Whoever works at the desk finds these there.
        said = bi("按业务目录提出，由另一人复核", "By the catalogue, approved by a second person")
        places += [(name, said, address, "arrows-exchange") for name, address in orders_for(viewer)]
    for organisation in sorted(viewer.organisations):
        places.append(
            (
                bi("接口密钥", "API keys"),
                bi("供本单位程序使用", "For programs of this organisation"),
                reverse("unit_keys", args=[organisation]),
                "key",
            )
        )
    places.append(
        (
            bi("我提出的", "Proposed by me"),
            bi("修改、撤回、查看结果", "Amend, withdraw, see what became of it"),
            reverse("approvals_mine"),
            "edit",
        )
    )
    return places
