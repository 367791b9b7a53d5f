"""Which text governs on which day; the registers of documents, clauses and terms."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hutan.kernel.refusals import Refusal
from hutan.rules import clauses
from hutan.rules.clauses import read_clauses
from hutan.rules.documents import read_documents
from hutan.rules.parameters import Rulebook, rulebook
from hutan.rules.refusals import NoTextInForce, UnknownClause, UnknownDocument, UnknownTerm
from hutan.rules.terms import read_terms
from tests.marks import clause

SHARED = Path(__file__).resolve().parents[3] / "shared" / "law" / "clauses.yaml"


def governing(subject: str, day: date) -> str:
    return rulebook().documents.governing(subject, day).number


@clause("M48")
def test_the_measures_of_2025_replace_the_trial_measures_on_the_first_of_april() -> None:
    subject = "carbon emission management"
    assert governing(subject, date(2013, 11, 18)) == "沪府令10号"
    assert governing(subject, date(2025, 3, 31)) == "沪府令10号"
    assert governing(subject, date(2025, 4, 1)) == "沪府令20号"
    assert governing(subject, date(2028, 12, 31)) == "沪府令20号"
    trial = rulebook().documents.find("沪府令10号")
    assert (trial.last, trial.ended_by) == (date(2025, 3, 31), "沪府令20号")


@clause("P43", "M25.3")
def test_the_inclusive_measures_lapse_and_are_replaced() -> None:
    subject = "carbon-inclusive programme"
    with pytest.raises(NoTextInForce) as refused:
        governing(subject, date(2023, 10, 31))
    assert "carbon emission management" in refused.value.cure("en")
    assert governing(subject, date(2023, 11, 1)) == "沪环规〔2023〕7号"
    assert governing(subject, date(2025, 10, 31)) == "沪环规〔2023〕7号"
    assert governing(subject, date(2025, 11, 1)) == "沪环规〔2025〕10号"
    trial = rulebook().documents.find("沪环规〔2023〕7号")
    assert trial.first is not None
    assert trial.last is not None
    assert trial.last + timedelta(days=1) == trial.first.replace(year=trial.first.year + 2)
    assert trial.ended_by == "沪环规〔2025〕10号"


@clause("M25.3")
def test_rules_of_the_bureau_are_dated_entries() -> None:
    book = rulebook()
    last, first = date(2025, 10, 31), date(2025, 11, 1)
    objects = ("methodology", "project", "scenario")
    assert book.on_day("inclusive.objects", last).words == objects
    assert book.on_day("inclusive.objects", first).words == (*objects, "behaviour_scenario")
    assert len(book.on_day("inclusive.double_claim_registers", last).words) == 1
    assert len(book.on_day("inclusive.double_claim_registers", first).words) == 3
    for key in ("inclusive.objects", "inclusive.double_claim_registers"):
        assert book.on_day(key, last).document == "沪环规〔2023〕7号"
        assert book.on_day(key, first).document == "沪环规〔2025〕10号"


@clause("P11", "A11.4")
def test_a_new_supporting_rule_enters_as_a_dated_version(tmp_path: Path) -> None:
    """The old version goes on answering for its days, the new one for its own."""
    write(tmp_path, SUPPORTING)
    book = Rulebook.load(tmp_path)
    assert book.on_day("inclusive.rule", date(2027, 6, 30)).whole == 5
    assert book.on_day("inclusive.rule", date(2027, 7, 1)).whole == 7
    assert book.documents.governing("supporting rule", date(2027, 7, 1)).number == "B"


@clause("P12")
def test_what_was_issued_under_an_old_rule_stays_explained_by_it(tmp_path: Path) -> None:
    write(tmp_path, SUPPORTING.partition("# later")[0])
    before = Rulebook.load(tmp_path)
    use = before.on_day("inclusive.rule", date(2027, 6, 30)).use()
    write(tmp_path, SUPPORTING)
    after = Rulebook.load(tmp_path)
    again = after.on_day("inclusive.rule", date(2027, 6, 30)).use()
    assert (use.value, use.document) == (again.value, again.document) == ("5", "A")
    assert before.version != after.version


SUPPORTING = """
[inclusive.rule]
zh = "规则"
en = "a rule"
unit = "days"
[[inclusive.rule.from]]
day = "2026-01-01"
until = "2027-06-30"
value = "5"
document = "A"
status = "official"
# later
[[inclusive.rule.from]]
day = "2027-07-01"
value = "7"
document = "B"
status = "official"
"""
DOCUMENTS = """
[A]
zh = "旧规则"
en = "old"
kind = "notice"
issuer = "x"
from = "2026-01-01"
until = "2027-06-30"
ended_by = "B"
subject = "supporting rule"
[B]
zh = "新规则"
en = "new"
kind = "notice"
issuer = "x"
from = "2027-07-01"
subject = "supporting rule"
"""


def write(folder: Path, parameters: str) -> None:
    (folder / "inclusive.toml").write_text(parameters, encoding="utf-8")
    (folder / "documents.toml").write_text(DOCUMENTS, encoding="utf-8")


def test_an_official_value_lies_within_the_force_of_its_text() -> None:
    """What a lapsed text ruled is carried on as assumed, never as official."""
    book = rulebook()
    for series in book.series.values():
        for span in series.spans:
            text = book.documents.find(span.parameter.document)
            if span.parameter.status == "official" and text.first is not None:
                assert text.in_force(span.first), span
                assert text.last is None or (span.last is not None and span.last <= text.last)


def test_documents_are_found_by_alias_and_refused_when_unknown() -> None:
    documents = rulebook().documents
    assert documents.find("沪环气候〔2022〕34号").number == "沪环气〔2022〕34号"
    assert "沪府令20号" in documents
    with pytest.raises(UnknownDocument):
        documents.find("沪府令99号")


GOOD: dict[str, Any] = {"zh": "文件", "en": "text", "kind": "law", "issuer": "x"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({"A": GOOD | {"colour": "red"}}, "unknown field colour"),
        ({"A": {"zh": "文件", "kind": "law"}}, "en, issuer is missing"),
        ({"A": GOOD | {"kind": "rumour"}}, "kind is none of"),
        ({"A": GOOD | {"from": "1.4.2025"}}, "Invalid isoformat"),
        ({"A": GOOD | {"until": "2025-01-01"}}, "until needs an earlier from"),
        ({"A": GOOD | {"from": "2025-02-01", "until": "2025-01-01"}}, "until needs an earlier"),
        ({"A": GOOD | {"ended_by": "B"}}, "unknown B"),
        (
            {
                "A": GOOD | {"from": "2025-01-01", "subject": "s"},
                "B": GOOD | {"from": "2026-01-01", "subject": "s"},
            },
            "A and B govern one subject at once",
        ),
        (
            {
                "A": GOOD | {"from": "2026-01-01", "subject": "s"},
                "B": GOOD | {"from": "2025-01-01", "subject": "s"},
            },
            "A and B govern one subject at once",
        ),
    ],
)
def test_faults_of_the_register_are_named(content: dict[str, Any], fault: str) -> None:
    faults: list[str] = []
    read_documents(content, faults)
    assert len(faults) == 1
    assert fault in faults[0]


def test_two_subjects_may_be_governed_at_once() -> None:
    faults: list[str] = []
    one = GOOD | {"from": "2025-01-01", "subject": "one"}
    read_documents({"A": one, "B": one | {"subject": "two"}}, faults)
    assert not faults


def test_a_clause_is_found_with_its_text() -> None:
    found = clauses.find("M21.1")
    assert found.zh == "配额清缴"
    assert found.text.startswith("纳管单位应当按照市生态环境部门确定的年度温室气体排放量")
    assert found.system == "compliance"
    assert len(clauses.register()) == 191


def test_paragraphs_end_where_the_law_ends_them() -> None:
    """Article 46 has two paragraphs: the line break after its semicolon is one of layout."""
    assert clauses.find("M46.2").text.endswith("依法追究刑事责任。")
    assert clauses.find("M16.4").text.startswith("年度二氧化碳排放当量达到一定规模")
    assert "（三）违反本办法第十六条第二款规定" in clauses.find("M42.1").text
    assert clauses.find("N4.1").text != clauses.find("N4.2").text == clauses.find("N4.3").text


def test_an_unknown_clause_is_refused() -> None:
    with pytest.raises(UnknownClause):
        clauses.find("M99")


def test_clauses_agree_with_the_list_of_what_the_platform_owes() -> None:
    if not SHARED.exists():
        pytest.skip("the shared list of clauses is not beside this checkout")
    listed = yaml.safe_load(SHARED.read_text(encoding="utf-8"))
    owed = {entry["id"]: entry for letter in "MPAN" for entry in listed[letter]}
    assert list(owed) == [one.id for one in clauses.register()]
    for one in clauses.register():
        entry = owed[one.id]
        assert (one.kind, one.system, one.owes) == (entry["kind"], entry["system"], entry["owes"])


ENTRY = {"zh": "a", "en": "b", "kind": "none", "system": "-", "owes": "-", "text": "x"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({"X1": ENTRY}, "X1 is no clause id"),
        ({"M1": ENTRY | {"text": ""}}, "needs exactly"),
        ({"M1": {**ENTRY, "more": "x"}}, "needs exactly"),
        ({"M1": ENTRY | {"kind": "wish"}}, "unknown kind wish"),
    ],
)
def test_faults_of_the_clauses_are_named(content: dict[str, Any], fault: str) -> None:
    faults: list[str] = []
    assert not list(read_clauses(content, faults))
    assert fault in faults[0]


@clause("P41.1")
def test_defined_terms_reductions_in_tonnes_points_from_personal_scenarios_only() -> None:
    book = rulebook()
    assert book.terms.find("碳普惠减排量").unit == "tCO2e"
    assert "吨二氧化碳当量" in book.terms.find("reduction").meaning
    assert "个人参与减排场景产生的减排量转换生成" in book.terms.find("碳积分").meaning
    assert len(list(book.terms)) == 17
    for term in book.terms:
        assert term.meaning in book.clauses.find(term.clause).text
    on = date(2024, 6, 1)
    assert book.on_day("inclusive.points_from", on).words == ("scenario",)
    assert book.on_day("inclusive.points_holder", on).words == ("person",)
    with pytest.raises(UnknownTerm):
        book.terms.find("碳汇")


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"zh": "词"}, "lacks en, clause, meaning"),
        ({"zh": "词", "en": "w", "clause": "P41.1", "meaning": "x", "x": 1}, "unknown field x"),
    ],
)
def test_faults_of_the_terms_are_named(entry: dict[str, Any], fault: str) -> None:
    faults: list[str] = []
    read_terms({"term": [entry]}, faults)
    assert fault in faults[0]


def test_broken_registers_stop_the_accessors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "clauses.toml"
    broken.write_text('["Z1"]\nzh = "x"\n', encoding="utf-8")
    monkeypatch.setattr(clauses, "FILE", broken)
    with pytest.raises(ValueError, match="Z1 is no clause id"):
        clauses.register.__wrapped__()


def test_refusals_speak_both_languages() -> None:
    with pytest.raises(Refusal) as refused:
        rulebook().documents.governing("weather", date(2025, 1, 1))
    assert "weather" in refused.value.sentence("zh")
    assert "weather" in refused.value.sentence("en")
