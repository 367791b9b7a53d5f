"""The keys with which an organisation's programs ask: issue one, see them, revoke one.

A key acts as the person who issued it, in this organisation alone, within the scopes it was given;
it never approves. Issuing one takes a fresh code, and its text is shown once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hutan.kernel.ids import new_id
from hutan.parties import queries as parties
from hutan.parties.queries import OrganisationRecord
from hutan.web.api.keys import KeyRecord, issue_key, key, keys_of, revoke_key
from hutan.web.components import Crumb
from hutan.web.figures import day
from hutan.web.forms import RefusingForm, words
from hutan.web.language import Bilingual, active, bi
from hutan.web.moments import real_now
from hutan.web.permissions import may, viewer_of
from hutan.web.refusals import NotFound
from hutan.web.rights import KEY_SCOPES, MANAGE_KEYS, Belongs
from hutan.web.signin.place import place_of
from hutan.web.signin.services import check_code
from hutan.web.signin.state import user_of

LASTING = {90: bi("90 天", "90 days"), 180: bi("180 天", "180 days"), 365: bi("一年", "A year")}


class KeyForm(RefusingForm):
    """What the key is for, what it may do, how long, and the code of the person who answers."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=words("用途", "What it is for"),
        help_text=words("例如：公司能碳系统每日读取。", "Such as: our own system, reading daily."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lasting = forms.TypedChoiceField(
        label=words("有效期", "It lasts"), choices=list(LASTING.items()), coerce=int
    )
    code = forms.CharField(
        label=words("动态验证码", "Code"),
        help_text=words(
            "验证器应用当前显示的 6 位数字。", "The 6 digits your authenticator shows now."
        ),
        max_length=10,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        ),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, initial={"id": new_id()}, **kw)
        for number, said in enumerate(KEY_SCOPES.values()):
            self.fields[f"scope_{number}"] = forms.BooleanField(
                label=words(said.zh, said.en), required=False
            )

    @property
    def scope_fields(self) -> list[str]:
        """Return the names of the ticks."""
        return [f"scope_{number}" for number in range(len(KEY_SCOPES))]

    def clean(self) -> dict[str, Any]:
        """A key that may do nothing is none."""
        found: dict[str, Any] = super().clean() or {}
        if not any(found.get(name) for name in self.scope_fields):
            said = bi("请至少选择一项。", "Choose at least one.")
            self.add_error(self.scope_fields[0], str(said))
        return found

    def scopes(self) -> list[str]:
        """Return what was ticked; inside ``refusals()`` only."""
        ticks = zip(self.scope_fields, KEY_SCOPES, strict=True)
        return [scope for name, scope in ticks if self.cleaned(name)]


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def unit_keys(request: HttpRequest, unit: UUID) -> HttpResponse:
    """List the organisation's keys; issue another, and show its text this once."""
    seen, form = _own(request, unit), KeyForm(request.POST if request.method == "POST" else None)
    text = ""
    if request.method == "POST":
        user, at = user_of(request), real_now()
        with form.refusals():
            scopes, name = form.scopes(), form.cleaned("name")
            lasting = timedelta(days=form.cleaned("lasting"))
            check_code(user=user, code=form.cleaned("code"), place=place_of(request), at=at)
            _, text = issue_key(
                id=form.cleaned("id"),
                organisation=unit,
                name=name,
                scopes=scopes,
                by=user,
                at=at,
                lasting=lasting,
            )
    title = bi("接口密钥", "API keys")
    context = {
        "unit": seen,
        "title": title,
        "crumbs": [Crumb(seen.name, reverse("unit", args=[unit])), Crumb(title)],
        "keys": _lines(keys_of(unit), real_now()),
        "text": text,
        "form": KeyForm() if text else form,
    }
    return render(request, "web/unit/keys.html", context, status=form.status)


@require_POST
def revoke_unit_key(request: HttpRequest, unit: UUID, id: UUID) -> HttpResponse:
    """Revoke one of the organisation's keys at once."""
    _own(request, unit)
    found = key(id)
    if found is None or found.organisation != unit:
        raise NotFound(what=str(id))
    revoke_key(id=id, at=real_now())
    messages.success(request, str(bi("密钥已吊销，立即失效。", "Revoked; it works no longer.")))
    return redirect("unit_keys", unit)


def _own(request: HttpRequest, unit: UUID) -> OrganisationRecord:
    found = parties.organisations([unit]).get(unit)
    if found is None or not may(viewer_of(request), MANAGE_KEYS, Belongs(unit)):
        raise NotFound(what=str(unit))
    return found


def _lines(keys: Sequence[KeyRecord], at: datetime) -> list[dict[str, object]]:
    return [
        {
            "key": one,
            "standing": _standing(one, at),
            "scopes": [KEY_SCOPES.get(scope, bi(scope, scope)) for scope in one.scopes],
            "works": one.revoked_at is None and at < one.expires_at,
        }
        for one in keys
    ]


def _standing(one: KeyRecord, at: datetime) -> tuple[str, Bilingual]:
    if one.revoked_at is not None:
        return "neutral", bi("已吊销", "Revoked")
    if at >= one.expires_at:
        return "neutral", bi("已过期", "Expired")
    until = day(one.expires_at, active())
    return "good", bi(f"有效至 {until}", f"Works until {until}")
