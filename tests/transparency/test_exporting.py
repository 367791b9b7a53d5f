"""The export: whole, byte for byte as documented, and enough to recompute everything."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from hutan.kernel.ids import new_id
from hutan.kernel.moments import SHANGHAI
from hutan.transparency import queries, refusals, services
from hutan.transparency.domain.notes import cosign, read_note, verified_signers
from tests.marks import clause
from tests.transparency import model
from tests.transparency.conftest import log_key
from tests.transparency.test_verifying import WITNESS, build

AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)


def lines(path: Path) -> list[str]:
    text = path.read_bytes().decode()
    assert text.endswith("\n")
    return text[:-1].split("\n")


@clause("M26.1")
def test_an_auditor_can_recompute_the_log_from_its_files(
    committed_db: str, tmp_path: Path, suite: str
) -> None:
    for count in (0, 1, 3, 300):
        with transaction.atomic():
            movements: list[Any] = [{"id": f"t{n}", "说明": "行 \u2028"} for n in range(count)]
            services.record(
                act=new_id(), kind="registry.note", at=AT, body={"n": count}, movements=movements
            )
        services.integrate(at=AT)
    with transaction.atomic():
        services.record(act=new_id(), kind="registry.note", at=AT, body={"n": "waits"})
    hash_ = log_key(suite=suite).usage.suite.hash
    told: list[tuple[str, int]] = []
    folder = tmp_path / "export"
    manifest = services.export(folder, progress=lambda name, count: told.append((name, count)))

    entries = [line.encode() for line in lines(folder / "entries.jsonl")]
    assert model.mth(entries, hash_).hex() == manifest["root"]
    assert len(entries) == manifest["size"] == 6
    movements_left = [line.encode() for line in lines(folder / "movements.jsonl")]
    for entry in map(json.loads, entries):
        if entry["movements"] is None:
            continue
        count = entry["movements"]["count"]
        own, movements_left = movements_left[:count], movements_left[count:]
        assert model.mth(own, hash_).hex() == entry["movements"]["root"]
        assert {json.loads(each)["act"] for each in own} == {entry["act"]}
    assert movements_left == []
    for line in lines(folder / "checkpoints.jsonl"):
        note = read_note(json.loads(line)["note"])
        size = int(note.text.split("\n")[1])
        assert verified_signers(note, [log_key(suite=suite).verifier])
        assert model.mth(entries[:size], hash_) == queries.checkpoint(size=size).root
    assert (folder / "checkpoint").read_text(encoding="utf-8") == json.loads(line)["note"]
    assert (folder / "keys").read_text() == f"{log_key(suite=suite).verifier}\n"

    assert json.loads((folder / "manifest.json").read_text()) == manifest
    assert {each["name"] for each in _files(manifest)} | {"manifest.json"} == {
        path.name for path in folder.iterdir()
    }
    for each in _files(manifest):
        raw = (folder / each["name"]).read_bytes()
        assert (len(raw), hashlib.sha256(raw).hexdigest()) == (each["bytes"], each["sha256"])
        assert raw.count(b"\n") == each["lines"]
        assert (each["name"], each["lines"]) in told


def _files(manifest: Any) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = manifest["files"]
    return files


def test_a_large_export_tells_how_far_it_is(committed_db: str, tmp_path: Path) -> None:
    with transaction.atomic():
        services.record(
            act=new_id(), kind="registry.note", at=AT, body={},
            movements=[{"id": str(n)} for n in range(2500)],
        )  # fmt: skip
    services.integrate(at=AT)
    told: list[tuple[str, int]] = []
    services.export(tmp_path / "out", progress=lambda name, count: told.append((name, count)))
    assert [count for name, count in told if name == "movements.jsonl"] == [1000, 2000, 2500]


def test_cosignatures_are_exported(committed_db: str, tmp_path: Path) -> None:
    build()
    services.export(tmp_path / "out")
    note = read_note((tmp_path / "out" / "checkpoint").read_text(encoding="utf-8"))
    assert verified_signers(note, [WITNESS.verifier]) == [WITNESS.verifier]
    assert cosign(note.text, WITNESS, 1_750_000_000) in note.signatures


def test_an_export_goes_into_an_empty_folder_only(committed_db: str, tmp_path: Path) -> None:
    with pytest.raises(refusals.NoCheckpointYet):
        services.export(tmp_path / "out")
    services.integrate(at=AT)
    services.export(tmp_path / "out")
    with pytest.raises(refusals.FolderNotEmpty):
        services.export(tmp_path / "out")
