"""What anybody may read beside the home page: the year's list, the log, receipts, the catalogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from hutan.compliance import overviews as compliance
from hutan.compliance import queries
from hutan.registry.domain.catalogue import TransactionType, catalogue
from hutan.transparency import queries as log
from hutan.transparency.domain.receipts import Proved
from hutan.transparency.refusals import ReceiptMalformed
from hutan.web.components import Cell, Column, Pages, Table
from hutan.web.figures import deadline, number
from hutan.web.forms import FormInvalid, RefusingForm, words
from hutan.web.language import Bilingual, active, bi
from hutan.web.limits import VERIFY, count_request, source_of
from hutan.web.middleware.gate import public
from hutan.web.moments import moment_of, real_now
from hutan.web.unit.accounts import page_number
from hutan.web.unit.frame import nearest_year
from hutan.web.words import ACCOUNT_KINDS, LISTINGS, PLAN_LINES, role_title

PAGE = 100
LARGEST_RECEIPT = 2_000_000
"""Bytes of a receipt that is looked at: the record of a large act has some hundred thousand."""


@public
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Lead to the list of the year whose surrender closes next."""
    year = nearest_year(queries.years(), moment_of(request))
    if year is None:
        return render(request, "web/public/list.html", {"table": None})
    return redirect("public_list", year.year)


@public
@require_safe
def year_list(request: HttpRequest, year: int) -> HttpResponse:
    """Publish the year's list (M9.2): names, districts, how each is listed."""
    years = queries.years()
    if year not in {one.year for one in years}:
        raise Http404
    text = request.GET.get("q", "").strip()[:60]
    found = [one for one in compliance.listed_units(year) if text in one.name]
    pages = Pages(
        page_number(request, len(found), size=PAGE), max(1, -(-len(found) // PAGE)), {"q": text}
    )
    shown = found[(pages.number - 1) * PAGE : pages.number * PAGE]
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("所在区", "District")),
        Column(bi("列为", "Listed as")),
    ]
    rows = [
        [Cell(one.name), Cell(one.district or "—"), Cell(LISTINGS[one.listing])] for one in shown
    ]
    table = Table(
        bi(f"{year} 年度名录", f"List of {year}"),
        columns,
        rows,
        bi("名录尚未公布，或没有符合的单位。", "Not published yet, or no unit fits."),
    )
    context = {
        "table": table,
        "pages": pages,
        "year": year,
        "count": len(found),
        "text": text,
        "years": [one.year for one in years],
    }
    return render(request, "web/public/list.html", context)


class ReceiptForm(RefusingForm):
    """A receipt, as a file or pasted."""

    file = forms.FileField(
        label=words("凭据文件（JSON）", "Receipt (JSON file)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,application/json", "class": "form-control"}),
    )
    text = forms.CharField(
        label=words("或粘贴凭据内容", "Or paste its content"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "lines-entry"}),
    )

    def receipt(self) -> object:
        """Return what was given, read as JSON; refuse what is none."""
        given: UploadedFile[Any] | None = self.cleaned("file")
        if given is None and not self.cleaned("text").strip():
            self.add_error("file", str(bi("请选择文件或粘贴内容。", "Choose a file, or paste it.")))
            raise FormInvalid
        if given is not None and (given.size or 0) > LARGEST_RECEIPT:
            raise ReceiptMalformed(what="size")
        text = given.read() if given is not None else self.cleaned("text")
        try:
            found: object = json.loads(text)
        except (ValueError, RecursionError):
            raise ReceiptMalformed(what="JSON") from None
        return found


@public
@require_http_methods(["GET", "POST"])
def public_log(request: HttpRequest) -> HttpResponse:
    """Show the log's newest heads and how to check them; check a receipt by the log's own keys."""
    posted = request.method == "POST"
    form = ReceiptForm(request.POST if posted else None, request.FILES if posted else None)
    proved: Proved | None = None
    if posted:
        with form.refusals():
            count_request(VERIFY, source_of(request), at=real_now())
            proved = log.check_receipt(form.receipt())
    heads = log.checkpoints(limit=10)
    rows = [
        [Cell(number(one.size)), Cell(deadline(one.at, active())), Cell(one.root.hex()[:32] + "…")]
        for one in heads
    ]
    columns = [
        Column(bi("条目数", "Entries"), "figure"),
        Column(bi("时间", "At")),
        Column(bi("根摘要", "Root")),
    ]
    table = Table(
        bi("最近的检查点", "Latest checkpoints"),
        columns,
        rows,
        bi("还没有检查点。", "There is no checkpoint yet."),
    )
    context = {
        "form": form,
        "proved": _proved(proved) if proved else None,
        "head": heads[0] if heads else None,
        "table": table,
        "keys": [str(key) for key in log.keys_in_force()] if heads else [],
    }
    return render(request, "web/public/log.html", context, status=form.status)


@public
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Hand out the newest signed head as its text."""
    head = log.latest_checkpoint()
    if head is None:
        raise Http404
    return HttpResponse(head.note, content_type="text/plain; charset=utf-8")


@public
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """Hand out the small program that checks receipts offline."""
    program = Path(settings.ROOT) / "tools" / "verify_receipt.py"
    return HttpResponse(
        program.read_bytes(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="verify_receipt.py"'},
    )


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


def _proved(found: Proved) -> list[tuple[Bilingual, str]]:
    facts = [
        (bi("行为", "Act"), str(found.entry.act)),
        (bi("种类", "Kind"), found.entry.kind),
        (bi("时刻", "At"), deadline(found.entry.at, active())),
        (bi("在存证中的位置（从 0 计）", "Place in the log, from 0"), number(found.index)),
        (bi("检查点条目数", "Entries of the checkpoint"), number(found.head.size)),
        (bi("签名密钥", "Signed by"), found.signer.name),
    ]
    if found.movement is not None:
        facts.append(
            (bi("其中第几笔变动（从 0 计）", "Movement, from 0"), number(found.movement.number))
        )
    return facts
