"""Who has no key of the log: whatever he changes in an export, the auditor finds it and says where.

He may write the manifest anew as he likes; what he cannot write is a checkpoint.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hutan.auditor.auditing import audit
from hutan.auditor.command import main
from hutan.auditor.log import read_kept
from hutan.auditor.notes import read_key
from hutan.auditor.replay import KINDS
from hutan.auditor.summary import Audit
from hutan.transparency.domain.keys import SigningKey
from hutan.transparency.domain.notes import read_head, read_note, sign_note
from tests.auditor.conftest import Exports
from tests.auditor.forge import Forged, canonical_text, mth, other
from tests.auditor.verdicts import agrees, said, wrong
from tests.marks import clause
from tests.transparency.conftest import log_key

Edit = Callable[[list[str], int], int]
"""Changes the lines of a file at a place; returns the number of the first line that is another."""


def changed(lines: list[str], place: int) -> int:
    """Change what says least: the salt of a record. Nothing but a hash can show it."""
    record = json.loads(lines[place])
    record["salt"] = other(record["salt"])
    lines[place] = canonical_text(record)
    return place


def deleted(lines: list[str], place: int) -> int:
    del lines[place]
    return place


def inserted(lines: list[str], place: int) -> int:
    record = json.loads(lines[place])
    lines.insert(place, canonical_text(record | {"act": "11111111-2222-4333-8444-555555555555"}))
    return place


def duplicated(lines: list[str], place: int) -> int:
    lines.insert(place, lines[place])
    return place + 1


def re_ordered(lines: list[str], place: int) -> int:
    before = place - 1 if place else 1
    lines[place], lines[before] = lines[before], lines[place]
    return min(place, before)


EDITS = (changed, deleted, inserted, duplicated, re_ordered)


def rewritten(source: Path, folder: Path, name: str, lines: list[str]) -> Path:
    """Copy an export with other lines in one file, and a manifest to which they fit."""
    if source != folder:
        shutil.copytree(source, folder, dirs_exist_ok=True)
    raw = "".join(f"{line}\n" for line in lines).encode()
    (folder / name).write_bytes(raw)
    manifest = json.loads((folder / "manifest.json").read_text())
    for file in manifest["files"]:
        if file["name"] == name:
            digest = hashlib.sha256(raw).hexdigest()
            file |= {"lines": len(lines), "bytes": len(raw), "sha256": digest}
    if name == "entries.jsonl":
        root = mth([line.encode() for line in lines], lambda text: hashlib.sha256(text).digest())
        manifest |= {"size": len(lines), "root": root.hex()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def lines_of(folder: Path, name: str) -> list[str]:
    return (folder / name).read_bytes().decode().split("\n")[:-1]


def story_with(exports: Exports, kind: str) -> tuple[Path, int]:
    """Return the export in which a kind of leaf occurs, and where it does first."""
    for folder in (exports.scenario, exports.history):
        kinds = [json.loads(line)["kind"] for line in lines_of(folder, "entries.jsonl")]
        if kind in kinds:
            return folder, kinds.index(kind)
    raise AssertionError(kind)


@clause("M47", "M26.1")
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_entry_of_any_kind_that_is_not_as_it_was_signed_is_found(
    edit: Edit, exports: Exports, tmp_path: Path
) -> None:
    for kind in KINDS:
        source, place = story_with(exports, kind)
        lines = lines_of(source, "entries.jsonl")
        first = edit(lines, place)
        folder = rewritten(source, tmp_path / "rewritten", "entries.jsonl", lines)
        found = audit(folder, claims=False)
        low, high = entries_named(found)
        assert low <= first <= high, f"{kind}: {said(found)}"


def entries_named(found: Audit) -> tuple[int, int]:
    """Return the entries among which the first bad one is, by the first wrong checkpoint."""
    first = next(one for one in found.findings if one.code == "AUD-105")
    match = re.search(r"entries (\d+) to (\d+)", first.place)
    assert match is not None, first
    return int(match[1]), int(match[2])


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_movement_that_is_not_as_it_was_signed_is_found_in_its_act(
    edit: Edit, exports: Exports, tmp_path: Path
) -> None:
    for source in (exports.scenario, exports.history):
        acts = [json.loads(line)["act"] for line in lines_of(source, "movements.jsonl")]
        for act in dict.fromkeys(acts):
            if acts.count(act) < 2:
                continue
            lines = lines_of(source, "movements.jsonl")
            edit(lines, acts.index(act) + 1)
            folder = rewritten(source, tmp_path / "rewritten", "movements.jsonl", lines)
            found = audit(folder, claims=False)
            bad = [one for one in wrong(found) if one.code == "AUD-104"]
            assert bad[0].leaf is not None
            assert bad[0].leaf.act == act


def test_an_entry_written_behind_the_newest_checkpoint_is_found(
    exports: Exports, tmp_path: Path
) -> None:
    lines = lines_of(exports.scenario, "entries.jsonl")
    inserted(lines, len(lines) - 1)
    found = audit(rewritten(exports.scenario, tmp_path / "more", "entries.jsonl", lines))
    assert "AUD-105" in found.findings.counts
    shorter = lines_of(exports.scenario, "entries.jsonl")[:-1]
    found = audit(rewritten(exports.scenario, tmp_path / "less", "entries.jsonl", shorter))
    assert "AUD-105" in found.findings.counts


def test_a_log_signed_by_another_key_is_found(forged: Forged, tmp_path: Path) -> None:
    found = audit(forged.write(tmp_path / "forged", log_key(2)))
    assert "AUD-107" in found.findings.counts


def test_a_log_that_announces_another_key_is_found_by_who_knows_the_key_or_a_checkpoint(
    forged: Forged, exports: Exports, tmp_path: Path
) -> None:
    """Everything fits in itself; only what is kept elsewhere tells the two logs apart."""
    impostor = log_key(2)
    for place in forged.of_kind("log.keys"):
        forged.entries[place]["body"]["keys"] = [str(impostor.verifier)]
    folder = forged.write(tmp_path / "forged", impostor)
    agrees(audit(folder))
    found = audit(folder, trusted=[read_key(str(log_key().verifier))])
    assert [one.code for one in wrong(found)] == ["AUD-111"]
    kept = tmp_path / "kept"
    kept.write_text(first_checkpoint(exports.scenario))
    found = audit(folder, against=[read_kept(kept)])
    assert [one.code for one in wrong(found)] == ["AUD-110"]


def test_a_log_cut_back_is_found_by_a_younger_checkpoint(exports: Exports, tmp_path: Path) -> None:
    """Everything up to an older checkpoint is still signed; who kept a younger one knows more."""
    older = Forged(exports.scenario)
    size = older.sizes[0]
    older.entries, older.movements, older.sizes = (
        older.entries[:size], older.movements[:size], [size],
    )  # fmt: skip
    folder = older.write(tmp_path / "cut")
    agrees(audit(folder, claims=False))
    kept = read_kept(exports.scenario / "checkpoint")
    found = audit(folder, claims=False, against=[kept])
    assert [one.code for one in wrong(found)] == ["AUD-110"]


def first_checkpoint(folder: Path) -> str:
    note: str = json.loads(lines_of(folder, "checkpoints.jsonl")[0])["note"]
    return note


def test_keys_that_the_last_ones_did_not_hand_over_are_found(
    forged: Forged, tmp_path: Path
) -> None:
    keys = forged.of_kind("log.keys")
    one, two = log_key(1), log_key(2)
    announced = forged.again(keys[0], "11111111-2222-4333-8444-555555555555")
    announced["body"]["keys"] = [str(two.verifier)]
    announced["at"] = forged.entries[-1]["at"]
    before = len(forged.entries)
    forged.insert(before, announced)
    forged.sizes = [before, before + 1]
    folder = forged.write(tmp_path / "forged", one)
    re_sign(folder, {before + 1: two})
    found = audit(folder, claims=False)
    assert [one.code for one in wrong(found)] == ["AUD-108"]


def test_a_key_is_handed_over_by_signing_with_both_once(forged: Forged, tmp_path: Path) -> None:
    one, two = log_key(1), log_key(2)
    size = len(forged.entries)
    for n, keys in ((1, (one, two)), (2, (two,))):
        id_ = f"{n:08d}-2222-4333-8444-555555555555"
        announced = forged.again(forged.of_kind("log.keys")[0], id_)
        announced["body"]["keys"] = sorted(str(key.verifier) for key in keys)
        announced["at"] = forged.entries[-1]["at"]
        forged.insert(len(forged.entries), announced)
    forged.sizes = [size, size + 1, size + 2]
    folder = forged.write(tmp_path / "forged", one)
    re_sign(folder, {size + 1: (one, two), size + 2: two})
    agrees(audit(folder, claims=False))


def re_sign(folder: Path, signers: dict[int, SigningKey | tuple[SigningKey, ...]]) -> None:
    """Sign checkpoints of these sizes by other keys, and the manifest with them."""
    lines = []
    last = None
    for line in lines_of(folder, "checkpoints.jsonl"):
        record = json.loads(line)
        head = read_head(read_note(record["note"]).text)
        if head.size in signers:
            keys = signers[head.size]
            by = list(keys) if isinstance(keys, tuple) else [keys]
            record["note"], last = str(sign_note(head.text(), by)), by
        lines.append(canonical_text(record))
    assert last is not None
    note = json.loads(lines[-1])["note"].split("\n")[:-1]
    rewritten(folder, folder, "checkpoints.jsonl", lines)
    rewritten(folder, folder, "checkpoint", note)
    rewritten(folder, folder, "keys", sorted(str(key.verifier) for key in last))


def test_a_checkpoint_that_was_touched_is_found(exports: Exports, tmp_path: Path) -> None:
    def touched(edit: Callable[[str], str]) -> set[str]:
        lines = lines_of(exports.scenario, "checkpoints.jsonl")
        record = json.loads(lines[0])
        lines[0] = canonical_text(record | {"note": edit(record["note"])})
        folder = rewritten(exports.scenario, tmp_path / "touched", "checkpoints.jsonl", lines)
        return set(audit(folder).findings.counts)

    def another_root(note: str) -> str:
        first, size, root, *rest = note.split("\n")
        return "\n".join([first, size, ("B" if root[0] == "A" else "A") + root[1:], *rest])

    assert {"AUD-105", "AUD-107"} <= touched(another_root)
    assert "AUD-106" in touched(lambda note: f"another.{note}")
    assert "AUD-106" in touched(lambda note: note.split("\n\n")[0])
    assert "AUD-107" in touched(lambda note: note.replace("— log.example/test", "— log.example/no"))


def test_a_file_that_is_not_as_the_manifest_says_is_found(exports: Exports, tmp_path: Path) -> None:
    for name in ("keys", "checkpoint", "claims.jsonl", "movements.jsonl"):
        folder = tmp_path / name
        shutil.copytree(exports.scenario, folder)
        with (folder / name).open("ab") as file:
            file.write(b"\n")
        assert {"AUD-102"} <= audit(folder).findings.counts.keys()


def test_the_log_of_either_suite_is_audited(forged: Forged, tmp_path: Path) -> None:
    key = log_key(suite="sm3-sm2")
    forged.manifest["suite"] = "sm3-sm2"
    forged.entries[0]["body"]["suite"] = "sm3-sm2"
    for place in forged.of_kind("log.keys"):
        forged.entries[place]["body"]["keys"] = [str(key.verifier)]
    agrees(audit(forged.write(tmp_path / "sm3")))


def test_an_act_whose_id_stands_twice_is_found(forged: Forged, tmp_path: Path) -> None:
    place = forged.of_kind("registry.distrust")[0]
    forged.insert(place + 1, forged.again(place, forged.entries[place]["act"]))
    found = wrong(audit(forged.write(tmp_path / "forged"), claims=False))
    assert (found[0].code, found[0].leaf and found[0].leaf.index) == ("AUD-109", place + 1)


def test_a_backdated_act_shows_by_its_place_in_the_log(exports: Exports, tmp_path: Path) -> None:
    """The replayed history goes on in time; one act of it is said to be of an hour before."""
    history = Forged(exports.history)
    place = history.of_kind("compliance.surrender_in_bulk")[-1]
    assert not history.entries[place]["at"].endswith("T11:49:59+08:00")
    day = history.entries[place]["at"][:10]
    history.entries[place]["at"] = f"{day}T11:49:59+08:00"
    found = audit(history.write(tmp_path / "forged"), claims=False).findings
    assert {one.code for one in found} == {"AUD-112"}
    assert found.first is not None
    assert found.first.leaf is not None
    assert found.first.leaf.index == place


def test_the_command_leaves_with_1_and_names_the_first_thing_that_is_wrong(
    exports: Exports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(exports.history), "--language", "en"]) == 0
    assert capsys.readouterr().out.endswith("Everything agrees.\n")
    history = Forged(exports.history)
    _, order = history.transaction("surrender")
    order["items"][0]["amount"] += 1
    folder = history.write(tmp_path / "forged")
    assert main([str(folder), "--language", "en"]) == 1
    assert (
        "findings, the first: AUD-314 what moved is not what the items say"
        in capsys.readouterr().out
    )
    assert main([str(folder), "--json", "--limit", "1"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["found"] > len(told["findings"]) == 1
