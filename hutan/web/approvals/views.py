"""The queue of what waits for a second person, an act's own page, and the decisions on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hutan.kernel.canonical import digest
from hutan.parties import queries as parties
from hutan.parties.acts import act_kind
from hutan.parties.domain.approvals import Standing, approving_refusal
from hutan.parties.queries import ProposalRecord
from hutan.parties.refusals import OtherVersionSeen
from hutan.parties.services import approve, send_back, withdraw
from hutan.transparency import queries as log
from hutan.web import stepup
from hutan.web.approvals.amending import amending_address
from hutan.web.approvals.kinds import shown
from hutan.web.approvals.lists import table_of
from hutan.web.approvals.outcomes import outcome_links
from hutan.web.approvals.refusals import EffectChanged
from hutan.web.approvals.shown import Shown, binding
from hutan.web.components import ApprovalCard, Cell, Column, Crumb, Happening, Table
from hutan.web.forms import RefusingForm, words
from hutan.web.language import Bilingual, bi
from hutan.web.moments import moment_of
from hutan.web.permissions import may, requires, viewer_of
from hutan.web.refusals import NotFound
from hutan.web.rights import SEE_ACT, USE_APPROVALS, actor_of
from hutan.web.signin.state import user_of
from hutan.web.words import PROPOSAL_STATES, PROPOSAL_STEPS, role_title

SEEN, EFFECT = "seen", "effect"


class CodeForm(RefusingForm):
    """The fresh code that confirms an act which moves units."""

    code = forms.CharField(
        label=words("新的动态验证码", "Fresh code"),
        help_text=words(
            "来自您的验证器，仅用于确认此处所示内容。",
            "From your authenticator; it confirms exactly what is shown here.",
        ),
        max_length=10,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        ),
    )


class ReasonForm(RefusingForm):
    """Why an act is sent back."""

    reason = forms.CharField(label=words("退回理由", "Reason"), max_length=2000, required=False)


@requires(USE_APPROVALS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List what waits for this person's decision, oldest first."""
    waiting = parties.waiting_for(actor_of(viewer_of(request)))
    table = table_of(
        waiting,
        caption=bi("待我复核", "Waiting for me"),
        empty=bi(
            "没有等待您复核的事项。同事提出后会出现在这里。",
            "Nothing waits for your decision. What colleagues propose appears here.",
        ),
    )
    return render(request, "web/approvals/list.html", {"table": table, "mine": False})


@requires(USE_APPROVALS)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what this person proposed, newest first, with what became of it."""
    table = table_of(
        parties.proposals_by(actor_of(viewer_of(request)).person),
        caption=bi("我提出的", "Proposed by me"),
        empty=bi("您还没有提出过事项。", "You have not proposed anything yet."),
        own=True,
    )
    return render(request, "web/approvals/list.html", {"table": table, "mine": True})


@require_safe
def act(request: HttpRequest, id: UUID) -> HttpResponse:
    """Show an act with everything it changes; offer what this person may do with it."""
    proposal = _visible(request, id)
    return _page(request, proposal, shown(proposal, moment_of(request)), CodeForm())


@require_POST
def approve_act(request: HttpRequest, id: UUID) -> HttpResponse:
    """Approve exactly what was shown; with a fresh code where units move."""
    proposal, at = _visible(request, id), moment_of(request)
    seen = request.POST.get(SEEN, "")
    now = shown(proposal, at)
    form = CodeForm(request.POST)
    with form.refusals():
        if proposal.state == "pending":
            _check_what_was_seen(request, proposal, now)
            if act_kind(proposal.kind).moves_units:
                action, vouched = proposal.kind, binding(proposal, now.effect)
                stepup.confirm(request, action=action, seen=vouched)
        proposal = approve(id=id, by=user_of(request), seen=seen, at=at)
    if form.is_accepted:
        messages.success(request, str(bi("已批准并生效。", "Approved; it has taken effect.")))
        return redirect("act", id=id)
    return _page(request, proposal, now, form)


@require_POST
def return_act(request: HttpRequest, id: UUID) -> HttpResponse:
    """Send an act back to its proposer with a reason."""
    proposal, at = _visible(request, id), moment_of(request)
    form = ReasonForm(request.POST)
    with form.refusals():
        reason = form.cleaned("reason")
        proposal = send_back(id=id, by=user_of(request), reason=reason, at=at)
    if form.is_accepted:
        messages.success(request, str(bi("已退回给提出人。", "Sent back to the proposer.")))
        return redirect("approvals")
    again = CodeForm()
    again.refuse(*form.refused)
    return _page(request, proposal, shown(proposal, at), again)


@require_POST
def withdraw_act(request: HttpRequest, id: UUID) -> HttpResponse:
    """Withdraw one's own act."""
    _visible(request, id)
    withdraw(id=id, by=user_of(request), at=moment_of(request))
    messages.success(request, str(bi("已撤回，不再等待复核。", "Withdrawn; it waits no longer.")))
    return redirect("act", id=id)


@require_safe
def receipt(request: HttpRequest, id: UUID) -> HttpResponse:
    """Hand out the receipt that proves an act is in the public log."""
    _visible(request, id)
    return JsonResponse(
        log.receipt(act=id).to_record(),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"Content-Disposition": f'attachment; filename="receipt-{id}.json"'},
    )


@require_safe
def attachment(request: HttpRequest, id: UUID, sha256: str) -> HttpResponse:
    """Hand out a file that belongs to an act, to those who may see the act."""
    proposal = _visible(request, id)
    named = {hash_ for _, hash_ in shown(proposal, moment_of(request)).attachments}
    found = parties.attachments([sha256]) if sha256 in named else {}
    if sha256 not in found:
        raise NotFound(what=sha256[:16])
    return HttpResponse(
        parties.attachment(sha256),
        content_type=found[sha256].media_type,
        # A browser saves it: a file somebody attached is never shown as a page of ours.
        headers={"Content-Disposition": f'attachment; filename="{sha256[:16]}"'},
    )


def _visible(request: HttpRequest, id: UUID) -> ProposalRecord:
    found = parties.proposal(id)
    if found is None or not may(viewer_of(request), SEE_ACT, found):
        raise NotFound(what=str(id))
    return found


def _check_what_was_seen(request: HttpRequest, proposal: ProposalRecord, now: Shown) -> None:
    if request.POST.get(SEEN) != proposal.content_hash:
        raise OtherVersionSeen(version=proposal.version)
    if request.POST.get(EFFECT, "") != _effect_digest(now):
        raise EffectChanged()


def _effect_digest(now: Shown) -> str:
    return "" if now.effect is None else digest(now.effect)


def _page(
    request: HttpRequest, proposal: ProposalRecord, now: Shown, form: RefusingForm
) -> HttpResponse:
    own = actor_of(viewer_of(request)).person == proposal.proposer_person
    open_ = proposal.state in ("pending", "returned")
    context: dict[str, Any] = {
        "proposal": proposal,
        "shown": now,
        "state": PROPOSAL_STATES[proposal.state],
        "card": _card(request, proposal, now) if proposal.state == "pending" else None,
        "changes": _changes(now),
        "form": form,
        "own": own and open_,
        "amend": amending_address(proposal) if own and open_ else "",
        "organisation": _organisation(proposal),
        "role": role_title(proposal.proposer_role),
        "happenings": _happenings(proposal),
        "files": _files(now),
        "links": outcome_links(proposal, viewer_of(request)),
        "crumbs": [
            Crumb(bi("复核", "Approvals"), reverse("approvals")),
            Crumb(now.title),
        ],
    }
    return render(request, "web/approvals/act.html", context, status=form.status)


def _card(request: HttpRequest, proposal: ProposalRecord, now: Shown) -> ApprovalCard:
    refusal = approving_refusal(
        actor_of(viewer_of(request)),
        Standing(
            kind=proposal.kind,
            organisation=proposal.organisation,
            proposer_person=proposal.proposer_person,
            state=proposal.state,
            version=proposal.version,
            content_hash=proposal.content_hash,
        ),
        act_kind(proposal.kind).approvers,
        seen=proposal.content_hash,
    )
    challenge = ""
    if refusal is None and act_kind(proposal.kind).moves_units:
        vouched = binding(proposal, now.effect)
        challenge = stepup.challenge(request, action=proposal.kind, seen=vouched)
    role = role_title(proposal.proposer_role)
    return ApprovalCard(
        title=now.title,
        proposer=f"{proposal.proposer_login} · {proposal.proposer_organisation} · {role}",
        proposed_at=proposal.proposed_at,
        changes=now.changes,
        seen=proposal.content_hash,
        clause=act_kind(proposal.kind).clause,
        approve_address=reverse("act_approve", args=[proposal.id]),
        return_address=reverse("act_return", args=[proposal.id]),
        challenge=challenge,
        effect=_effect_digest(now),
        may_decide=refusal is None,
        reason_not=_spoken(refusal.sentence("zh"), refusal.sentence("en")) if refusal else "",
    )


def _spoken(zh: str, en: str) -> Bilingual:
    return bi(zh, en)


def _changes(now: Shown) -> Table:
    title, none = bi("变化", "What changes"), bi("没有变化。", "Nothing.")
    if not any(line.before for line in now.changes):
        # Once decided, "before" is history: what remains is what was asked for.
        stated = [[Cell(line.name), Cell(line.after or "—")] for line in now.changes]
        return Table(
            title, [Column(bi("项目", "Item")), Column(bi("所提内容", "As proposed"))], stated, none
        )
    columns = [
        Column(bi("项目", "Item")),
        Column(bi("原来", "Before")),
        Column(bi("批准后", "After")),
    ]
    rows = [
        [Cell(line.name), Cell(line.before or "—"), Cell(line.after or "—")] for line in now.changes
    ]
    return Table(title, columns, rows, none)


def _organisation(proposal: ProposalRecord) -> str:
    if proposal.organisation is None:
        return str(bi("全市场", "The whole market"))
    return parties.organisations([proposal.organisation])[proposal.organisation].name


def _happenings(proposal: ProposalRecord) -> list[Happening]:
    found = []
    for step in parties.steps_of(proposal.id):
        tone, title = PROPOSAL_STEPS[step.step]
        text = f"{step.login}" + (f"：{step.reason}" if step.reason else "")
        said = title.format(version=step.version)
        found.append(Happening(step.at, said, text, tone))
    return found


def _files(now: Shown) -> list[tuple[Bilingual, str, str]]:
    known = parties.attachments([hash_ for _, hash_ in now.attachments]) if now.attachments else {}
    return [
        (title, hash_, known[hash_].name if hash_ in known else "")
        for title, hash_ in now.attachments
    ]
