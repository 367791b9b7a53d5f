"""The law for readers: every clause of the texts, and what of the platform rests on it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hutan.kernel.clauses import is_clause
from hutan.registry.domain.catalogue import catalogue
from hutan.rules import clauses
from hutan.rules.parameters import rulebook
from hutan.web.components import Cell, Column, Crumb, Table
from hutan.web.documents.numerals import ARTICLES, article
from hutan.web.language import bi
from hutan.web.middleware.gate import public
from hutan.web.public.rulebook import resting_on
from hutan.web.seams import seams


@public
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """List the clauses of a text: the Measures first, the others by ``text``."""
    known = {text.letter: text for text in rulebook().documents if text.letter}
    letter = request.GET.get("text", "M")
    if letter not in known:
        raise Http404
    text = known[letter]
    table = Table(
        bi(text.zh, text.en),
        [Column(bi("条款", "Clause")), Column(bi("内容", "About")), Column(bi("位置", "Place"))],
        [
            [
                Cell(one.id, reverse("clause", args=[one.id])),
                Cell(bi(one.zh, one.en)),
                Cell(bi(article(one.id), one.id[1:]) if letter in ARTICLES else one.id[1:]),
            ]
            for one in clauses.register()
            if one.id[0] == letter
        ],
        bi("没有条文。", "There are no clauses."),
    )
    context = {
        "table": table,
        "text": text,
        "letter": letter,
        "texts": [(code, bi(one.zh, one.en)) for code, one in known.items()],
        "crumbs": [
            Crumb(bi("规则库", "Rulebook"), reverse("rulebook")),
            Crumb(bi("条文", "Clauses")),
        ],
    }
    return render(request, "web/public/texts.html", context)


@public
@require_safe
def clause(request: HttpRequest, id: str) -> HttpResponse:
    """Show the text of a clause; beside the page it was opened from, if a script asks."""
    if not is_clause(id):
        raise Http404
    beside = bool(request.htmx)  # type: ignore[attr-defined]  # set by django-htmx
    found = seams().clause(id)
    context = {
        "id": id,
        "found": found,
        "beside": beside,
        "parameters": [] if beside else resting_on(id),
        "transactions": []
        if beside
        else [bi(one.zh, one.en) for one in catalogue().values() if one.clause == id],
        "clause_frame": "web/public/fragment.html" if beside else "web/base.html",
    }
    response = render(request, "web/public/clause.html", context)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response
