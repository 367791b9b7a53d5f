"""Checking a receipt in steps that a reader can follow: what was looked at, and what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from hutan.kernel.refusals import Refusal
from hutan.parties.acts import act_kinds
from hutan.transparency import queries as log
from hutan.transparency.domain.receipts import Proved
from hutan.transparency.refusals import (
    CheckpointMalformed,
    NoteMalformed,
    ReceiptMalformed,
    ReceiptOfOtherLog,
    ReceiptProvesNothing,
    SignatureMissing,
    SignatureWrong,
)
from hutan.web.figures import deadline, number
from hutan.web.forms import FormInvalid, RefusingForm, words
from hutan.web.language import Bilingual, active, bi
from hutan.web.limits import VERIFY, count_request, source_of
from hutan.web.middleware.gate import public
from hutan.web.moments import real_now
from hutan.web.refusals import HeadNotOurs

LARGEST_RECEIPT = 2_000_000
"""Bytes of a receipt that is looked at: the record of a large act has some hundred thousand."""

State = Literal["passed", "refused", "unasked"]

STEPS: dict[str, tuple[Bilingual, Bilingual]] = {
    "form": (
        bi("凭据完整", "The receipt is whole"),
        bi(
            "文件具有凭据的全部字段：记录、位置、证明、检查点。",
            "The file has all fields of a receipt: record, place, proof, checkpoint.",
        ),
    ),
    "signature": (
        bi("检查点由本存证签名", "The checkpoint is signed by this log"),
        bi(
            "用平台公布过的公钥验证检查点上的数字签名，确认它没有被改动。",
            "The digital signature on the checkpoint fits a key this log has announced.",
        ),
    ),
    "record": (
        bi("记录书写规范", "The record is in its one form"),
        bi(
            "同一内容只有一种写法（RFC 8785），因此一个散列值只对应一份记录。",
            "There is one way to write a content (RFC 8785), so one hash stands for one record.",
        ),
    ),
    "path": (
        bi("记录在签名的树中", "The record is in the signed tree"),
        bi(
            "从记录的散列值出发，按证明逐层合并，得到的根与签名的根相同。",
            "From the record’s hash, level by level along the proof, comes the signed root.",
        ),
    ),
    "movement": (
        bi("变动属于该行为", "The movement is part of the act"),
        bi(
            "这笔变动在该行为自己的树中，根写在行为的记录里。",
            "The movement is in the act’s own tree, whose root stands in the act’s record.",
        ),
    ),
    "own": (
        bi("与平台现在的存证一致", "It agrees with the log as it stands"),
        bi(
            "平台现存前若干条的根与检查点相同：此后没有条目被改动或删除。",
            "The root over as many entries is the same today: nothing was changed or removed.",
        ),
    ),
}
"""What is checked, in its order."""

_AT: dict[type[Refusal], str] = {
    NoteMalformed: "signature",
    CheckpointMalformed: "signature",
    SignatureMissing: "signature",
    SignatureWrong: "signature",
    ReceiptOfOtherLog: "signature",
    HeadNotOurs: "own",
}


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """One step, as the page shows it."""

    title: Bilingual
    text: Bilingual
    state: State


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
def receipt(request: HttpRequest) -> HttpResponse:
    """Check a receipt by the log's own keys, and show each step of it."""
    posted = request.method == "POST"
    form = ReceiptForm(request.POST if posted else None, request.FILES if posted else None)
    proved: Proved | None = None
    given: object = None
    if posted:
        with form.refusals():
            count_request(VERIFY, source_of(request), at=real_now())
            given = form.receipt()
            proved = _checked(given)
    keys = log.keys_in_force()
    context = {
        "form": form,
        "facts": _facts(proved) if proved else [],
        "steps": _steps(form, given) if posted and not form.errors else [],
        "keys": [str(key) for key in keys],
    }
    return render(request, "web/public/receipt.html", context, status=form.status)


def _checked(given: object) -> Proved:
    proved = log.check_receipt(given)
    head = proved.head
    if head.size > log.tree_size() or log.root_at(size=head.size) != head.root:
        raise HeadNotOurs(size=head.size)
    return proved


def _steps(form: ReceiptForm, given: object) -> list[CheckedStep]:
    """Return each step with what came of it: those behind the one that failed were not asked."""
    moved = isinstance(given, dict) and given.get("movement") is not None
    names = [name for name in STEPS if name != "movement" or moved]
    failed = _failed(form.refused[0]) if form.refused else None
    if failed is None and form.refused:
        return []
    place = names.index(failed) if failed in names else len(names)
    return [CheckedStep(*STEPS[name], _state(at, place)) for at, name in enumerate(names)]


def _state(at: int, failed: int) -> State:
    if at < failed:
        return "passed"
    return "refused" if at == failed else "unasked"


def _failed(refusal: Refusal) -> str | None:
    """Return the step at which a receipt was refused, or nothing where it never came to that."""
    if isinstance(refusal, ReceiptMalformed):
        what = str(refusal.facts["what"])
        if what.startswith("entry.record"):
            return "record"
        return "movement" if what.startswith("movement") else "form"
    if isinstance(refusal, ReceiptProvesNothing):
        return "movement" if refusal.facts["part"] == "movement" else "path"
    if refusal.code.startswith("LOG-10"):
        return "path"
    return _AT.get(type(refusal))


def _facts(found: Proved) -> list[tuple[Bilingual, str]]:
    titles = {kind.code: bi(kind.zh, kind.en) for kind in act_kinds()}
    kind = found.entry.kind
    facts = [
        (bi("行为", "Act"), str(found.entry.act)),
        (bi("种类", "Kind"), f"{titles[kind]} ({kind})" if kind in titles else kind),
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
