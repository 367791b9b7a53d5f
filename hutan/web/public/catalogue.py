"""The catalogue of transactions for readers: the registry's own table, said in words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hutan.registry.domain.catalogue import TransactionType, catalogue
from hutan.web.components import Cell, Column, Table
from hutan.web.language import bi
from hutan.web.middleware.gate import public
from hutan.web.words import ACCOUNT_KINDS, PLAN_LINES, role_title


@public
@require_safe
def transactions(request: HttpRequest) -> HttpResponse:
    """Show the catalogue: who proposes and approves what, between which accounts, by what."""
    columns = [
        Column(bi("业务", "Transaction")),
        Column(bi("提出", "Proposed by")),
        Column(bi("复核", "Approved by")),
        Column(bi("转出账户", "From")),
        Column(bi("接收账户", "To")),
        Column(bi("等待", "Delay")),
        Column(bi("冲正", "Reversible")),
        Column(bi("方案条目", "Plan line")),
        Column(bi("依据", "Clause")),
    ]
    table = Table(
        bi("业务目录", "Catalogue"),
        columns,
        [_type_row(one) for one in catalogue().values()],
        bi("目录为空。", "The catalogue is empty."),
    )
    return render(request, "web/public/catalogue.html", {"table": table})


def _type_row(kind: TransactionType) -> list[Cell]:
    by_service = bi("平台办理", "by the platform")
    return [
        Cell(bi(kind.zh, kind.en)),
        Cell(_roles(kind.proposers) if kind.proposers else by_service),
        Cell(_roles(kind.approvers) if kind.approvers else by_service),
        Cell(_kinds(kind.givers)),
        Cell(_kinds(kind.receivers) if kind.receivers else bi("不移动", "nothing moves")),
        Cell(
            bi("非信任账户须等待", "off the trusted list")
            if kind.delay == "by_trust"
            else bi("无", "none")
        ),
        Cell(bi("可，限期一次", "once, in time") if kind.reversible else bi("否", "no")),
        Cell("、".join(str(PLAN_LINES[one]) for one in sorted(kind.plan_line)) or "—"),
        Cell(
            kind.clause or kind.basis, reverse("clause", args=[kind.clause]) if kind.clause else ""
        ),
    ]


def _roles(rights: Any) -> str:
    return "、".join(str(role_title(role)) for role in sorted(rights))


def _kinds(kinds: Any) -> str:
    return "、".join(str(ACCOUNT_KINDS[kind]) for kind in ACCOUNT_KINDS if kind in kinds)
