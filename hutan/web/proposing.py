"""Forms whose content becomes an act: look at what it would meet, propose it, amend one's own.

The caller's id is made with the form and travels in a hidden field, so that a double submission
proposes once. A view that uses ``submit`` makes exactly one domain call. Usage::

    form = TransferForm(request.POST or None, ...)
    if request.method == "POST" and (proposal := submit(request, form)):
        return redirect_to(request, proposal)
    return render(request, ..., {"form": form}, status=form.status)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hutan.kernel.canonical import Json
from hutan.kernel.ids import new_id
from hutan.kernel.refusals import Refusal
from hutan.parties import queries as parties
from hutan.parties.queries import ProposalRecord
from hutan.parties.services import amend, preview, propose
from hutan.web.checks import NumberedCheck, checks_of
from hutan.web.forms import RefusingForm
from hutan.web.language import bi
from hutan.web.moments import moment_of
from hutan.web.permissions import viewer_of
from hutan.web.refusals import NotFound
from hutan.web.rights import actor_of
from hutan.web.signin.state import user_of

PREVIEW, AMENDS = "preview", "amends"


class ActForm(RefusingForm):
    """A form of one kind of act. Subclasses give ``kind``, fields, and ``content``.

    ``homes`` names, for the field of a refusal, the field of this form beside which it stands
    where the two differ; ``home_of`` decides where that depends on the refusal's facts.
    """

    kind: ClassVar[str]
    homes: ClassVar[Mapping[str, str]] = {}

    id = forms.UUIDField(widget=forms.HiddenInput)
    amends = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, amended: ProposalRecord | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"id": new_id()}
        if amended is not None:
            initial = {**self.initial_of(amended.content), "id": amended.id, AMENDS: True}
        kwargs["initial"] = {**kwargs.get("initial", {}), **initial}
        super().__init__(*args, **kwargs)
        self.amended = amended
        self.previewed = False

    def content(self) -> dict[str, Json]:
        """Return the act's content; inside ``refusals()`` only."""
        raise NotImplementedError

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a form that would give this content."""
        return dict(content)

    def home_of(self, refusal: Refusal) -> str:
        """Return the field beside which a refusal stands, or nothing: above the form."""
        home = self.homes.get(refusal.field, refusal.field)
        return home if home in self.fields else ""

    def refused_at(self, name: str) -> tuple[Refusal, ...]:
        """Return the refusals that stand beside one field."""
        return tuple(refusal for refusal in self.refused if self.home_of(refusal) == name)

    @property
    def refused_as_a_whole(self) -> tuple[Refusal, ...]:
        """Return the refusals that stand above the form."""
        return tuple(refusal for refusal in self.refused if not self.home_of(refusal))

    @property
    def checks(self) -> Sequence[NumberedCheck]:
        """Return the numbered checks once they have run."""
        return checks_of(self.kind, self.refused) if self.previewed or self.refused else ()


def submit(request: HttpRequest, form: ActForm) -> ProposalRecord | None:
    """Preview, propose or amend as the button said; return what is proposed now, or nothing."""
    by, at = user_of(request), moment_of(request)
    done: ProposalRecord | None = None
    with form.refusals():
        id: UUID = form.cleaned("id")
        content = form.content()
        if PREVIEW in request.POST:
            found = preview(id=id, kind=form.kind, content=content, by=by, at=at)
            form.previewed = True
            if found:
                form.refuse(*found)
        elif form.cleaned(AMENDS):
            done = amend(id=id, content=content, by=by, at=at)
        else:
            done = propose(id=id, kind=form.kind, content=content, by=by, at=at)
    return done


def sent(request: HttpRequest, proposal: ProposalRecord) -> HttpResponse:
    """Return the way to the proposal, and say that it now waits for the second person."""
    said = bi(
        "已提交复核。须由另一名有权人员批准后生效。",
        "Sent for approval. It takes effect once a second person has approved it.",
    )
    messages.success(request, str(said))
    return redirect("act", id=proposal.id)


def amended(request: HttpRequest, kind: str) -> ProposalRecord | None:
    """Return one's own proposal that ``?amend=`` names, as it is to be changed; or nothing.

    Raises ``NotFound`` for one that is another's, of another kind, or decided.
    """
    wanted = request.GET.get("amend", "")
    if not wanted:
        return None
    try:
        found = parties.proposal(UUID(wanted))
    except ValueError:
        found = None
    if (
        found is None
        or found.kind != kind
        or found.state not in ("pending", "returned")
        or found.proposer_person != actor_of(viewer_of(request)).person
    ):
        raise NotFound(what=wanted[:40])
    return found
