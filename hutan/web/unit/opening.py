"""Opening an account, by the holder's representative or the desk: applicant, kind, documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal
from hutan.parties import queries as parties
from hutan.parties.domain.files import LARGEST
from hutan.parties.queries import OrganisationRecord
from hutan.parties.refusals import FileTooLarge
from hutan.parties.services import attach
from hutan.registry.domain.accounts import HOLDER_KINDS, REQUIRED_DOCUMENTS
from hutan.web.approvals.amending import amended_at
from hutan.web.components import Crumb
from hutan.web.forms import words
from hutan.web.language import bi
from hutan.web.moments import moment_of
from hutan.web.permissions import require, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.refusals import NotAllowed
from hutan.web.rights import PROPOSE, Wanted, may_propose
from hutan.web.signin.state import user_of
from hutan.web.unit.reach import visible_unit
from hutan.web.words import ACCOUNT_KINDS, DOCUMENTS

OPEN = "registry.open_account"
ACCEPTED = ".pdf,.png,.jpg,.jpeg"


class OpeningForm(ActForm):
    """The kind of account and a file for each document that an opening needs.

    A file is kept as soon as it has come, and its hash stays in the form, so that a refusal never
    costs the person a second upload.
    """

    kind = OPEN
    homes = {"holder": "account_kind", "kind": "account_kind"}

    account_kind = forms.ChoiceField(label=words("账户种类", "Kind of account"))
    new_in_year = forms.IntegerField(
        label=words("新纳入名录的年度", "Year in which the unit is new on the list"),
        help_text=words(
            "新纳入单位须在规定日期前开户；其他单位不填。",
            "A new unit opens its account by a set day; others leave this empty.",
        ),
        min_value=2013,
        max_value=2100,
        required=False,
    )

    def __init__(
        self, *args: Any, holder: OrganisationRecord, by: UUID, at: Any, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.holder, self._by, self._at = holder, by, at
        kinds = [kind for kind, holders in HOLDER_KINDS.items() if holder.kind in holders]
        self.fields["account_kind"].choices = [(kind, ACCOUNT_KINDS[kind]) for kind in kinds]  # type: ignore[attr-defined]  # a ChoiceField
        for name in REQUIRED_DOCUMENTS:
            title = DOCUMENTS[name]
            self.fields[f"file_{name}"] = forms.FileField(
                label=words(title.zh, title.en),
                required=False,
                widget=forms.FileInput(attrs={"accept": ACCEPTED, "class": "form-control"}),
            )
            self.fields[f"hash_{name}"] = forms.RegexField(
                r"^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput
            )

    @property
    def documents(self) -> list[tuple[str, str]]:
        """Return the file field of each document, and the name of the file that is kept."""
        hashes = {name: self._hash(name) for name in REQUIRED_DOCUMENTS}
        known = parties.attachment_names([hash_ for hash_ in hashes.values() if hash_])
        return [(f"file_{name}", known.get(hash_, "")) for name, hash_ in hashes.items()]

    def content(self) -> dict[str, Json]:
        """Return the application as the service reads it; files that came are kept first."""
        kind = self.cleaned("account_kind")
        kept: list[Json] = []
        for name in REQUIRED_DOCUMENTS:
            hash_ = self._kept(name)
            if hash_:
                kept.append({"kind": name, "sha256": hash_})
        found: dict[str, Json] = {"kind": kind, "holder": str(self.holder.id), "documents": kept}
        if (new_in := self.cleaned("new_in_year")) is not None:
            found["new_in_year"] = new_in
        return found

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        found = {"account_kind": content["kind"], "new_in_year": content.get("new_in_year")}
        for one in content.get("documents") or []:
            found[f"hash_{one['kind']}"] = one["sha256"]
        return found

    def home_of(self, refusal: Refusal) -> str:
        """Put what is wrong with a file beside it."""
        if refusal.field == "file":
            for name in REQUIRED_DOCUMENTS:
                given = self.files.get(f"file_{name}")
                if given is not None and given.name == refusal.facts.get("name"):
                    return f"file_{name}"
        return super().home_of(refusal)

    def _hash(self, name: str) -> str:
        field = f"hash_{name}"
        given = self.data.get(field) if self.is_bound else self.initial.get(field)
        return str(given or "")

    def _kept(self, name: str) -> str:
        given: UploadedFile[Any] | None = self.cleaned(f"file_{name}")
        if given is None:
            return str(self.cleaned(f"hash_{name}") or "")
        title = given.name or name
        if (given.size or 0) > LARGEST:
            raise FileTooLarge(name=title, size=int(given.size or 0), limit=LARGEST)
        hash_ = attach(name=title[:200], content=given.read(), by=self._by, at=self._at)
        # The form is shown again with the hash in it, where something is refused.
        with_hash = cast("QueryDict", self.data).copy()
        with_hash[f"hash_{name}"] = hash_
        self.data = with_hash
        return hash_


@require_http_methods(["GET", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """Show the application of one organisation; the desk chooses which first."""
    wanted = request.GET.get("holder", "")
    if not wanted:
        return _choose(request)
    try:
        holder = visible_unit(request, UUID(wanted))
    except ValueError:
        return _choose(request)
    require(viewer_of(request), PROPOSE, Wanted(OPEN, holder.id))
    form = OpeningForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        holder=holder,
        by=user_of(request),
        at=moment_of(request),
        amended=amended(request, OPEN),
    )
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    title = bi("开立账户", "Open an account")
    context = {
        "form": form,
        "holder": holder,
        "title": title,
        "lead": f"{holder.name} {holder.credit_code}",
        "crumbs": [Crumb(holder.name, reverse("unit", args=[holder.id])), Crumb(title)],
    }
    return render(request, "web/unit/opening.html", context, status=form.status)


def _choose(request: HttpRequest) -> HttpResponse:
    """Let the desk look an applicant up by name or credit code."""
    if not may_propose(viewer_of(request), OPEN, UUID(int=0)):
        raise NotAllowed(permission=OPEN)
    text = request.GET.get("q", "").strip()
    kinds = sorted(set().union(*HOLDER_KINDS.values()))
    found = parties.find_organisations(text, kinds=kinds) if text else []
    context = {"text": text, "found": found}
    return render(request, "web/unit/opening_choose.html", context)


def _place(content: Mapping[str, Any]) -> str:
    return f"{reverse('open_account')}?holder={content['holder']}"


amended_at(OPEN, _place)
