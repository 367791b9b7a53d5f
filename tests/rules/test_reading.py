"""Reading a folder of TOML: every fault of every file, and what each unit accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from hutan.rules.parameters import LAW, Rulebook
from hutan.rules.reading import BadRulebook
from hutan.rules.units import Unit

GOOD = """
[mine.share]
zh = "比例"
en = "share"
unit = "share"
2024 = { value = "0.5", clause = "M21.1", status = "official" }
"""


def load(tmp_path: Path, text: str, **more: str) -> Rulebook:
    folder = tmp_path / "book"
    folder.mkdir()
    for name in ("documents", "clauses"):
        (folder / f"{name}.toml").write_text(
            (LAW / f"{name}.toml").read_text(encoding="utf-8"), encoding="utf-8"
        )
    for name, content in {"mine": text, **more}.items():
        (folder / f"{name}.toml").write_text(content, encoding="utf-8")
    return Rulebook.load(folder)


def test_the_smallest_book(tmp_path: Path) -> None:
    book = load(tmp_path, GOOD)
    assert book.by_year("mine.share", 2024).document == "沪府令20号"
    assert book.series["mine.share"].file == "book/mine.toml"
    assert list(book.terms) == []


HEAD = 'zh = "a"\nen = "b"\nunit = "share"'
ENTRY = 'value = "0.5", clause = "M21.1", status = "official"'
SPAN = 'value = "0.5"\nclause = "M21.1"\nstatus = "assumed"\n'
TABLE = HEAD.replace("share", "table") + '\ncolumns = { x = "share" }'
CHOICE = HEAD.replace("share", "choice") + '\noptions = ["p", "q"]'
NOTE = 'note = "x"'


def of(body: str = "", head: str = HEAD) -> str:
    """Return one parameter in TOML."""
    return f"[mine.share]\n{head}\n{body}\n"


def in_2024(fields: str, head: str = HEAD) -> str:
    """Return one parameter with one value for 2024."""
    return of(f"2024 = {{ {fields} }}", head)


def spans(*lines: str) -> str:
    """Return one parameter with values by day."""
    return of("".join(f"[[mine.share.from]]\n{line}\n{SPAN}" for line in lines))


CITED = 'clause = "M1", status = "assumed"'
MODEL = f"2024 = {{ {ENTRY} }}\n"
REPEAT = '{ same_as = 2024, status = "assumed" }'

FAULTS = [
    ("x = [", "mine.toml: "),
    ("x = 1", "x is no parameter"),
    ("[Mine]\nx = 1", "Mine is no parameter"),
    (in_2024(ENTRY, 'unit = "share"'), "zh is missing"),
    (in_2024(ENTRY, 'zh = "a"\nunit = "share"'), "en is missing"),
    (of(NOTE, HEAD.replace("share", "furlong")), "'furlong' is not a"),
    (of(), "no value, and no note that says why"),
    (of(f'colour = "red"\n{NOTE}'), "unknown field colour"),
    (of(f"{MODEL}from = []"), "by year and by day"),
    (in_2024(f'{ENTRY}, size = "x"'), "2024: unknown field size"),
    (of('2024 = "0.5"'), "2024: a value stands in"),
    (of(f'"1024" = {{ {ENTRY} }}'), "1024 is no year"),
    (of(f'"2025..2024" = {{ {ENTRY} }}'), "2025..2024 is no year"),
    (of(f'{MODEL}"2023..2025" = {{ {ENTRY} }}'), "2024 is entered twice"),
    (of(f'{MODEL}"2025..2026" = {REPEAT}\n2026 = {REPEAT}'), "2026 is entered twice"),
    (in_2024(ENTRY.replace("0.5", "x")), "not a decimal"),
    (in_2024(ENTRY.replace('"0.5"', "0.5")), "in quotes"),
    (in_2024(ENTRY.partition(", ")[2]), "in quotes"),
    (in_2024('value = "1", status = "official"'), "neither a clause nor a document"),
    (in_2024(ENTRY.replace("M21.1", "M1.1.1")), "M1.1.1 is no clause id"),
    (in_2024(ENTRY.replace("M21.1", "M99")), "unknown clause M99"),
    (in_2024('value = "1", document = "?", status = "official"'), "unknown document ?"),
    (in_2024(ENTRY.replace("official", "sure")), "status is none of"),
    (in_2024('value = "1", clause = "M21.1"'), "status is none of"),
    (of(f"2025 = {REPEAT}"), "same_as needs a year with a value of its own"),
    (of(f'{MODEL}2025 = {{ value = "1", same_as = 2024 }}'), "same_as does not go with value"),
    (
        of(f"{MODEL}2025 = {REPEAT}\n2026 = {REPEAT.replace('2024', '2025')}"),
        "2026: same_as needs a year with a value of its own",
    ),
    (
        of(f"{MODEL}2025 = {REPEAT}", HEAD.replace("share", "deadline")).replace(
            "0.5", "2025-01-01"
        ),
        "cannot be carried over",
    ),
    (of("from = [1]"), "a value by day has a day"),
    (spans(""), "a value by day has a day"),
    (spans('day = "1 May"'), "Invalid isoformat"),
    (spans('day = "2025-05-01"\nuntil = "2025-04-30"'), "until comes before it"),
    (spans('day = "2025-05-01"', 'day = "2025-06-01"'), "must end before 2025-06-01"),
    (
        spans('day = "2025-05-01"\nuntil = "2025-06-01"', 'day = "2025-06-01"'),
        "must end before 2025-06-01",
    ),
    (spans('day = "2025-05-01"\nyear = "x"'), "unknown field year"),
    (
        spans('day = "2025-03-31"').replace("assumed", "official"),
        "沪府令20号 is not in force on all of these days",
    ),
    (
        spans('day = "2023-11-01"').replace("M21.1", "P27").replace("assumed", "official"),
        "沪环规〔2023〕7号 is not in force on all of these days",
    ),
    (of(NOTE, CHOICE.replace("choice", "share")), "options belong to a choice"),
    (of(NOTE, HEAD.replace("share", "choice")), "options belong to a choice"),
    (in_2024(f'value = "r", {CITED}', CHOICE), "r is none of its options"),
    (
        in_2024(f'value = ["p", "r"], {CITED}', CHOICE.replace("choice", "choices")),
        "r is none of its options",
    ),
    (of(NOTE, TABLE.replace('"table"', '"share"')), "columns belong to a table"),
    (of(NOTE, HEAD.replace("share", "table")), "columns belong to a table"),
    (of(NOTE, TABLE.replace('"share"', '"table"')), "no unit for a single cell"),
    (in_2024(f"rows = {{}}, {CITED}", TABLE), "a table has rows"),
    (in_2024(CITED, TABLE), "a table has rows"),
    (in_2024(f"rows = {{ r = 1 }}, {CITED}", TABLE), "row r is not"),
    (in_2024(f'rows = {{ r = {{ y = "1" }} }}, {CITED}', TABLE), "unknown column y"),
    (in_2024(f'rows = {{ r = {{ x = "a" }} }}, {CITED}', TABLE), "row r, column x"),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_every_fault_stops_the_book_and_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(BadRulebook) as bad:
        load(tmp_path, text)
    assert any(fault in one for one in bad.value.faults), bad.value.faults


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadRulebook) as bad:
        load(
            tmp_path,
            GOOD
            + GOOD.replace("share]", "other]").replace("M21.1", "M99")
            + GOOD.replace("share]", "third]")
            + "x = 1\n",
            again=GOOD,
            broken="[",
        )
    assert len(bad.value.faults) == 4
    assert any("again.toml has it too" in fault for fault in bad.value.faults)


def test_calendars_and_terms_cite_known_texts(tmp_path: Path) -> None:
    with pytest.raises(BadRulebook) as bad:
        load(
            tmp_path,
            GOOD,
            calendar='[2030]\ndocument = "?"\nholidays = []\nmake_up = []\n',
            terms='[[term]]\nzh = "词"\nen = "w"\nclause = "M99"\nmeaning = "x"\n',
        )
    assert bad.value.faults == (
        "book/calendar.toml, [2030]: unknown document ?",
        "terms.toml, 词: unknown clause M99",
    )


def test_a_carried_value_may_name_its_own_source(tmp_path: Path) -> None:
    book = load(
        tmp_path,
        GOOD + '2025 = { same_as = 2024, document = "沪府令10号", status = "derived" }\n'
        '2026 = { same_as = 2024, clause = "M13", status = "derived", note = "why" }\n',
    )
    later = book.by_year("mine.share", 2025)
    assert (later.clause, later.document, later.status) == ("", "沪府令10号", "derived")
    last = book.by_year("mine.share", 2026)
    assert (last.clause, last.document, last.note) == ("M13", "沪府令20号", "why")


@pytest.mark.parametrize(
    ("unit", "raw", "text"),
    [
        (Unit.TCO2E, "-1.5", "-1.5"),
        (Unit.WORKING_DAYS, "4", "4"),
        (Unit.SWITCH, "no", "False"),
        (Unit.CLOCK, "12:00", "12:00:00"),
        (Unit.CHOICES, [], "()"),
        (Unit.PERIOD, {"from": "2025-01-01", "to": "2025-01-01"}, "2025-01-01..2025-01-01"),
        (Unit.THRESHOLD, {"a": "1", "b": "2"}, "a >= 1 or b >= 2"),
    ],
)
def test_units_read_what_is_written_for_them(unit: Unit, raw: object, text: str) -> None:
    assert str(unit.read(raw)) == text


@pytest.mark.parametrize(
    ("unit", "raw"),
    [
        (Unit.TCO2E, "1e3"),
        (Unit.TCO2E, "1,000"),
        (Unit.TCO2E, "NaN"),
        (Unit.TCO2E, 1.5),
        (Unit.TCO2E, ""),
        (Unit.DAYS, "1.5"),
        (Unit.DAYS, "-1"),
        (Unit.SWITCH, "true"),
        (Unit.SWITCH, True),
        (Unit.CLOCK, "noon"),
        (Unit.CLOCK, "25:00"),
        (Unit.CHOICES, "p"),
        (Unit.CHOICES, [1]),
        (Unit.DEADLINE, "soon"),
        (Unit.PERIOD, {"from": "2025-01-02", "to": "2025-01-01"}),
        (Unit.PERIOD, {"from": "2025-01-01"}),
        (Unit.WINDOW, {"opens": "16:00", "closes": "10:00"}),
        (Unit.YUAN_BAND, "1"),
        (Unit.THRESHOLD, {}),
        (Unit.THRESHOLD, {"a": 1}),
        (Unit.TABLE, {}),
    ],
)
def test_units_refuse_anything_else(unit: Unit, raw: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        unit.read(raw)
