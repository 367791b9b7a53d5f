"""Reading a history: every kind of dirt is refused by line with a reason, and nothing else is."""

from __future__ import annotations

import codecs
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutan.cli.replay import reading
from hutan.cli.replay.reading import History, read_history
from hutan.cli.replay.refusals import NoHistoryFile
from tests.history import files
from tests.history.files import DIRT, HEADER, Row, dirty, write

YEARS = range(2005, 2023)
GOOD = Row("XX-1", 2005, 10, 8, 8, "A")


def read(path: Path) -> History:
    return read_history(path, YEARS)


@pytest.mark.parametrize("kind", DIRT)
def test_each_kind_of_dirt_is_refused_alone(tmp_path: Path, kind: str) -> None:
    bad = dirty(kind, "XX-2", 2006)
    found = read(write(tmp_path / "one.csv", GOOD, bad, Row("XX-3", 2006, 1, 1, 1, "A")))
    assert [row.installation for row in found.rows] == ["XX-1", "XX-3"]
    (remark,) = found.bad
    assert remark.line == 3
    assert remark.reason
    assert len(remark.reason) < 500
    assert len(remark.installation) <= 60
    assert found.lines == 4


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("negative", "allocation is '-5', no whole number"),
        ("too large", "allocation is 1000000000001, beyond 1000000000000"),
        ("too few cells", "it has 7 cells, not 9"),
        ("empty", "it is empty"),
        ("a year without rules", "there are no rules for 2031"),
        ("a year outside its phase", "phase is '2031-2040'"),
        ("an unknown code", "compliance_code is 'Z'"),
        ("a zero byte", "installation_id is 'XX-2\ufffd'"),
        ("a million characters", "it is no line of CSV: field larger than field limit (131072)"),
    ],
)
def test_reasons_say_what_is_wrong(tmp_path: Path, kind: str, reason: str) -> None:
    (remark,) = read(write(tmp_path / "one.csv", GOOD, dirty(kind, "XX-2", 2006))).bad
    assert remark.reason == reason


def test_a_line_with_several_faults_tells_them_all(tmp_path: Path) -> None:
    (remark,) = read(write(tmp_path / "one.csv", GOOD, "a b,XX,20,MMV,x,-1,-2,-3,Z")).bad
    assert remark.reason.count("; ") == 6


def test_the_second_line_of_an_installation_and_year_is_refused(tmp_path: Path) -> None:
    found = read(write(tmp_path / "one.csv", GOOD, Row("XX-1", 2005, 99, 99, 99, "B")))
    assert [row.allocated for row in found.rows] == [10]
    (remark,) = found.bad
    assert remark.reason == "line 2 has this installation and year already"
    assert dict(remark.figures) == {
        "allocation": 99, "verified_emissions": 99, "units_surrendered": 99
    }  # fmt: skip


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_rows_and_dirt_add_up_to_the_file(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    random = Random(seed)
    good = files.rows(random, installations=5, years=range(2005, 2010)) or [GOOD]
    small = [kind for kind in DIRT if "million" not in kind]
    bad = [dirty(random.choice(small), f"YY-{n}", 2006) for n in range(random.randrange(6))]
    lines: list[str | Row] = [*good, *bad, *random.sample(good, min(2, len(good)))]
    random.shuffle(lines)
    found = read(write(tmp_path_factory.mktemp("files") / "mixed.csv", *lines))
    assert found.lines == 1 + len(lines) == 1 + len(found.rows) + len(found.bad)
    assert len(found.rows) == len(good)
    assert len(found.bad) == len(lines) - len(good)
    expected = {(row.installation, row.year): row for row in good}
    for row in found.rows:
        given_ = expected[row.installation, row.year]
        assert (row.allocated, row.verified, row.surrendered) == (
            given_.allocated, given_.verified, given_.surrendered
        )  # fmt: skip
        assert row.code == given_.code.rstrip("*")


@settings(max_examples=200)
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_bytes_at_all_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("files") / "any.csv"
    path.write_bytes(f"{HEADER}\n{GOOD.text()}\n".encode() + content)
    found = read(path)
    assert found.rows[0].installation == "XX-1"
    assert found.lines == 1 + len(found.rows) + len(found.bad)


def test_what_is_missing_is_told_and_replayed(tmp_path: Path) -> None:
    found = read(
        write(
            tmp_path / "one.csv",
            Row("XX-1", 2005, None, 5, None, "B"),
            Row("XX-1", 2006, 5, None, None, "C"),
            Row("XX-1", 2007, 5, None, None, ""),
            Row("XX-1", 2010, 5, 5, 5, "A"),
        )
    )
    assert not found.bad
    assert [(one.line, one.reason.partition(":")[0]) for one in found.remarks] == [
        (2, "allocation is missing"),
        (2, "units_surrendered is missing"),
        (3, "verified_emissions is missing"),
        (4, "no emissions, no surrender, no code"),
        (5, "no line for 2008 to 2009"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "its first line names other columns"),
        (b"a,b,c\n1,2,3\n", "its first line names other columns"),
        (HEADER.upper().encode() + b"\n", "its first line names other columns"),
        (
            codecs.BOM_UTF16 + f"{HEADER}\n".encode("utf-16-le"),
            "its first line names other columns",
        ),
        (b"\0" * 1000, "its first line names other columns"),
        (f"{HEADER}\n".encode(), "no line of it can be used"),
        (f"{HEADER}\n\n\n".encode(), "no line of it can be used"),
    ],
)
def test_what_is_no_history_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "none.csv"
    path.write_bytes(content)
    with pytest.raises(NoHistoryFile) as refused:
        read(path)
    assert refused.value.facts["reason"] == reason


def test_a_byte_order_mark_and_crlf_are_harmless(tmp_path: Path) -> None:
    path = tmp_path / "windows.csv"
    path.write_bytes(codecs.BOM_UTF8 + f"{HEADER}\r\n{GOOD.text()}\r\n".encode())
    found = read(path)
    assert (len(found.rows), len(found.bad), found.lines) == (1, 0, 2)


def test_gb18030_is_refused_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "gb.csv"
    name = GOOD.text().replace("XX-1", "宝钢")
    path.write_bytes(f"{HEADER}\n{GOOD.text()}\n{name}\n".encode("gb18030"))
    found = read(path)
    assert len(found.rows) == 1
    assert "installation_id" in found.bad[0].reason


def test_a_file_too_large_is_refused_without_reading_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 1000)
    path = write(tmp_path / "long.csv", *[GOOD] * 100)
    with pytest.raises(NoHistoryFile, match="larger than 1000 bytes"):
        read(path)


def test_sums_that_no_plan_could_state_are_refused(tmp_path: Path) -> None:
    largest = 10**12
    path = write(
        tmp_path / "large.csv",
        Row("XX-1", 2005, largest, 1, 1, "A"), Row("XX-2", 2005, 1, 1, 1, "A"),
    )  # fmt: skip
    with pytest.raises(NoHistoryFile, match="allocation of 2005 is 1000000000001 t"):
        read(path)


@pytest.mark.parametrize(
    "name", ["a\nb.csv", "上海.csv", "\udcff.csv", "=x.csv", "a" * 250 + ".csv"]
)
def test_any_name_of_a_file_can_be_shown(tmp_path: Path, name: str) -> None:
    found = read(write(tmp_path / name, GOOD))
    assert found.name.isprintable()
    found.name.encode()
