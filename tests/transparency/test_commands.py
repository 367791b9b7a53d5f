"""``hutan log`` as its users call it, and every example of docs/log-format.md to the letter."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from hutan.cli import log
from hutan.cli.reach import INSIDE
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.refusals import Refusal
from hutan.transparency import queries, services
from hutan.transparency.domain.keys import read_verifier_key
from hutan.transparency.domain.notes import read_note, verified_signers
from tests.transparency.conftest import ORIGIN, log_key
from tests.transparency.test_receipts import run as run_verifier

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)
ACT = UUID("0197b1c4-6b5a-7c3d-9c1a-0123456789ab")

DOCUMENT = ROOT / "docs" / "log-format.md"
EXAMPLES = [
    (command, answer)
    for block in re.findall(
        r"```console\n(.*?)```", (ROOT / "docs/log-format.md").read_text(), re.S
    )
    for command, answer in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M)
]


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which ``hutan`` and ``python`` are those of this checkout."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, call in (
        ("hutan", f"{sys.executable} -m hutan.cli.main"),
        ("python", sys.executable),
    ):
        (programs / name).write_text(f'#!/bin/sh\nexec {call} "$@"\n')
        (programs / name).chmod(0o755)
    return os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def test_the_document_has_its_examples() -> None:
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize(("command", "answer"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_document(command: str, answer: str, shell: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        env=shell, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout) == (0, "", answer)


def process(*arguments: str, shell: dict[str, str], stdin: bytes = b"") -> tuple[int, str, str]:
    """Call ``hutan log`` as a process of its own."""
    done = subprocess.run(
        ["hutan", "log", *arguments], env=shell, cwd=ROOT, input=stdin, capture_output=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def hutan(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Call ``hutan log`` in this process, which has the database open already.

    A refusal, which ``hutan`` itself tells the person, is returned as the sentence it would tell.
    """
    done = CliRunner().invoke(log.app, list(arguments), input=stdin)
    if isinstance(done.exception, Refusal):
        return 1, done.stdout, f"{done.exception.code} {done.exception.sentence()}"
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


HOSTILE = [
    b"", b"\n\n", b"nothing", b"[]", b"3", b'"text"', b"null", b"{", b"[" * 100_000,
    b"\xff\xfe", b"\x00", b'{"size": 1e400}', b'{"size": NaN}', b'{"size": ' + b"9" * 5000 + b"}",
    b'{"leaves": ["\\ud800"], "encoding": "utf-8"}', b'{"\\ud800": 1}', b'{"leaves": [[[[]]]]}',
    b'{"index": -1, "size": -1, "leaf_hash": 5, "proof": {}, "root": null}',
    b'\xef\xbb\xbf{"leaves": []}', "{\"leaves\": [\"\u2028\"]}".encode(),
]  # fmt: skip


@pytest.mark.parametrize("command", ["root", "verify-inclusion", "verify-consistency"])
def test_hostile_input_gets_an_answer_a_line(
    command: str, shell: dict[str, str], tmp_path: Path
) -> None:
    whole = b"\n".join(HOSTILE)
    code, out, err = process(command, shell=shell, stdin=whole)
    assert (code, err) == (0, "")
    answers = [json.loads(line) for line in out.splitlines()]
    assert len(answers) == len([line for line in whole.split(b"\n") if line.strip()])
    assert all("refused" in each or "root" in each for each in answers)
    path = tmp_path / "questions"
    path.write_bytes(whole)
    assert process(command, str(path), shell=shell) == (code, out, err)


def test_one_object_may_fill_a_whole_file(shell: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "question.json"
    path.write_bytes(b'\xef\xbb\xbf{\n "leaves":\n []\n}\n')
    code, out, _ = process("root", str(path), shell=shell)
    assert (code, json.loads(out)["size"]) == (0, 0)
    code, _, err = process("root", str(tmp_path / "none"), shell=shell)
    assert code == 2
    assert "Traceback" not in err


def test_decision_cores_start_without_django(shell: dict[str, str]) -> None:
    code = (
        "import sys; from hutan.cli.main import build; build(['log']);"
        "print([name for name in sys.modules if name.split('.')[0] == 'django'])"
    )
    done = subprocess.run(
        ["python", "-c", code], env=shell, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.fixture
def city(committed_db: str, shell: dict[str, str], settings: Settings) -> dict[str, str]:
    """A log with an act of three movements, and the environment to reach it."""
    with transaction.atomic():
        services.record(
            act=ACT, kind="registry.transfer", at=AT, body={"document": "一号"},
            movements=[{"id": "a"}, {"id": "b"}, {"id": "c"}],
        )  # fmt: skip
    services.integrate(at=AT)
    return shell | {
        "DATABASE_URL": committed_db,
        "DJANGO_SETTINGS_MODULE": "hutan.config.settings",
        # The child takes this database as it is, as the processes of one platform do.
        INSIDE: "1",
        "HUTAN_LOG_ORIGIN": ORIGIN,
        "HUTAN_LOG_KEY": log_key().text(),
        "HUTAN_LOG_HEADS": str(settings.LOG_HEADS),
    }


def test_from_checkpoint_to_receipt_to_verifier(city: dict[str, str], tmp_path: Path) -> None:
    code, key, _ = hutan("key")
    assert (code, key) == (0, f"{log_key().verifier}\n")
    code, note, _ = process("checkpoint", shell=city)
    assert (code, note) == hutan("checkpoint")[:2]
    assert verified_signers(read_note(note), [read_verifier_key(key)])
    code, out, err = hutan("receipt", str(ACT), "--movement", "b")
    assert (code, err) == (0, "")
    assert run_verifier(json.loads(out), "--key", key, folder=tmp_path).returncode == 0
    code, proof, _ = hutan("receipt", str(ACT), "--tlog-proof")
    assert proof == queries.receipt(act=ACT).tlog_proof()


def test_a_new_checkpoint_takes_in_what_waits(city: dict[str, str]) -> None:
    with transaction.atomic():
        services.record(act=UUID(int=1), kind="registry.note", at=AT, body={})
    assert hutan("checkpoint")[1].split("\n")[1] == "3"
    assert hutan("checkpoint", "--new")[1].split("\n")[1] == "4"


def test_a_sound_log_and_a_damaged_one(city: dict[str, str], as_owner: Any, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(hutan("checkpoint")[1], encoding="utf-8")
    code, out, _ = hutan("verify", "--against", str(kept), "--key", str(log_key().verifier))
    assert code == 0
    assert "存证完好：3 条，3 笔变动，1 个检查点" in out
    assert "The log is sound: 3 entries, 3 movements, 1 checkpoints" in out
    code, _, err = hutan("verify", "--key", str(log_key(2).verifier))
    assert code == 1
    assert "LOG-134" in err
    kept.write_text("nothing", encoding="utf-8")
    code, _, err = hutan("verify", "--against", str(kept))
    assert (code, err[:7]) == (1, "LOG-130")
    as_owner("UPDATE transparency_movement SET record = replace(record, 'b', 'd') WHERE number = 1")
    code, out, err = hutan("verify")
    assert (code, out) == (1, "")
    assert f"LOG-205 第 1 条（行为 {ACT}）的第 1 笔变动被改动：hash。" in err
    code, out, err = process("verify", shell=city | {"LC_ALL": "C.UTF-8"})
    assert (code, out) == (1, "")
    assert f"LOG-205 Movement 1 of entry 1 (act {ACT}) was changed: hash." in err


def test_an_export_and_one_into_a_full_folder(city: dict[str, str], tmp_path: Path) -> None:
    code, out, _ = hutan("export", str(tmp_path / "out"))
    assert code == 0
    assert json.loads(out) == json.loads((tmp_path / "out" / "manifest.json").read_text())
    code, out, err = hutan("export", str(tmp_path / "out"))
    assert (code, out) == (1, "")
    assert err.startswith("LOG-030")


def test_a_receipt_of_no_act_is_refused(city: dict[str, str]) -> None:
    code, out, err = hutan("receipt", str(UUID(int=9)))
    assert (code, out) == (1, "")
    assert err.startswith("LOG-010 存证中没有行为")


def test_an_empty_database_has_no_checkpoint(committed_db: str, shell: dict[str, str]) -> None:
    shell["DATABASE_URL"] = committed_db
    code, _, err = hutan("checkpoint")
    assert (code, err[:7]) == (1, "LOG-015")
    code, _, err = hutan("verify")
    assert (code, err[:7]) == (1, "LOG-015")


def test_a_witness_from_its_key_to_its_signature(city: dict[str, str], tmp_path: Path) -> None:
    key = tmp_path / "witness.key"
    code, public, _ = hutan("new-key", "witness.example", str(key), "--witness")
    assert code == 0
    assert key.stat().st_mode & 0o777 == 0o600
    assert hutan("new-key", "witness.example", str(key))[0] == 2
    assert hutan("new-key", "a+b", str(tmp_path / "x"))[0] == 2
    arguments = [
        "--key",
        str(key),
        "--log",
        str(log_key().verifier),
        "--memory",
        str(tmp_path / "m"),
    ]
    request = queries.witness_request(old=0).encode()
    code, line, err = hutan("witness", *arguments, stdin=request)
    assert (code, err) == (0, "")
    services.accept_cosignature(size=3, lines=line, witness=read_verifier_key(public))
    code, line, err = hutan("witness", *arguments, stdin=request)
    assert (code, line, err[:7]) == (1, "", "LOG-142")
    code, line, err = hutan("witness", *arguments, stdin=b"\xff")
    assert (code, err[:7]) == (1, "LOG-141")
    log_only = tmp_path / "log.key"
    hutan("new-key", ORIGIN, str(log_only))
    arguments[1] = str(log_only)
    assert hutan("witness", *arguments, stdin=request)[0] == 2


@settings(max_examples=5, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8))
def test_random_bytes_never_break_a_command(lines: list[bytes]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hutan.cli.main", "log", "root"],
        input=b"\n".join(lines), capture_output=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
