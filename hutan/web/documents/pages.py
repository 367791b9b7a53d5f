"""Pages of documents: the file behind a code, and what was drawn on an account, with the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from hutan.kernel.ids import new_id
from hutan.registry import queries
from hutan.registry.overviews import AccountLine
from hutan.registry.queries import DocumentRecord
from hutan.registry.refusals import MayNotIssue
from hutan.registry.services import documents
from hutan.registry.services.documents import ISSUERS
from hutan.web import figures
from hutan.web.components import Cell, Column, Crumb, Table
from hutan.web.documents.codes import checked_code
from hutan.web.documents.issued import TITLES, file_is_public, pdf
from hutan.web.forms import RefusingForm, words
from hutan.web.language import active, bi
from hutan.web.limits import VERIFY, count_request, source_of
from hutan.web.middleware.gate import public
from hutan.web.moments import moment_of, real_now
from hutan.web.permissions import may, require, viewer_of
from hutan.web.refusals import FileNotPublic, NoSuchDocument, NotFound
from hutan.web.rights import ISSUE_DOCUMENT, actor_of
from hutan.web.unit.accounts import crumbs_of
from hutan.web.unit.reach import visible_account


@public
@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Set the document of a code as PDF: for everybody who has the code, as the public page is.

    A statement names others, so its file opens for those who see the account; others are refused.
    """
    count_request(VERIFY, source_of(request), at=real_now())
    checked = checked_code(code)
    found = queries.document(checked)
    if found is None:
        raise NoSuchDocument(given=checked)
    if not file_is_public(found) and not _is_seen(request, found.account):
        raise FileNotPublic()
    address = request.build_absolute_uri(reverse("verify_code", args=[checked]))
    return HttpResponse(
        pdf(found, address),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{found.kind}-{checked}.pdf"'},
    )


def _is_seen(request: HttpRequest, account: str) -> bool:
    try:
        visible_account(request, account)
    except NotFound:
        return False
    return True


class _IssueForm(RefusingForm):
    """What every request for a document carries: an id, so that sending it twice is harmless."""

    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"id": new_id()}, auto_id=f"{self.kind}_%s")

    kind = ""


class HoldingForm(_IssueForm):
    """A certificate of what the account holds now."""

    kind = "holding"


class StatementForm(_IssueForm):
    """A statement over a period."""

    kind = "statement"
    since = forms.DateField(
        label=words("起始日", "From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=words("截止日", "To"), widget=forms.DateInput(attrs={"type": "date"})
    )


class CancellationForm(_IssueForm):
    """A certificate of a voluntary cancellation."""

    kind = "cancellation"
    transaction = forms.UUIDField(
        label=words("自愿注销业务", "Voluntary cancellation"), widget=forms.Select
    )


FORMS: dict[str, type[_IssueForm]] = {
    form.kind: form for form in (HoldingForm, StatementForm, CancellationForm)
}


@require_http_methods(["GET", "POST"])
def of_account(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was drawn on an account; whoever may draws another."""
    seen = visible_account(request, number)
    account = seen.line
    kind = request.POST.get("kind", "")
    asked = FORMS[kind](request.POST) if kind in FORMS else None
    if asked is not None:
        with asked.refusals():
            drawn = _issue(request, account, asked)
        if asked.is_accepted:
            messages.success(
                request,
                str(bi("已出具，核验码 {code}。", "Drawn; its code is {code}.").format(
                    code=drawn.code
                )),
            )  # fmt: skip
            return redirect("account_documents", number=number)
    context = {
        "account": account,
        "crumbs": [*crumbs_of(seen, linked=True), Crumb(bi("凭证", "Documents"))],
        "drawn": _table(queries.documents_of(account.number)),
        "may_issue": _may_issue(request, account),
        "forms": {name: asked if name == kind else form() for name, form in FORMS.items()},
        "cancellations": _cancellations(account),
    }
    status = asked.status if asked is not None else 200
    return render(request, "web/documents/account.html", context, status=status)


def _issue(request: HttpRequest, account: AccountLine, asked: _IssueForm) -> DocumentRecord:
    viewer = viewer_of(request)
    require(viewer, ISSUE_DOCUMENT)
    id, by, at = asked.cleaned("id"), actor_of(viewer).user, moment_of(request)
    if not _may_issue(request, account):
        raise MayNotIssue(account=account.number)
    if asked.kind == "statement":
        since, until = asked.cleaned("since"), asked.cleaned("until")
        return documents.issue_statement(
            id=id, account=account.number, since=since, until=until, by=by, at=at
        )
    if asked.kind == "cancellation":
        transaction = asked.cleaned("transaction")
        done = queries.transaction(transaction)
        if done is None or done.giver != account.number:
            raise NotFound(what=str(transaction))
        return documents.issue_cancellation(id=id, transaction=transaction, by=by, at=at)
    return documents.issue_holding(id=id, account=account.number, by=by, at=at)


def _may_issue(request: HttpRequest, account: AccountLine) -> bool:
    viewer = viewer_of(request)
    if not may(viewer, ISSUE_DOCUMENT):
        return False
    return actor_of(viewer).post_for(ISSUERS, account.holder) is not None


def _cancellations(account: AccountLine) -> list[tuple[str, str]]:
    """Return the voluntary cancellations of an account, to choose from: id and what it was."""
    return [
        (
            str(one.id),
            f"{figures.moment(one.approved_at, active())}, {figures.number(one.amount)} t",
        )
        for one in queries.voluntary_cancellations(account.number)
    ]


def _table(drawn: list[DocumentRecord]) -> Table:
    return Table(
        caption=bi("已出具的凭证", "Documents drawn"),
        columns=[
            Column(bi("核验码", "Code")),
            Column(bi("种类", "Kind")),
            Column(bi("出具时间", "Drawn at")),
            Column(bi("文件", "File")),
        ],
        rows=[
            [
                Cell(one.code, reverse("verify_code", args=[one.code])),
                Cell(TITLES[one.kind]),
                Cell(figures.moment(one.issued_at, active())),
                Cell("PDF", reverse("document_file", args=[one.code])),
            ]
            for one in drawn
        ],
        empty=bi("本账户还没有出具过凭证。", "Nothing has been drawn on this account yet."),
    )
