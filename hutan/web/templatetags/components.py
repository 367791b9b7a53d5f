"""Tags that draw the components of ``hutan.web.components``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from hutan.kernel.clauses import is_clause
from hutan.kernel.refusals import Refusal
from hutan.kernel.working import Working
from hutan.web import components
from hutan.web.language import Bilingual, bi
from hutan.web.moments import platform_now
from hutan.web.rule_words import said_input, said_text
from hutan.web.terms import said_parameter, said_rounding, said_unit

register = template.Library()
_ICONS = Path(__file__).parent.parent / "static" / "vendor" / "tabler-icons-3.51.0"
_TONE_ICONS: dict[components.Tone, str] = {
    "good": "circle-check",
    "watch": "alert-triangle",
    "bad": "circle-x",
    "waiting": "hourglass",
    "neutral": "point",
}
_SPEAKING = ("deadline", "choice", "choices", "switch", "text", "time of day", "period")
"""Units that say nothing beside a value in words."""
STATUS_WORDS = {
    "official": bi("官方文本", "official text"),
    "secondary": bi("二手来源", "secondary source"),
    "derived": bi("推算", "derived"),
    "assumed": bi("假定", "assumed"),
}
STATUS_TONES: dict[str, components.Tone] = {
    "official": "good",
    "secondary": "neutral",
    "derived": "neutral",
    "assumed": "watch",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one of our icons in the text's own colour; it says nothing to screen readers."""
    return _icon(name)


@cache
def _icon(name: str) -> SafeString:
    drawing = (_ICONS / f"{name}.svg").read_text("utf-8")
    inside = drawing.partition(">")[2].rpartition("</svg>")[0]
    # The drawings are our own vendored files, held to their hashes by a test.
    return mark_safe(  # noqa: S308
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true" focusable="false">{inside.strip()}</svg>'
    )


@register.simple_tag
def status(tone: components.Tone, text: object) -> SafeString:
    """Draw a status: a word with a sign beside it, so that colour is never the only carrier."""
    return format_html(
        '<span class="state state-{}">{}<span>{}</span></span>',
        tone,
        _icon(_TONE_ICONS[tone]),
        text,
    )


@register.simple_tag
def clause(id: str, basis: str = "") -> SafeString:
    """Link to a clause's text; a basis that is no clause of the law is written out."""
    if not is_clause(id):
        return (
            format_html('<span class="basis">{}</span>', id or basis)
            if id or basis
            else SafeString()
        )
    address = reverse("clause", args=[id])
    return format_html(
        '<a class="clause" href="{}" hx-get="{}" hx-target="#aside-body" hx-swap="innerHTML"'
        ' title="{}">{}{}</a>',
        address,
        address,
        bi("查看条文", "Read the clause"),
        _icon("scale"),
        id,
    )


@register.inclusion_tag("web/components/page_header.html")
def page_header(
    title: object, lead: object = "", crumbs: Sequence[components.Crumb] = ()
) -> dict[str, Any]:
    """Draw the way to the page, its title and a sentence on what it is for."""
    return {"title": title, "lead": lead, "crumbs": crumbs}


@register.inclusion_tag("web/components/table.html")
def table(table: components.Table) -> dict[str, Any]:
    """Draw a table; on a phone each row becomes a small card."""
    return {"table": table}


@register.inclusion_tag("web/components/figure_card.html")
def figure_card(card: components.FigureCard) -> dict[str, Any]:
    """Draw a figure; if it has a working, the figure opens it."""
    return {"card": card}


@register.inclusion_tag("web/components/working.html")
def working(working: Working) -> dict[str, Any]:
    """Draw how a figure came about: inputs, parameters with clause and status, steps, rounding."""
    return {
        "working": working,
        "inputs": [
            {"name": name, "title": said_input(name), "value": said_text(str(value))}
            for name, value in working.inputs.items()
        ],
        "parameters": [
            {
                "use": use,
                "title": said_parameter(use.key),
                "unit": "" if use.unit in _SPEAKING else said_unit(use.unit),
                "value": said_text(str(use.value)),
                "tone": STATUS_TONES[use.status],
                "word": STATUS_WORDS[use.status],
            }
            for use in working.parameters
        ],
        "steps": [
            {
                "step": step,
                "unit": said_unit(step.unit),
                "value": said_text(str(step.value), step.unit),
                "rounding": said_rounding(step.rounding) if step.rounding else "",
                "is_result": step.name == working.result,
            }
            for step in working.steps
        ],
    }


@register.inclusion_tag("web/components/timeline.html")
def timeline(happenings: Sequence[components.Happening]) -> dict[str, Any]:
    """Draw what happened, in the order given."""
    return {"happenings": happenings}


@register.inclusion_tag("web/components/stepper.html")
def stepper(stages: Sequence[components.Stage]) -> dict[str, Any]:
    """Draw how far something has come."""
    return {"stages": stages}


@register.inclusion_tag("web/components/approval_card.html", takes_context=True)
def approval_card(
    context: template.Context, card: components.ApprovalCard, form: object = None
) -> dict[str, Any]:
    """Draw an act for its second person; ``form`` carries what an earlier try refused."""
    passed = ("csrf_token", "environment", "demonstration_code")
    return {"card": card, "form": form, **{name: context.get(name) for name in passed}}


@register.inclusion_tag("web/components/countdown.html")
def countdown(until: datetime, now: datetime | None = None) -> dict[str, Any]:
    """Draw the time left; the text is right without a script, which then keeps it moving."""
    now = now or platform_now()
    return {"until": until, "now": now, "left": until - now, "over": now >= until}


@register.inclusion_tag("web/components/field.html")
def form_field(form: Any, name: str) -> dict[str, Any]:
    """Draw a field with its label, its help, and what was refused about it beside it."""
    field = form[name]
    refused = form.refused_at(name)
    wrong = bool(field.errors or refused)
    described = [f"{field.id_for_label}-help"] if field.help_text else []
    described += [f"{field.id_for_label}-refused"] if wrong else []
    kind = getattr(field.field.widget, "input_type", "textarea")
    classes = {"select": "form-select", "checkbox": "form-check-input"}.get(kind, "form-control")
    attributes = {"class": f"{classes} {field.field.widget.attrs.get('class', '')}".strip()}
    if wrong:
        attributes["class"] += " is-invalid"
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "field": field,
        "control": field.as_widget(attrs=attributes),
        "refused": refused,
        "wrong": wrong,
        "checkbox": kind == "checkbox",
    }


@register.inclusion_tag("web/components/refusals.html")
def refusals(found: Sequence[Refusal]) -> dict[str, Any]:
    """Draw refusals: sentence, what to do, code and clause."""
    return {"refusals": found}


@register.inclusion_tag("web/components/refusals.html")
def form_refusals(form: Any) -> dict[str, Any]:
    """Draw what was refused of a form as a whole."""
    return {"refusals": form.refused_as_a_whole}


@register.inclusion_tag("web/components/chart.html")
def chart(chart: components.Chart) -> dict[str, Any]:
    """Draw a chart; its figures stand below as a table. The page needs ``charts.html``."""
    columns = [components.Column(bi("年份", "Year"))] + [
        components.Column(series.name, "figure") for series in chart.series
    ]
    rows = [
        [components.Cell(category), *(_figure(series.values[at]) for series in chart.series)]
        for at, category in enumerate(chart.categories)
    ]
    caption = Bilingual(
        f"{chart.title.zh}（{chart.unit.zh}）", f"{chart.title.en} ({chart.unit.en})"
    )
    empty = bi("尚无数据。", "No figures yet.")
    return {
        "chart": chart,
        "data": chart.data(),
        "data_id": f"{chart.id}-data",
        "table": components.Table(caption, columns, rows, empty),
    }


@register.inclusion_tag("web/components/pagination.html")
def pagination(pages: components.Pages) -> dict[str, Any]:
    """Draw the way through a long list."""
    return {
        "pages": pages,
        "links": [(number, _page(pages, number) if number else "") for number in pages.numbers],
        "back": _page(pages, pages.number - 1) if pages.number > 1 else "",
        "on": _page(pages, pages.number + 1) if pages.number < pages.count else "",
    }


@register.inclusion_tag("web/components/empty.html")
def empty_state(title: object, text: object = "") -> dict[str, Any]:
    """Draw what is shown where there is nothing yet."""
    return {"title": title, "text": text}


@register.inclusion_tag("web/components/confirm.html", takes_context=True)
def confirm(
    context: template.Context, question: object, text: object, action: str, address: str
) -> dict[str, Any]:
    """Draw a button that first unfolds what it will do; it needs no script."""
    return {
        "question": question, "text": text, "action": action, "address": address,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


def _figure(value: int | None) -> components.Cell:
    return components.Cell("—" if value is None else f"{value:,}")


def _page(pages: components.Pages, number: int) -> str:
    return "?" + urlencode({**pages.query, "page": str(number)})
