"""The public log: signed heads, entries by their place, proofs to take away."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from hutan.transparency import leaves
from hutan.transparency import queries as log
from hutan.transparency.leaves import Leaf, ProvenLeaf
from hutan.transparency.queries import Checkpoint
from hutan.transparency.refusals import NoCheckpoint
from hutan.web.components import Cell, Column, Crumb, Table
from hutan.web.figures import deadline, number
from hutan.web.language import active, bi
from hutan.web.middleware.gate import public

HEADS = 10
LEAVES = 20
LARGEST = 10**15


@public
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show signed heads and the newest entries; ``below`` goes on to earlier heads."""
    below = _whole(request.GET.get("below", ""))
    heads = log.checkpoints(limit=HEADS + 1, below=below)
    newest = heads[0] if below is None and heads else log.latest_checkpoint()
    before = _whole(request.GET.get("before", ""))
    size = newest.size if newest else 0
    end = min(before, size) if before is not None else size
    shown = leaves.leaves(below=end, limit=LEAVES)
    context = {
        "head": newest,
        "heads": _heads(heads),
        "earlier_heads": f"?below={heads[HEADS - 1].size}" if len(heads) > HEADS else "",
        "entries": _entries(shown),
        "earlier_entries": f"?before={shown[-1].index}#entries"
        if shown and shown[-1].index
        else "",
        "keys": [str(key) for key in log.keys_in_force()] if newest else [],
    }
    return render(request, "web/public/log.html", context)


@public
@require_safe
def find_entry(request: HttpRequest) -> HttpResponse:
    """Lead to the entry at a place that was typed."""
    index = _whole(request.GET.get("index", "").strip().replace(",", ""))
    if index is None:
        return redirect("public_log")
    return redirect("log_entry", index)


@public
@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show that something stands at a place of the log, and the way from it to the signed root."""
    found = _proven(index)
    context = {
        "found": found,
        "hash": found.leaf.hash.hex(),
        "own": json.dumps(json.loads(found.leaf.record), ensure_ascii=False, indent=2)
        if found.leaf.record
        else "",
        "path": [one.hex() for one in found.path],
        "newer": index + 1 if index + 1 < found.head.size else None,
        "older": index - 1 if index else None,
        "crumbs": [
            Crumb(bi("公开存证", "The public log"), reverse("public_log")),
            Crumb(bi(f"第 {number(index)} 条", f"Entry {number(index)}")),
        ],
    }
    return render(request, "web/public/log_entry.html", context)


@public
@require_safe
def entry_proof(request: HttpRequest, index: int) -> HttpResponse:
    """Hand out an entry's proof, as ``hutan log verify-inclusion`` reads it."""
    found = _proven(index)
    opened = log.opened()
    assert opened is not None
    question = {
        "algorithm": opened.suite.algorithm,
        "index": index,
        "size": found.head.size,
        "leaf_hash": found.leaf.hash.hex(),
        "proof": [one.hex() for one in found.path],
        "root": found.head.root.hex(),
    }
    return _file(question, f"inclusion-{index}-{found.head.size}.json")


@public
@require_safe
def growth_proof(request: HttpRequest, old: int, new: int) -> HttpResponse:
    """Hand out the proof that a head grew out of an older one, for ``log verify-consistency``."""
    opened = log.opened()
    if opened is None or not 0 < old <= new < LARGEST:
        raise Http404
    try:
        first, last = log.checkpoint(size=old), log.checkpoint(size=new)
    except NoCheckpoint:
        raise Http404 from None
    question = {
        "algorithm": opened.suite.algorithm,
        "old_size": old,
        "new_size": new,
        "old_root": first.root.hex(),
        "new_root": last.root.hex(),
        "proof": [one.hex() for one in log.consistency_proof(old=old, new=new)],
    }
    return _file(question, f"consistency-{old}-{new}.json")


@public
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Hand out a signed head as its text: the newest, or the one of ``size`` entries."""
    size = _whole(request.GET.get("size", ""))
    try:
        head = log.latest_checkpoint() if size is None else log.checkpoint(size=size)
    except NoCheckpoint:
        raise Http404 from None
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


def _proven(index: int) -> ProvenLeaf:
    head = log.latest_checkpoint()
    found = leaves.proven_leaf(index, head) if head is not None and index < LARGEST else None
    if found is None:
        raise Http404
    return found


def _heads(heads: tuple[Checkpoint, ...]) -> Table:
    """Draw heads, newest first, each with the proof that it grew out of the one below it."""
    rows = []
    for at, one in enumerate(heads[:HEADS]):
        older = heads[at + 1] if at + 1 < len(heads) else None
        note = f"{reverse('log_checkpoint')}?{urlencode({'size': one.size})}"
        rows.append(
            [
                Cell(number(one.size), note),
                Cell(deadline(one.at, active())),
                Cell(one.root.hex()[:16] + "…"),
                Cell(
                    bi(f"自 {number(older.size)} 条", f"from {number(older.size)}"),
                    reverse("log_growth", args=[older.size, one.size]),
                )
                if older
                else Cell("—"),
            ]
        )
    columns = [
        Column(bi("条目数", "Entries"), "figure"),
        Column(bi("签名时间", "Signed at")),
        Column(bi("根摘要", "Root")),
        Column(bi("一致性证明", "Proof of growth")),
    ]
    nothing = bi("还没有检查点。", "There is no checkpoint yet.")
    return Table(bi("检查点", "Checkpoints"), columns, rows, nothing)


def _entries(shown: list[Leaf]) -> Table:
    columns = [
        Column(bi("位置（从 0 计）", "Place, from 0"), "figure"),
        Column(bi("散列值", "Hash")),
        Column(bi("包含证明", "Proof of inclusion")),
    ]
    rows = [
        [
            Cell(number(one.index), reverse("log_entry", args=[one.index])),
            Cell(one.hash.hex()[:32] + "…"),
            Cell("JSON", reverse("log_entry_proof", args=[one.index])),
        ]
        for one in shown
    ]
    nothing = bi("还没有签名的条目。", "No entry has been signed for yet.")
    return Table(bi("条目", "Entries"), columns, rows, nothing)


def _file(content: object, name: str) -> HttpResponse:
    return JsonResponse(
        content,
        # One line: the command reads a question a line.
        json_dumps_params={"ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _whole(text: str) -> int | None:
    """Return a number from an address, or nothing where there is none that a log could have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
