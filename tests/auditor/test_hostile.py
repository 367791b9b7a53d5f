"""Exports made to hurt: the auditor says a sentence and leaves with 1, whatever he is given."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hutan.auditor import files
from hutan.auditor.auditing import audit
from hutan.auditor.command import main
from hutan.auditor.texts import Misshapen, exact
from tests.auditor.conftest import Exports
from tests.auditor.forge import Forged, put, values
from tests.auditor.verdicts import wrong

DEEP = 100_000


def manifest(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        path = folder / "manifest.json"
        content = json.loads(path.read_text())
        path.write_text(json.dumps(change(content)))

    return harm


def of_file(name: str, value: object) -> Callable[[Path], None]:
    def change(content: dict[str, Any]) -> dict[str, Any]:
        content["files"][0][name] = value
        return content

    return manifest(change)


def written(name: str, raw: bytes) -> Callable[[Path], None]:
    return lambda folder: void((folder / name).write_bytes(raw))


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def instead(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return harm


def void(_: object) -> None:
    """Forget what a call returned."""


NAMES = ("entries.jsonl", "movements.jsonl", "checkpoints.jsonl", "checkpoint", "keys")
LINES = {
    "deep": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a number of many digits": b'{"a":' + b"9" * 100_000 + b"}",
    "a fraction": b'{"a":1.5}',
    "no number": b'{"a":NaN}',
    "UTF-16": '{"a":"沪"}'.encode("utf-16"),
    "GB 18030": '{"a":"沪碳"}'.encode("gb18030"),
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "half a surrogate pair": b'{"a":"\\ud800"}',
    "noughts": b"\0" * 1000,
    "a list": b"[1,2,3]",
    "carriage returns": b'{"a":1}\r\n{"a":1}\r',
    "empty lines": b"\n\n\n",
    "terminal control": b'{"\x1b[2J":"\x1b]0;x\x07"}',
    "nothing": b"",
}
HARMS: dict[str, Callable[[Path], None]] = {
    **{f"{name} is missing": without(name) for name in (*NAMES, "manifest.json")},
    **{f"{name} is a folder": instead(name, Path.mkdir) for name in NAMES},
    **{
        f"{name} is a pipe": instead(name, os.mkfifo) for name in ("entries.jsonl", "manifest.json")
    },
    **{
        f"{name} leads to an endless device": instead(name, lambda at: at.symlink_to("/dev/zero"))
        for name in ("entries.jsonl", "manifest.json", "claims.jsonl")
    },
    **{
        f"{name}: {what}": written(name, raw)
        for name in (*NAMES, "claims.jsonl", "manifest.json")
        for what, raw in LINES.items()
    },
    "the manifest is a list": manifest(lambda content: [content]),
    "the manifest names a file elsewhere": of_file("name", "../../etc/passwd"),
    "the manifest names a hidden file": of_file("name", ".secret"),
    "the manifest has a negative size": of_file("bytes", -1),
    "the manifest counts in fractions": of_file("lines", 1.5),
    "the manifest has a hash of numbers": of_file("sha256", 7),
    "the manifest has another suite": manifest(lambda content: content | {"suite": "md5"}),
    "the manifest lists no files": manifest(lambda content: content | {"files": []}),
    "the manifest lists numbers": manifest(lambda content: content | {"files": [1, 2]}),
    "the manifest's size is huge": manifest(lambda content: content | {"size": 10**300}),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_export_is_answered_by_a_sentence(
    harm: str, exports: Exports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "export"
    shutil.copytree(exports.history, folder)
    HARMS[harm](folder)
    assert main([str(folder), "--language", "en", "--limit", "20"]) == 1
    told = capsys.readouterr().out
    assert "AUD-1" in told or "AUD-5" in told
    assert "Traceback" not in told
    assert all(character.isprintable() or character == "\n" for character in told)


def test_a_line_that_does_not_end_is_not_read_to_its_end(
    exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST", 1 << 16)
    for name in ("entries.jsonl", "movements.jsonl", "checkpoints.jsonl", "claims.jsonl", "keys"):
        folder = tmp_path / name
        shutil.copytree(exports.history, folder)
        with (folder / name).open("r+b") as file:
            # A hole of a gigabyte takes no room; the first line begins in front of it.
            file.truncate(1 << 20)
        (folder / name).write_bytes((folder / name).read_bytes().replace(b"\n", b" "))
        codes = audit(folder).findings.counts
        assert codes.keys() & {"AUD-103", "AUD-106", "AUD-504"}, codes


HOSTILE: tuple[object, ...] = (
    2**53 - 1, -1, "", "x" * 10_000, "1e999999999", "-1", "1/0", "９", "9" * 5_000, None, True,
    [], {}, [[]], [{}], [[2**53 - 1, 1]], "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59+08:00",
    "9999-12-31", "allowance:9999", "allowance:0000", "allowance:²⁰²⁴",
)  # fmt: skip
"""Values that stand for what nobody expects, wherever a value can stand."""


@pytest.mark.parametrize("part", range(4))
def test_no_value_in_a_well_signed_log_makes_the_auditor_fail(
    part: int, exports: Exports, tmp_path: Path
) -> None:
    """Every field of every kind of leaf gets a hostile value, each field another one."""
    forged = Forged(exports.scenario if part % 2 else exports.history)
    forged.sizes = forged.sizes[-1:]
    seen: set[tuple[str, str]] = set()
    turn = part
    for place, entry in enumerate(forged.entries):
        for record in (entry, *forged.movements[place]):
            for path, value in list(values(record["body"])):
                names = ".".join(step for step in path if isinstance(step, str))
                if (entry["kind"], names) in seen:
                    continue
                seen.add((entry["kind"], names))
                turn += 1
                if turn % 2 != part // 2:
                    continue
                put(record["body"], path, HOSTILE[turn % len(HOSTILE)])
                found = audit(forged.write(tmp_path / "hostile"), limit=50)
                put(record["body"], path, value)
                assert "AUD-208" not in {one.code for one in wrong(found)}, (names, turn)


def test_what_the_auditor_cannot_work_with_is_a_finding_of_that_act(
    exports: Exports, tmp_path: Path
) -> None:
    """Values nested just as deep as can be read are deeper than can be worked with."""
    forged = Forged(exports.history)
    place, body = forged.body("compliance.open_year")
    nested: Any = "1"
    for _ in range(400):
        nested = {"a": nested}
    body["rules"].append(nested)
    found = wrong(audit(forged.write(tmp_path / "nested"), claims=False))
    assert found[0].code in ("AUD-103", "AUD-202", "AUD-208")
    assert found[0].leaf is None or found[0].leaf.index == place


@pytest.mark.parametrize("text", ["1e9", "1/3", "-1", " 1", "1_0", "٣", "1.", "9" * 41, "inf"])
def test_a_decimal_is_digits_and_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text[:40])):
        exact(text)


def test_a_checkpoint_or_key_that_cannot_be_read_is_refused(
    exports: Exports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(bytes(range(256)))
    for wrong_call in (
        ["--against", str(noise)], ["--against", str(tmp_path / "absent")], ["--key", "nonsense"],
    ):  # fmt: skip
        with pytest.raises(SystemExit) as left:
            main([str(exports.history), *wrong_call])
        assert left.value.code == 2
    with pytest.raises(SystemExit):
        main([str(tmp_path / "absent")])
    assert "there is no such folder" in capsys.readouterr().err


def test_a_line_has_a_longest_length(tmp_path: Path) -> None:
    path = tmp_path / "long"
    with path.open("wb") as file:
        file.truncate(files.LONGEST + 1)
    with pytest.raises(Misshapen, match="bytes"):
        list(files.lines(path))
