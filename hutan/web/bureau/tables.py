"""Forms of the bureau that carry many lines: the year's list, determinations, the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

from hutan.compliance.queries import UnitYear
from hutan.kernel.canonical import Json
from hutan.kernel.moments import canonical, moment
from hutan.kernel.refusals import refuse
from hutan.parties import queries as parties
from hutan.registry import queries as registry
from hutan.registry.domain.plans import FOR_ONE_ACCOUNT, PART_OF_KIND
from hutan.rules.compliance_status import LISTINGS
from hutan.web.bureau.entries import (
    LARGEST,
    Line,
    accounts_of,
    decoded,
    in_order,
    lines_of,
    read_cells,
    units_of,
)
from hutan.web.bureau.refusals import TableUnreadable
from hutan.web.forms import words
from hutan.web.proposing import ActForm
from hutan.web.words import LISTINGS as LISTING_NAMES
from hutan.web.words import PLAN_LINES

LIST, DETERMINE, PLAN = "compliance.list", "compliance.determine", "registry.plan"


class LinesForm(ActForm):
    """A document and lines, pasted or uploaded; an uploaded file takes the place of the text."""

    document = forms.CharField(
        label=words("文件编号", "Document"),
        help_text=words("例如：沪环气候〔2025〕88号。", "Such as: 沪环气候〔2025〕88号."),
        max_length=200,
    )
    lines = forms.CharField(
        label=words("条目", "Lines"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "lines-entry", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=words("或上传 CSV 文件", "Or choose a CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt", "class": "form-control"}),
    )

    def text(self) -> str:
        """Return the lines as text; what was uploaded then stands in the field."""
        given: UploadedFile[Any] | None = self.cleaned("file")
        if given is None:
            return str(self.cleaned("lines"))
        if (given.size or 0) > LARGEST:
            raise TableUnreadable(name=str(given.name)[:80])
        text = decoded(str(given.name), given.read())
        shown = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        shown["lines"] = text
        self.data = shown
        return text


class ListForm(LinesForm):
    """How units stand on a year's list: unit, listing, reason."""

    kind = LIST
    homes = {"entries": "lines", "unit": "lines"}

    def __init__(self, *args: Any, year: int, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.year = year

    def content(self) -> dict[str, Json]:
        """Return the list as the service reads it; raise every fault of every line."""
        lines = lines_of(
            self.text(), ("unit", "listing", "reason"), named={"listing": LISTING_NAMES}
        )
        units, faults = units_of(lines)
        wanted = "、".join(LISTING_NAMES[code].zh for code in LISTINGS)
        faults += read_cells(lines, _listing, f"第 2 列应为 {wanted} 之一 (column 2)")
        faults += read_cells(lines, _reason, "第 3 列缺少理由 (the reason is missing)")
        refuse(in_order(faults))
        entries: list[Json] = [
            {
                "unit": str(units[line.number]),
                "listing": line.cells["listing"],
                "reason": line.cells["reason"],
            }
            for line in lines
        ]
        return {"year": self.year, "document": self.cleaned("document"), "entries": entries}

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        codes = codes_of(content["entries"])
        lines = [
            f"{codes[one['unit']]},{LISTING_NAMES[one['listing']]},{one['reason']}"
            for one in content["entries"]
        ]
        return {"document": content["document"], "lines": "\n".join(lines)}


class DeterminationForm(LinesForm):
    """Determined emissions: one field a unit, or lines of unit, tonnes, own deadline."""

    kind = DETERMINE
    homes = {"entries": "lines", "unit": "lines", "year": "document"}

    def __init__(self, *args: Any, year: int, open_units: Sequence[UnitYear], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.year, self.open_units = year, list(open_units)
        for one in self.open_units:
            self.fields[tonnes_field(one.unit)] = forms.DecimalField(
                label=one.name,
                min_value=0,
                max_digits=16,
                decimal_places=4,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
            )

    @property
    def unit_fields(self) -> list[str]:
        """Return the names of the fields of units that are not determined yet."""
        return [tonnes_field(one.unit) for one in self.open_units]

    def content(self) -> dict[str, Json]:
        """Return the determinations as the service reads them; raise every fault."""
        entries: list[Json] = [
            {"unit": str(one.unit), "tonnes": str(amount)}
            for one in self.open_units
            if (amount := self.cleaned(tonnes_field(one.unit))) is not None
        ]
        lines = lines_of(self.text(), ("unit", "tonnes", "surrender_by"), optional=1)
        units, faults = units_of(lines)
        faults += read_cells(lines, _tonnes, "第 2 列不是至多四位小数的吨数 (column 2: tonnes)")
        faults += read_cells(lines, _deadline, "第 3 列不是时刻 (column 3: a moment)")
        refuse(in_order(faults))
        for line in lines:
            entry: dict[str, Json] = {
                "unit": str(units[line.number]),
                "tonnes": line.cells["tonnes"],
            }
            if (by := _deadline(line)) is not None:
                entry["surrender_by"] = by
            entries.append(entry)
        return {"year": self.year, "document": self.cleaned("document"), "entries": entries}

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content: all of it as lines."""
        codes = codes_of(content["entries"])
        lines = [
            ",".join(filter(None, (codes[one["unit"]], one["tonnes"], one.get("surrender_by"))))
            for one in content["entries"]
        ]
        return {"document": content["document"], "lines": "\n".join(lines)}


class PlanForm(LinesForm):
    """A year's plan: total, parts, and lines of kind, unit, tonnes."""

    kind = PLAN

    total = forms.IntegerField(
        label=words("总量（吨）", "Total (t)"), min_value=0, max_value=10**12
    )
    direct = forms.IntegerField(
        label=words("直接发放（吨）", "Direct part (t)"), min_value=0, max_value=10**12
    )
    reserve = forms.IntegerField(
        label=words("储备（吨）", "Reserve (t)"), min_value=0, max_value=10**12
    )
    provisional = forms.BooleanField(
        label=words("预分配方案（年度方案下达之前）", "Provisional: before the year's plan"),
        required=False,
    )

    def __init__(self, *args: Any, year: int, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.year = year

    def content(self) -> dict[str, Json]:
        """Return the plan as the service reads it; raise every fault of every line."""
        lines = plan_lines(self.text())
        accounts, faults = accounts_of(lines)
        wanted = "、".join(PLAN_LINES[kind].zh for kind in PART_OF_KIND)
        for line in lines:
            kind = line.cells["kind"]
            if kind not in PART_OF_KIND:
                faults.append(line.wrong(f"第 1 列应为 {wanted} 之一 (column 1)"))
            elif (kind in FOR_ONE_ACCOUNT) != bool(line.cells["unit"]):
                faults.append(line.wrong("种类与单位不符 (kind and unit do not fit)"))
        faults += read_cells(lines, plan_amount, "第 3 列不是整数吨 (column 3: whole tonnes)")
        refuse(in_order(faults))
        rows: list[Json] = [
            {
                "kind": line.cells["kind"],
                "amount": plan_amount(line),
                **({"account": accounts[line.number]} if line.number in accounts else {}),
            }
            for line in lines
        ]
        return {
            "year": self.year,
            "provisional": bool(self.cleaned("provisional")),
            "total": self.cleaned("total"),
            "direct": self.cleaned("direct"),
            "reserve": self.cleaned("reserve"),
            "document": self.cleaned("document"),
            "lines": rows,
        }

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        found = {name: content.get(name) for name in ("total", "direct", "reserve", "document")}
        text = "\n".join(
            plan_line(one["kind"], one.get("account") or "", one["amount"])
            for one in content["lines"]
        )
        return {**found, "provisional": bool(content.get("provisional")), "lines": text}


def codes_of(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return how lines name the units of entries: by credit code, else by their account."""
    units = parties.organisations([UUID(one["unit"]) for one in entries])
    accounts = registry.unit_accounts(list(units))
    return {str(id): one.credit_code or accounts.get(id, "") for id, one in units.items()}


def plan_lines(text: str) -> list[Line]:
    """Return the lines of a plan: kind, unit (or nothing), tonnes."""
    return lines_of(text, ("kind", "unit", "amount"), named={"kind": PLAN_LINES})


def plan_line(kind: str, account: str, amount: int) -> str:
    """Write a line of a plan as ``plan_lines`` reads it, the kind in the reader's words."""
    return f"{PLAN_LINES[kind]},{account},{amount}"


def plan_amount(line: Line) -> int:
    """Return the amount of a plan's line; ``ValueError`` for what is no whole number of tonnes."""
    text = line.cells["amount"].replace(",", "")
    if not text.isdecimal() or len(text) > 12:
        raise ValueError(text)
    return int(text)


def tonnes_field(unit: UUID) -> str:
    """Return the name of the field of a unit's emissions."""
    return f"tonnes_{unit.hex}"


def _listing(line: Line) -> None:
    if line.cells["listing"] not in LISTINGS:
        raise ValueError


def _reason(line: Line) -> None:
    if not line.cells["reason"]:
        raise ValueError


def _tonnes(line: Line) -> Decimal:
    try:
        found = Decimal(line.cells["tonnes"])
    except InvalidOperation:
        raise ValueError from None
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -4 or not 0 <= found <= 10**12:
        raise ValueError
    return found


def _deadline(line: Line) -> str | None:
    text = line.cells.get("surrender_by", "")
    if not text:
        return None
    if len(text) <= len("2025-06-30"):
        raise ValueError
    return canonical(moment(text))
