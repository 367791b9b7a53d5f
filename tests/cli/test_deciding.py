"""Deciding commands: good questions, all faults at once, and hostile input without a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.asking import ask, one, refused, run

DECIDING = [
    ("codes", "check"),
    ("calendar", "working-days"),
    ("calendar", "add"),
    ("registry", "delay"),
    ("compliance", "assess"),
]
ASSESS: dict[str, Any] = {"year": 2024, "at": "2025-06-30T17:00:00", "determined": 10}
USE: dict[str, Any] = {
    "kind": "allowance", "vintage": 2024, "quantity": 10, "received_at": "2025-06-01T10:00:00",
}  # fmt: skip
CCER = {
    "kind": "ccer", "quantity": 1, "received_at": "2025-06-01T10:00:00",
    "inside_own_boundary": False, "proof": "C-1",
}  # fmt: skip
CLASS_ONE = CCER | {
    "kind": "reduction", "class": "I", "proof": "S-1", "certified_at": "2025-06-25T23:59:59",
}  # fmt: skip
NOON = {"kind": "noon", "noon": "12:00", "days_before_noon": 1, "days_from_noon": 2}


# Any input at all


names = st.sampled_from(
    ["code", "from", "to", "day", "working_days", "calendar", "years", "holidays", "make_up_days",
     "rule", "kind", "trusted", "proposed_at", "minutes", "opens", "closes", "noon", "year", "at",
     "listing", "determined", "uses", "quantity", "vintage", "received_at", "surrender_by",
     "class", "proof", "certified_at", "inside_own_boundary", "unit", "allocated"]
)  # fmt: skip
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(
        ["2025-06-30", "2025-06-30T17:00:00+08:00", "law", "I", "ccer", "12:00", "9" * 18]
    )
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("command", DECIDING, ids=" ".join)
@given(question=st.dictionaries(names, anything))
def test_no_object_gives_a_traceback(command: tuple[str, str], question: dict[str, Any]) -> None:
    answers = ask(*command, given=json.dumps(question))
    assert len(answers) == 1
    assert isinstance(answers[0], dict)


@pytest.mark.parametrize("command", DECIDING, ids=" ".join)
@given(given_bytes=st.binary(max_size=60).filter(lambda some: b"\n" not in some and some.strip()))
def test_no_bytes_give_a_traceback(command: tuple[str, str], given_bytes: bytes) -> None:
    answers = ask(*command, given=given_bytes)
    assert [list(answer) for answer in answers] == [["refused"]]


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 5000,
        '{"code": NaN}',
        '{"code": Infinity}',
        '{"code": "a", "code": "b"}',
        "[]",
        '"text"',
        "null",
        "{",
    ],
)
@pytest.mark.parametrize("command", DECIDING, ids=" ".join)
def test_what_is_no_object_is_refused(command: tuple[str, str], line: str) -> None:
    answers = ask(*command, given=line)
    assert [answer["refused"][0]["code"] for answer in answers] == ["CLI-001"]


def test_each_line_has_its_answer_and_a_bad_one_stops_nothing() -> None:
    lines = ['{"code": "91110000600037341L"}', "nonsense", '{"code": 5}', '{"code": "1"}']
    answers = ask("codes", "check", given="\n".join(lines))
    assert answers[0]["kind"] == "企业"
    assert [answer["refused"][0]["code"] for answer in answers[1:]] == [
        "CLI-001", "REQ-001", "RUL-201",
    ]  # fmt: skip


def test_questions_from_a_file(tmp_path: Path) -> None:
    whole = tmp_path / "one.json"
    whole.write_text(json.dumps({"code": "91110000600037341L"}, indent=2), encoding="utf-8-sig")
    lines = tmp_path / "many.jsonl"
    lines.write_text('{"code": "x\u2028y"}\n\n{"code": "1"}\n', encoding="utf-8")
    assert ask("codes", "check", str(whole), given="")[0]["department"] == "工商"
    answers = ask("codes", "check", str(lines), given="")
    assert [answer["refused"][0]["code"] for answer in answers] == ["RUL-201", "RUL-201"]
    assert ask("codes", "check", "-", given='{"code": "1"}')[0]["refused"]
    missing = run("codes", "check", str(tmp_path / "nowhere.json"))
    assert missing.exit_code == 2
    assert "there is no file" in missing.stderr


def test_a_lone_surrogate_leaves_as_its_escape() -> None:
    answers = ask("codes", "check", given='{"\\ud800": 1, "code": "\\udfff"}')
    fields = [each["facts"]["name"] for each in answers[0]["refused"]]
    assert fields == ["code", "\\ud800"]


# Start-up


@pytest.mark.parametrize("command", DECIDING, ids=" ".join)
def test_deciding_commands_start_without_django(command: tuple[str, str]) -> None:
    program = (
        "import sys; from hutan.cli.main import build; "
        f"build({list(command)!r})({list(command)!r}, standalone_mode=False); "
        "print(sorted(name for name in sys.modules if name.startswith(('django', 'psycopg'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input="", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# Calendar


def test_an_own_calendar_says_which_years_it_covers() -> None:
    own = {"years": [2030], "holidays": ["2030-01-01"], "make_up_days": ["2030-01-05"]}
    question = {"from": "2030-01-01", "to": "2030-01-06", "calendar": own}
    assert one("calendar", "working-days", given=question)["working_days"] == 4
    outside = question | {"to": "2031-01-02"}
    assert refused("calendar", "working-days", given=outside) == [("RUL-005", "")]
    back = {"day": "2025-06-27", "working_days": -1, "calendar": "law"}
    assert one("calendar", "add", given=back)["day"] == "2025-06-26"


def test_contradictions_of_an_own_calendar_are_all_named() -> None:
    own = {
        "years": [2030],
        "holidays": ["2031-01-01", "2030-01-05"],
        "make_up_days": ["2030-01-05", "2030-01-07"],
    }
    question = {"day": "2030-01-01", "working_days": 1, "calendar": own}
    facts = [each["facts"] for each in one("calendar", "add", given=question)["refused"]]
    assert [(fact["day"], fact["reason"].partition(" (")[2]) for fact in facts] == [
        ("2031-01-01", "not in the listed years)"),
        ("2030-01-05", "holiday and make-up day)"),
        ("2030-01-07", "a make-up day on a weekday)"),
    ]


@pytest.mark.parametrize(
    ("question", "faults"),
    [
        ({}, [("REQ-001", "from"), ("REQ-001", "to")]),
        ({"from": 1, "to": "x", "y": 1}, [("REQ-001", name) for name in ("from", "to", "y")]),
        ({"from": "2025-01-02", "to": "2025-01-01"}, [("RUL-010", "")]),
        ({"from": "2025-01-02", "to": "2025-01-03", "calendar": "moon"}, [("REQ-001", "calendar")]),
        ({"from": "2025-01-02", "to": "2025-01-03", "calendar": 5}, [("REQ-001", "calendar")]),
        ({"from": "2025-01-02", "to": "2025-01-03", "calendar": None}, [("REQ-001", "calendar")]),
        (
            {"from": "2025-01-02", "to": "2025-01-03", "calendar": {"years": [1], "x": 1}},
            [("REQ-001", f"calendar.{name}") for name in ("holidays", "make_up_days", "x")]
            + [("REQ-001", "calendar.years[0].number")],
        ),
    ],
)
def test_faults_of_a_calendar_question(question: Any, faults: list[tuple[str, str]]) -> None:
    assert sorted(refused("calendar", "working-days", given=question)) == sorted(faults)


# Delays


def test_delays_by_the_law_and_by_a_rule_spelled_out() -> None:
    at = "2025-06-27T12:00:00+08:00"
    law = one("registry", "delay", given={"rule": "law", "trusted": False, "proposed_at": at})
    noon = one("registry", "delay", given={"rule": NOON, "proposed_at": at})
    assert law["executes_at"] == noon["executes_at"] == "2025-07-01T12:00:00+08:00"
    assert law["working"]["parameters"][0]["key"] == "registry.transfer_rule"
    trusted = {"kind": "trusted", "opens": "10:00", "closes": "16:00"}
    assert one("registry", "delay", given={"rule": trusted, "proposed_at": at})["executes_at"] == at
    listed = {"kind": "trusted_list", "working_days": 4, "time": "12:00"}
    answer = one("registry", "delay", given={"rule": listed, "proposed_at": at})
    assert answer["executes_at"] == "2025-07-03T12:00:00+08:00"


def test_the_rule_of_the_law_with_a_calendar_of_the_question() -> None:
    question = {"rule": "law", "trusted": False, "proposed_at": "2030-01-03T09:00:00"}
    assert refused("registry", "delay", given=question) == [("RUL-005", "")]
    own = {"years": [2030], "holidays": ["2030-01-04"], "make_up_days": ["2030-01-05"]}
    answer = one("registry", "delay", given=question | {"calendar": own})
    assert answer["executes_at"] == "2030-01-05T12:00:00+08:00"
    assert answer["working"]["inputs"]["calendar"] == "the question's calendar"
    ours = question | {"calendar": "law", "proposed_at": "2025-06-27T09:00:00"}
    assert one("registry", "delay", given=ours)["executes_at"] == "2025-06-30T12:00:00+08:00"


def test_delays_by_a_profile() -> None:
    question = {"rule": "law", "trusted": False, "proposed_at": "2008-05-02T10:00:00+08:00"}
    answers = ask("registry", "delay", "--profile", "eutl", "--brief", given=json.dumps(question))
    assert answers == [{"executes_at": "2008-05-05T12:00:00+08:00"}]
    unknown = ask("registry", "delay", "--profile", "moon", given=json.dumps(question))
    assert unknown[0]["refused"][0]["code"] == "RUL-009"


@pytest.mark.parametrize(
    ("question", "faults"),
    [
        ({}, ["proposed_at", "rule", "trusted"]),
        ({"rule": "moon", "trusted": 1, "proposed_at": 5}, ["proposed_at", "rule", "trusted"]),
        (
            {"rule": {}, "proposed_at": "x"},
            ["proposed_at", "rule.closes", "rule.kind", "rule.opens"],
        ),
        (
            {"rule": NOON | {"noon": "25:00", "days_before_noon": -1, "more": 1},
             "proposed_at": "2025-06-27T12:00:00"},
            ["rule.days_before_noon", "rule.more", "rule.noon"],
        ),
        (
            {"rule": {"kind": "minutes", "minutes": 1.5, "opens": "16:00", "closes": "10:00"},
             "proposed_at": "2025-06-27T12:00:00"},
            ["rule.closes", "rule.minutes"],
        ),
        (
            {"rule": {"kind": "trusted", "opens": "10:00+08:00", "closes": 16},
             "proposed_at": "2025-06-27T12:00:00"},
            ["rule.closes", "rule.opens"],
        ),
        (
            {"rule": {"kind": "minutes", "minutes": 10**9, "opens": "10:00", "closes": "16:00"},
             "proposed_at": "2025-06-27T12:00:00"},
            ["rule.minutes"],
        ),
    ],
)  # fmt: skip
def test_faults_of_a_delay_question(question: Any, faults: list[str]) -> None:
    assert sorted(name for _, name in refused("registry", "delay", given=question)) == faults


# Assessment


def test_a_unit_that_has_met_its_duty() -> None:
    uses = [USE | {"quantity": 19}, CLASS_ONE]
    answer = one(
        "compliance", "assess", given=ASSESS | {"unit": "甲厂", "determined": "19.5", "uses": uses}
    )
    assert (answer["unit"], answer["status"], answer["due"]) == ("甲厂", "short", 20)
    assert answer["cap"] == 0
    full = ASSESS | {"determined": 20, "uses": uses}
    answer = one("compliance", "assess", given=full)
    assert (answer["status"], answer["reductions"], answer["refused"]) == ("met", 1, [])
    assert "unit" not in answer
    assert answer["working"]["result"] == "status"


def test_every_field_is_read() -> None:
    question = {
        "year": 2020,
        "at": "2021-09-30T17:00:00",
        "listing": "regulated",
        "determined": 100,
        "determined_at": "2021-08-01T09:00:00",
        "allocated": "200.5",
        "surrender_by": "2021-10-31",
        "uses": [CCER | {"quantity": 6, "received_at": "2021-09-01T09:00:00"}],
    }
    answer = one("compliance", "assess", given=question)
    assert (answer["cap"], answer["reductions"]) == (6, 6)
    assert answer["deadline"] == "2021-11-01T00:00:00+08:00"
    earlier = one("compliance", "assess", given=question | {"at": "2021-07-31T09:00:00"})
    assert earlier["status"] == "not_yet_obliged"
    national = one("compliance", "assess", given=question | {"listing": "national"})
    assert national["status"] == "excluded"


def test_a_year_nobody_entered_is_refused_with_what_to_enter() -> None:
    answer = one("compliance", "assess", given=ASSESS | {"year": 2040})
    assert answer["refused"][0]["code"] == "RUL-001"
    assert "compliance.toml" in answer["refused"][0]["cure_zh"]


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"year": None, "at": None}, ["at", "year"]),
        ({"year": 2024.0}, ["year"]),
        ({"year": 1999}, ["year"]),
        ({"determined": -1}, ["determined"]),
        ({"determined": 1.5}, ["determined"]),
        ({"determined": "1e9"}, ["determined"]),
        ({"determined": 10**400}, ["determined"]),
        ({"listing": "lost"}, ["listing"]),
        ({"surrender_by": "30 June"}, ["surrender_by"]),
        ({"surrender_by": "9999-12-31"}, ["surrender_by"]),
        ({"uses": {}}, ["uses"]),
        ({"uses": [5]}, ["uses[0]"] + [f"uses[0].{name}" for name in ("kind", "quantity",
                                                                      "received_at", "vintage")]),
        ({"uses": [USE | {"quantity": 0}]}, ["uses[0].quantity"]),
        ({"uses": [USE | {"proof": "x"}]}, ["uses[0].proof"]),
        ({"uses": [USE | {"kind": "gold"}]}, ["uses[0].kind"]),
        ({"uses": [CCER | {"inside_own_boundary": None}]}, ["uses[0].inside_own_boundary"]),
        ({"uses": [CLASS_ONE | {"class": "III"}]}, ["uses[0].class"]),
        ({"uses": [CLASS_ONE | {"certified_at": "soon"}]}, ["uses[0].certified_at"]),
        (
            {"colour": 1, "uses": [USE | {"quantity": "5"}, CCER | {"received_at": 7, "size": 1}]},
            ["colour", "uses[0].quantity", "uses[1].received_at", "uses[1].size"],
        ),
    ],
)  # fmt: skip
def test_faults_of_an_assessment_are_all_named(change: dict[str, Any], faults: list[str]) -> None:
    found = refused("compliance", "assess", given=ASSESS | change)
    assert sorted(name for _, name in found) == faults
