"""Receipts, checked offline by the one-file verifier, and every way to spoil one."""

from __future__ import annotations

import base64
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from hutan.kernel.ids import new_id
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.refusals import Refusal, Refusals
from hutan.transparency import queries, refusals, services
from hutan.transparency.domain import sm2
from hutan.transparency.domain.hashing import sm3
from hutan.transparency.domain.keys import SUITES, SigningKey, read_verifier_key, usage_of
from hutan.transparency.domain.notes import Head, Note, cosign, read_note, sign_note
from hutan.transparency.domain.receipts import check_receipt
from hutan.transparency.domain.records import write_movements
from tests.marks import clause
from tests.transparency import model
from tests.transparency.conftest import ORIGIN, log_key
from tests.transparency.sample import sample
from tests.transparency.test_hashing import SM3_VECTORS

TOOL = Path(__file__).resolve().parents[2] / "tools" / "verify_receipt.py"
GOLDEN = TOOL.parents[1] / "tests" / "golden" / "transparency"
AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)
ACT = UUID("0197b1c4-6b5a-7c3d-9c1a-0123456789ab")
TRANSFERS: list[Any] = [{"id": f"t{n}", "asset": "allowance:2024", "amount": n} for n in range(300)]


def run(receipt: Any, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier as its user does: alone, without this environment's packages."""
    path = folder / "receipt.json"
    if isinstance(receipt, bytes):
        path.write_bytes(receipt)
    else:
        path.write_text(json.dumps(receipt, ensure_ascii=False, indent=2), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", "-S", TOOL, path, *arguments],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("verify_receipt", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The verifier as a module, to ask it more often than processes can be started.
tool = _load()


@clause("M47", "M26.1")
@pytest.mark.usefixtures("db")
def test_a_receipt_proves_an_act_and_a_movement_offline(suite: str, tmp_path: Path) -> None:
    with transaction.atomic():
        services.record(
            act=ACT, kind="registry.transfer", at=AT, body={"document": "一号"}, movements=TRANSFERS
        )
    services.integrate(at=AT)
    verifier = log_key(suite=suite).verifier
    key = str(verifier)

    whole = run(queries.receipt(act=ACT).to_record(), "--key", key, folder=tmp_path)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert (
        f"检查点（{ORIGIN}，共 3 条）由密钥 {verifier.name}+{verifier.id.hex()} 签名。"
        in whole.stdout
    )
    assert f"Act {ACT} (registry.transfer, 2025-06-16T09:00:00+08:00) is entry 1" in whole.stdout

    one = run(queries.receipt(act=ACT, movement="t255").to_record(), "--key", key, folder=tmp_path)
    assert one.returncode == 0
    assert "变动 t255 是该行为 300 笔变动中的第 255 笔（从 0 计）。" in one.stdout
    assert "Movement t255 is number 255, from 0, of the act's 300." in one.stdout


@pytest.mark.usefixtures("db")
def test_each_movement_of_an_act_has_its_receipt() -> None:
    with transaction.atomic():
        services.record(act=ACT, kind="registry.issue", at=AT, body={}, movements=TRANSFERS)
    services.integrate(at=AT)
    key = tool.Key(str(log_key().verifier))
    for number in (0, 1, 127, 255, 256, 298, 299):
        receipt = queries.receipt(act=ACT, movement=f"t{number}")
        assert receipt.movement is not None
        assert receipt.movement.index == number
        assert len(tool.check(receipt.to_record(), [key], [])) == 3


@pytest.mark.usefixtures("db")
def test_a_receipt_can_lead_to_an_older_head() -> None:
    with transaction.atomic():
        services.record(act=ACT, kind="registry.note", at=AT, body={})
    first = services.integrate(at=AT)
    with transaction.atomic():
        services.record(act=new_id(), kind="registry.note", at=AT, body={})
    services.integrate(at=AT)
    old = queries.receipt(act=ACT, size=first.size)
    assert old.checkpoint == first
    assert queries.receipt(act=ACT).checkpoint.size == first.size + 1
    key = tool.Key(str(log_key().verifier))
    assert tool.check(old.to_record(), [key], [])


@pytest.mark.usefixtures("db")
def test_receipts_that_cannot_be_given() -> None:
    with pytest.raises(refusals.ActNotInLog):
        queries.receipt(act=ACT)
    with transaction.atomic():
        services.record(act=ACT, kind="registry.note", at=AT, body={}, movements=TRANSFERS[:1])
        services.record(act=new_id(), kind="registry.note", at=AT, body={})
    with pytest.raises(refusals.NotYetInTree):
        queries.receipt(act=ACT)
    services.integrate(at=AT)
    with pytest.raises(refusals.MovementNotInAct):
        queries.receipt(act=ACT, movement="t1")
    with pytest.raises(refusals.NoCheckpoint):
        queries.receipt(act=ACT, size=2)
    later = new_id()
    with transaction.atomic():
        services.record(act=later, kind="registry.note", at=AT, body={})
    services.integrate(at=AT)
    with pytest.raises(refusals.NotYetInTree):
        queries.receipt(act=later, size=4)
    with pytest.raises(refusals.MovementNotInAct):
        queries.receipt(act=later, movement="t0")


@pytest.mark.usefixtures("db")
def test_a_receipt_in_the_form_of_tlog_proof() -> None:
    with transaction.atomic():
        services.record(act=ACT, kind="registry.note", at=AT, body={})
    services.integrate(at=AT)
    receipt = queries.receipt(act=ACT)
    first, extra, index, *path, checkpoint = _parts(receipt.tlog_proof())
    assert first == "c2sp.org/tlog-proof@v1"
    assert base64.b64decode(extra.removeprefix("extra ")).decode() == receipt.entry.record
    assert index == f"index {receipt.entry.index}"
    assert [base64.b64decode(hash_) for hash_ in path] == list(receipt.entry.path)
    assert checkpoint == receipt.checkpoint.note


def _parts(text: str) -> list[str]:
    top, _, checkpoint = text.partition("\n\n")
    return [*top.split("\n"), checkpoint]


def example(suite: str = "sha256-ed25519") -> dict[str, Any]:
    """Return a sound receipt, made from the sample log by the RFC's own definitions."""
    log = sample(SUITES[suite])
    act = log.leaves[3].content
    assert act is not None
    records = [leaf.content.record.encode() for leaf in log.leaves if leaf.content]
    movements = [row.record.encode() for row in log.movements if row.entry == 103]
    hash_ = log.suite.hash
    return {
        "format": "hutan-receipt/1",
        "entry": _placed(records, 3, hash_),
        "movement": _placed(movements, 41, hash_),
        "checkpoint": log.checkpoints[-1].note,
    }


def _placed(records: list[bytes], index: int, hash_: Any) -> dict[str, Any]:
    path = [each.hex() for each in model.path(index, records, hash_)]
    return {"index": index, "path": path, "record": records[index].decode()}


SAMPLE_KEYS = {
    name: str(SigningKey("log.example/sample", usage_of(each), b"\x01" * 32).verifier)
    for name, each in SUITES.items()
}
KEY = SAMPLE_KEYS["sha256-ed25519"]


@pytest.mark.parametrize("name", SUITES)
def test_the_verifier_agrees_with_the_definitions(name: str) -> None:
    said = tool.check(example(name), [tool.Key(SAMPLE_KEYS[name])], [])
    assert len(said) == 3
    key = read_verifier_key(SAMPLE_KEYS[name])
    proved = check_receipt(example(name), [key])
    assert (proved.head.size, proved.signer, proved.index) == (600, key, 3)
    assert proved.entry.kind == "registry.issue"
    assert proved.movement is not None
    assert proved.movement.body == {"id": "m41", "amount": 41}
    assert check_receipt(example(name) | {"movement": None}, [key]).movement is None


@pytest.mark.parametrize("name", SUITES)
def test_receipts_of_earlier_versions_stay_good(name: str) -> None:
    raw = (GOLDEN / f"receipt-{name}.json").read_text(encoding="utf-8")
    assert tool.check(json.loads(raw), [tool.Key(SAMPLE_KEYS[name])], [])
    assert check_receipt(json.loads(raw), [read_verifier_key(SAMPLE_KEYS[name])]).movement
    kept, made = json.loads(raw), example(name)
    assert (kept["entry"], kept["movement"]) == (made["entry"], made["movement"])


@pytest.mark.parametrize(
    "change",
    [
        lambda receipt: receipt["movement"].update(path=["0" * 63]),
        lambda receipt: receipt["movement"].update(path=[7]),
        lambda receipt: receipt["movement"].update(index=True),
        lambda receipt: receipt["movement"].update(record="{}"),
        lambda receipt: receipt.update(entry=_placed_note()),
        lambda receipt: receipt["entry"].update(record="{}"),
        lambda receipt: receipt.update(entry=[]),
    ],
)
def test_what_the_page_refuses(change: Callable[[dict[str, Any]], None]) -> None:
    receipt = example()
    change(receipt)
    with pytest.raises((refusals.ReceiptMalformed, refusals.ReceiptProvesNothing)):
        check_receipt(receipt, [read_verifier_key(KEY)])


def _placed_note() -> dict[str, Any]:
    """An entry of the sample that moves nothing."""
    log = sample()
    records = [leaf.content.record.encode() for leaf in log.leaves if leaf.content]
    return _placed(records, 9, log.suite.hash)


@pytest.mark.usefixtures("db")
def test_the_page_checks_receipts_under_keys_of_its_past(settings: Settings) -> None:
    with transaction.atomic():
        services.record(act=ACT, kind="registry.note", at=AT, body={}, movements=TRANSFERS[:3])
    services.integrate(at=AT)
    receipt = queries.receipt(act=ACT, movement="t2").to_record()
    for keys in ([log_key(1), log_key(2)], [log_key(2)]):
        settings.LOG_KEY = " ".join(key.text() for key in keys)
        services.integrate(at=AT)
    assert queries.announced_keys() == (log_key(1).verifier, log_key(2).verifier)
    proved = queries.check_receipt(receipt)
    assert (proved.entry.act, proved.signer) == (ACT, log_key(1).verifier)
    with pytest.raises(refusals.SignatureMissing):
        queries.check_receipt(example())


def _set(*spot: Any) -> Callable[[dict[str, Any]], None]:
    *steps, value = spot

    def change(receipt: dict[str, Any]) -> None:
        inner: Any = receipt
        for step in steps[:-1]:
            inner = inner[step]
        inner[steps[-1]] = value(inner[steps[-1]]) if callable(value) else value

    return change


def _with_another_movement(receipt: dict[str, Any]) -> None:
    [(_, text)] = write_movements(UUID(int=2), [{"id": "m41", "amount": 41}], bytes(16))
    receipt["movement"]["record"] = text


SPOILT: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "the record changed": (
        _set("entry", "record", lambda text: text.replace('"n":3', '"n":4')),
        "record, place or proof of entry was changed",
    ),
    "the index changed": (_set("entry", "index", 2), "entry was changed"),
    "the index beyond": (_set("entry", "index", 600), "index 600 of entry is not within its tree"),
    "the index negative": (_set("entry", "index", -1), "index -1 of entry is not within"),
    "the index no number": (_set("entry", "index", "3"), "a field of entry is of the wrong type"),
    "the path short": (_set("entry", "path", lambda path: path[:-1]), "proof of entry lacks"),
    "the path long": (
        _set("entry", "path", lambda path: [*path, "00" * 32]),
        "the proof of entry has superfluous hashes",
    ),
    "the path changed": (_set("entry", "path", 0, "00" * 32), "entry was changed"),
    "the path no hash": (_set("entry", "path", 0, "00"), "entry.path[0] is not a hash"),
    "the path in capitals": (_set("entry", "path", 0, str.upper), "entry.path[0] is not a hash"),
    "the record with a space": (
        _set("entry", "record", lambda text: text.replace(":", ": ", 1)),
        "the record is not in canonical form",
    ),
    "the record with a doubled key": (
        _set("entry", "record", lambda text: text.replace("{", '{"act":"x",', 1)),
        "is not readable JSON",
    ),
    "the record with a fraction": (
        _set("entry", "record", lambda text: text.replace('"n":3', '"n":3.0')),
        "is not readable JSON",
    ),
    "the record of another format": (
        _set("entry", "record", '{"format":"x"}'),
        "the record's format is not hutan-entry/1",
    ),
    "the record with a field too few": (
        _set("entry", "record", '{"format":"hutan-entry/1"}'),
        "the record's fields are wrong",
    ),
    "half a surrogate": (_set("entry", "record", '"\ud800"'), "is not readable JSON"),
    "the movement changed": (
        _set("movement", "record", lambda text: text.replace('"amount":41', '"amount":14')),
        "record, place or proof of movement was changed",
    ),
    "the movement's place": (_set("movement", "index", 40), "number is not its place"),
    "the movement's path": (_set("movement", "path", []), "the proof of movement lacks hashes"),
    "the movement of another act": (_with_another_movement, "belongs to another act"),
    "the movement with a field too many": (
        _set("movement", lambda movement: movement | {"more": 1}),
        "the fields of movement are wrong",
    ),
    "the checkpoint changed": (
        _set("checkpoint", lambda note: note.replace("\n600\n", "\n601\n")),
        "the signature by log.example/sample+",
    ),
    "the checkpoint's signature changed": (
        _set("checkpoint", lambda note: note[:-10] + "AAAAAAAA=\n"),
        "the signature by log.example/sample+",
    ),
    "the checkpoint not signed": (
        _set("checkpoint", lambda note: note[: note.index("—")]),
        "the checkpoint is not a signed note",
    ),
    "the checkpoint no text": (_set("checkpoint", None), "the checkpoint is not a signed note"),
    "the format": (_set("format", "hutan-receipt/2"), "format is not hutan-receipt/1"),
    "a field too many": (lambda receipt: receipt.update(more=1), "the file is no receipt"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_receipt_proves_nothing(name: str, tmp_path: Path) -> None:
    """Neither to the one-file verifier nor to the platform's own page."""
    spoil, reason = SPOILT[name]
    receipt = example()
    spoil(receipt)
    raw = json.dumps(receipt).encode()
    answer = run(raw, "--key", KEY, folder=tmp_path)
    assert answer.returncode == 1
    assert answer.stdout == ""
    zh, en = answer.stderr.splitlines()
    assert zh.startswith("未能证明：")
    assert en.startswith("Not proved: ")
    assert reason in en
    with pytest.raises((Refusal, Refusals)):
        check_receipt(receipt, [read_verifier_key(KEY)])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is not readable JSON"),
        (b"[" * 100_000, "is not readable JSON"),
        (b"[]", "the file is no receipt"),
        (b'{"a":1,"a":1}', "is not readable JSON"),
        (b'{"a":1.5}', "is not readable JSON"),
    ],
)
def test_a_file_that_is_no_receipt(raw: bytes, reason: str, tmp_path: Path) -> None:
    answer = run(raw, "--key", KEY, folder=tmp_path)
    assert answer.returncode == 1
    assert reason in answer.stderr


def test_calls_that_cannot_be_answered(tmp_path: Path) -> None:
    assert run(example(), folder=tmp_path).returncode == 2
    assert run(b"\xff", "--key", KEY, folder=tmp_path).returncode == 2
    assert run(example(), "--key-file", str(tmp_path / "none"), folder=tmp_path).returncode == 2


def test_keys_from_a_file_and_of_others(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{SAMPLE_KEYS['sm3-sm2']}\n\n{KEY}\n", encoding="utf-8")
    assert run(example(), "--key-file", str(keys), folder=tmp_path).returncode == 0
    other = str(log_key().verifier)
    answer = run(example(), "--key", other, folder=tmp_path)
    assert answer.returncode == 1
    assert "no signature by a trusted key (log.example/test+" in answer.stderr
    for broken in ("x", KEY[:-1] + "A", KEY.replace("sample", "simple"), "a+00000000+AAAA"):
        assert run(example(), "--key", broken, folder=tmp_path).returncode == 1


def test_a_checkpoint_of_another_log_under_the_same_key() -> None:
    receipt = example()
    size, root = 600, sample().checkpoints[-1].root
    key = SigningKey("log.example/sample", log_key().usage, b"\x01" * 32)
    receipt["checkpoint"] = str(sign_note(Head("log.example/other", size, root).text(), [key]))
    with pytest.raises(tool.NotProved, match="another log"):
        tool.check(receipt, [tool.Key(KEY)], [])
    with pytest.raises(refusals.ReceiptOfOtherLog):
        check_receipt(receipt, [read_verifier_key(KEY)])


@pytest.mark.parametrize("name", SUITES)
def test_a_witness_must_have_cosigned_where_asked(name: str) -> None:
    receipt = example(name)
    witness = SigningKey("witness.example", usage_of(SUITES[name], timestamped=True), b"\x05" * 32)
    keys, witnesses = [tool.Key(SAMPLE_KEYS[name])], [tool.Key(str(witness.verifier))]
    with pytest.raises(tool.NotProved, match=r"witness\.example"):
        tool.check(receipt, keys, witnesses)
    note = read_note(receipt["checkpoint"])
    line = cosign(note.text, witness, 1_750_000_000)
    receipt["checkpoint"] = str(Note(note.text, (*note.signatures, line)))
    assert len(tool.check(receipt, keys, witnesses)) == 4
    of_other_text = cosign(note.text + "x", witness, 1)
    receipt["checkpoint"] = str(Note(note.text, (*note.signatures, of_other_text)))
    with pytest.raises(tool.NotProved, match="signature by witness"):
        tool.check(receipt, keys, witnesses)


@pytest.mark.parametrize(("data", "wanted"), SM3_VECTORS)
def test_the_verifiers_own_sm3_is_that_of_the_standard(data: bytes, wanted: str) -> None:
    assert tool.sm3_here(data).hex() == wanted


@examples(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_both_sm3_agree(data: bytes) -> None:
    assert tool.sm3_here(data) == tool.sm3(data) == sm3(data)


# RFC 8032, section 7.1, tests 1 to 3: secret, message.
ED25519 = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
]
SIGNATURES = [
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
    "d25bf5f0595bbe24655141438e7a100b",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
    "387b2eaeb4302aeeb00d291612bb0c00",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
    "4a7c15e9716ed28dc027beceea1ec40a",
]


@pytest.mark.parametrize(("pair", "signature"), list(zip(ED25519, SIGNATURES, strict=True)))
def test_the_verifiers_own_ed25519_is_that_of_rfc_8032(
    pair: tuple[str, str], signature: str
) -> None:
    seed, message, signed = (bytes.fromhex(each) for each in (*pair, signature))
    public = SigningKey("log", log_key().usage, seed).verifier.public
    assert tool.ed25519_verify(public, message, signed)
    assert not tool.ed25519_verify(public, message + b"!", signed)
    assert not tool.ed25519_verify(public, message, signed[:63])
    high = int.from_bytes(signed[32:], "little") + tool.ED_L
    assert not tool.ed25519_verify(public, message, signed[:32] + high.to_bytes(32, "little"))
    for point in (b"\xff" * 32, b"\x02" + bytes(31), b"\x01" + bytes(30) + b"\x80"):
        assert not tool.ed25519_verify(public, message, point + signed[32:])
        assert not tool.ed25519_verify(point, message, signed)


def test_the_verifiers_own_sm2_agrees_on_forgeries() -> None:
    private = b"\x07" * 32
    public = sm2.public_key(private)
    signature = sm2.sign(private, b"text")
    for verify in (tool.sm2_verify, sm2.verify):
        assert verify(public, b"text", signature)
        assert not verify(public, b"texts", signature)
        assert not verify(public, b"text", signature[:-1])
        assert not verify(public[:-1] + b"\x00", b"text", signature)
        assert not verify(b"\x02" + public[1:], b"text", signature)
        assert not verify(public, b"text", bytes(64))
        d = int.from_bytes(private, "big")
        r = -(1 + d) * pow(d, -1, sm2.N) % sm2.N
        infinite = r.to_bytes(32, "big") + (1).to_bytes(32, "big")
        assert not verify(public, b"text", infinite)
        opposite = (sm2.N - 1).to_bytes(32, "big") + (1).to_bytes(32, "big")
        assert not verify(public, b"text", opposite)


def _spots(value: Any, spot: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in _spots(inner, (*spot, key))]
    if isinstance(value, list):
        return [each for key, inner in enumerate(value) for each in _spots(inner, (*spot, key))]
    return [spot]


@examples(max_examples=200, deadline=None)
@given(st.data())
def test_no_changed_character_goes_unseen(data: st.DataObject) -> None:
    receipt = deepcopy(_EXAMPLE)
    *steps, last = data.draw(st.sampled_from(_spots(receipt)))
    inner: Any = receipt
    for step in steps:
        inner = inner[step]
    if isinstance(inner[last], int):
        inner[last] += data.draw(st.integers(1, 5))
    else:
        at = data.draw(st.integers(0, len(inner[last]) - 1))
        new = data.draw(st.sampled_from("0aA{é\n").filter(lambda c: c != inner[last][at]))
        inner[last] = inner[last][:at] + new + inner[last][at + 1 :]
    with pytest.raises(tool.NotProved):
        tool.check(receipt, [tool.Key(KEY)], [])


_EXAMPLE = example()
