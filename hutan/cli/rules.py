"""``hutan rules``: read the rulebook, compare years, and hold it against program and tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import hutan
from hutan.kernel.canonical import Json
from hutan.kernel.clauses import is_clause
from hutan.kernel.refusals import Refusal
from hutan.rules.checking import check as check_book
from hutan.rules.clauses import Clause
from hutan.rules.parameters import Rulebook, rulebook
from hutan.rules.reading import BadRulebook
from hutan.rules.series import Parameter, Series
from hutan.rules.units import Unit

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Profile = Annotated[str, typer.Option(help="Rule profile to read.")]
Prefix = Annotated[str, typer.Argument(help="Only keys that begin so.")]
Year = Annotated[int | None, typer.Option(help="Compliance year (履约年度).")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day (日期).")]

_STATUS = {
    "official": "[green]官方 official[/]",
    "secondary": "[cyan]转述 secondary[/]",
    "derived": "[blue]推算 derived[/]",
    "assumed": "[yellow]假设 assumed[/]",
}
_PERCENT = 100


@app.command("show")
def show(
    key: str,
    year: Year = None,
    day: Day = None,
    profile: Profile = "law",
    as_json: AsJson = False,
) -> None:
    """Show a parameter: all its values, or that of a year or day (参数取值)."""

    def answer() -> None:
        book = rulebook(profile)
        series = book.find(key)
        found = _chosen(book, series, year, day)
        if as_json:
            _print_json([_record(one) for one in found])
            return
        console = _console()
        console.print(f"[bold]{series.key}[/]  {escape(series.zh)} · {escape(series.en)}")
        console.print(_values(found))

    _run(answer, as_json)


@app.command("explain")
def explain(
    subject: Annotated[str, typer.Argument(help="A parameter's key or a clause id (M21.1).")],
    profile: Profile = "law",
    as_json: AsJson = False,
) -> None:
    """Explain a parameter with its sources, or a clause with what rests on it (说明依据)."""

    def answer() -> None:
        book = rulebook(profile)
        if is_clause(subject):
            _explain_clause(book, book.clauses.find(subject), as_json)
        else:
            _explain_series(book, book.find(subject), as_json)

    _run(answer, as_json)


@app.command("diff")
def diff(
    first: int,
    second: int,
    prefix: Prefix = "",
    profile: Profile = "law",
    as_json: AsJson = False,
) -> None:
    """Compare what holds in two years (两年规则对比)."""

    def answer() -> None:
        book = rulebook(profile)
        changes = [
            (series, _in_year(series, first), _in_year(series, second))
            for series in book.series.values()
            if series.key.startswith(prefix) and _in_year(series, first) != _in_year(series, second)
        ]
        if as_json:
            _print_json(
                [
                    {
                        "key": series.key,
                        "unit": series.unit.symbol,
                        str(first): one,
                        str(second): two,
                    }
                    for series, one, two in changes
                ]
            )
            return
        table = _table("参数 parameter", "名称 title", str(first), str(second))
        for series, one, two in changes:
            title = escape(f"{series.zh} [{series.unit.symbol}]")
            table.add_row(series.key, title, escape(one or "–"), escape(two or "–"))
        _console().print(table)

    _run(answer, as_json)


@app.command("list")
def list_(
    prefix: Prefix = "",
    assumed: Annotated[bool, typer.Option(help="Only those with an assumed value.")] = False,
    profile: Profile = "law",
    as_json: AsJson = False,
) -> None:
    """List the parameters (参数目录)."""

    def answer() -> None:
        found = [
            series
            for series in rulebook(profile).series.values()
            if series.key.startswith(prefix)
            and (not assumed or any(one.status == "assumed" for one in series.parameters))
        ]
        if as_json:
            _print_json([series.to_record() for series in found])
            return
        table = _table("参数 parameter", "名称 title", "单位 unit", "值 values")
        for series in found:
            table.add_row(
                series.key,
                f"{series.zh}\n{series.en}",
                series.unit.symbol,
                str(len(series.parameters)),
            )
        _console().print(table)

    _run(answer, as_json)


@app.command("governs")
def governs(
    subject: Annotated[str, typer.Argument(help='Such as "carbon emission management".')],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day (日期).")],
    as_json: AsJson = False,
) -> None:
    """Tell which text governs a subject on a day (某日有效的文件)."""

    def answer() -> None:
        text = rulebook().documents.governing(subject, on.date())
        record: dict[str, Json] = {
            "number": text.number,
            "zh": text.zh,
            "en": text.en,
            "from": str(text.first),
            "until": str(text.last or ""),
            "ended_by": text.ended_by,
        }
        if as_json:
            _print_json(record)
        else:
            _console().print("\n".join(f"{name}: {value}" for name, value in record.items()))

    _run(answer, as_json)


@app.command("check")
def check(as_json: AsJson = False) -> None:
    """Check that every parameter is cited, tested and used; list gaps and assumptions (自检)."""
    code = Path(hutan.__file__).parent
    tests = code.parent / "tests"
    try:
        findings = check_book(rulebook(), code=code, tests=tests if tests.is_dir() else None)
    except BadRulebook as error:
        _print_json({"faults": list(error.faults)}) if as_json else typer.echo(error)
        raise typer.Exit(1) from error
    if as_json:
        _print_json(findings.to_record())
    else:
        console = _console()
        console.print(f"参数 parameters: {findings.parameters}, 取值 values: {findings.values}")
        console.print(_pairs("缺年 no value for", findings.gaps))
        console.print(_pairs("待用于 waiting for", findings.waiting))
        assumed = {f"{one.key} {one.basis}": one.text for one in findings.assumed}
        console.print(_pairs("假设 assumed", assumed))
        for fault in findings.faults:
            console.print(f"[red]✗[/] {escape(fault)}")
        console.print("[red]未通过 failed[/]" if findings.faults else "[green]通过 passed[/]")
    raise typer.Exit(1 if findings.faults else 0)


def _chosen(
    book: Rulebook, series: Series, year: int | None, day: datetime | None
) -> tuple[Parameter, ...]:
    if year is not None and series.dated == "day":
        raise typer.BadParameter(f"{series.key} is dated by day: use --day", param_hint="--year")
    if day is not None and series.dated == "year":
        raise typer.BadParameter(f"{series.key} is dated by year: use --year", param_hint="--day")
    if year is not None:
        return (book.by_year(series.key, year),)
    if day is not None:
        return (book.on_day(series.key, day.date()),)
    return series.parameters


def _in_year(series: Series, year: int) -> str:
    """Return what a parameter says in a year; several values by day one after the other."""
    if series.dated == "year":
        return series.years[year].text if year in series.years else ""
    first, last = date(year, 1, 1), date(year, 12, 31)
    held = [
        span.parameter.text
        for span in series.spans
        if span.first <= last and (span.last is None or span.last >= first)
    ]
    return " → ".join(dict.fromkeys(held))


def _explain_clause(book: Rulebook, clause: Clause, as_json: bool) -> None:
    resting = [
        one
        for series in book.series.values()
        for one in series.parameters
        if one.clause == clause.id
    ]
    if as_json:
        _print_json({**vars(clause), "parameters": [_record(one) for one in resting]})
        return
    console = _console()
    console.print(f"[bold]{clause.id}[/]  {clause.zh} · {clause.en}")
    console.print(escape(clause.text))
    console.print(f"[dim]平台责任 owes ({clause.system}, {clause.kind}):[/] {escape(clause.owes)}")
    if resting:
        console.print(_values(resting, keys=True))


def _explain_series(book: Rulebook, series: Series, as_json: bool) -> None:
    sources = dict.fromkeys((one.clause, one.document) for one in series.parameters)
    texts = [
        {
            "clause": clause,
            "document": document,
            "title": book.documents.find(document).zh,
            "text": book.clauses.find(clause).text if clause else "",
        }
        for clause, document in sources
    ]
    if as_json:
        _print_json({**series.to_record(), "used_by": series.used_by, "sources": list(texts)})
        return
    console = _console()
    console.print(f"[bold]{series.key}[/]  {escape(series.zh)} · {escape(series.en)}")
    console.print(f"[dim]单位 unit:[/] {series.unit.symbol}  [dim]文件 file:[/] {series.file}")
    if series.note:
        console.print(escape(series.note))
    console.print(_values(series.parameters))
    for source in texts:
        console.print(f"[bold]{source['clause']} {source['document']}[/] {source['title']}")
        if source["text"]:
            console.print(escape(source["text"]))


def _values(parameters: Iterable[Parameter], *, keys: bool = False) -> Table:
    first = "参数 parameter" if keys else "适用 holds for"
    table = _table(first, "值 value", "依据 source", "状态 status", "说明 note")
    for _, alike in groupby(enumerate(parameters), key=_line):
        group = [parameter for _, parameter in alike]
        one, last = group[0], group[-1]
        basis = one.basis if one is last else f"{one.basis}..{last.basis}"
        table.add_row(
            escape(f"{one.key}\n{basis}" if keys else basis),
            escape(_shown(one)),
            escape(" ".join(part for part in (one.clause, one.document) if part)),
            _STATUS[one.status],
            escape(_note(one)),
        )
    return table


def _line(placed: tuple[int, Parameter]) -> tuple[str, ...]:
    """Return what a line says: years one after the other that say the same share one."""
    place, one = placed
    run = str(int(one.basis) - place) if one.basis.isdigit() else one.basis
    said = (one.key, one.text, one.clause, one.document, one.status, one.note, one.carried_from)
    return (*said, run)


def _shown(parameter: Parameter) -> str:
    if parameter.unit is Unit.SHARE:
        return f"{parameter.text} ({(parameter.decimal * _PERCENT).normalize():f} %)"
    return f"{parameter.text.replace('; ', chr(10))} {_suffix(parameter.unit)}".strip()


def _suffix(unit: Unit) -> str:
    return "" if unit in (Unit.TABLE, Unit.CHOICE, Unit.CHOICES, Unit.TEXT) else unit.symbol


def _note(parameter: Parameter) -> str:
    carried = f"同 same as {parameter.carried_from}. " if parameter.carried_from else ""
    return f"{carried}{parameter.note}"


def _record(parameter: Parameter) -> Json:
    return {
        **parameter.use().to_record(),
        "zh": parameter.zh,
        "en": parameter.en,
        "note": parameter.note,
        "carried_from": parameter.carried_from,
    }


def _pairs(title: str, pairs: dict[str, str]) -> Table:
    table = _table("参数 parameter", title)
    for name, value in pairs.items():
        table.add_row(escape(name), escape(value))
    return table


def _table(*columns: str) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for place, column in enumerate(columns):
        # A key stays in one piece, to be copied from the screen.
        table.add_column(column, overflow="fold", no_wrap=place == 0)
    return table


def _console() -> Console:
    return Console(highlight=False)


def _print_json(record: Json) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False, indent=2))


def _run(answer: Callable[[], None], as_json: bool) -> None:
    """Run a command; a refusal is an answer, with the exit status 2."""
    try:
        answer()
    except Refusal as refusal:
        if as_json:
            _print_json({"refused": [refusal.to_record()]})
        else:
            for language in ("zh", "en"):
                typer.echo(refusal.sentence(language), err=True)
                typer.echo(refusal.cure(language), err=True)
        raise typer.Exit(2) from refusal
