"""Attachments: told by content, kept once, sealed."""

from __future__ import annotations

import hashlib
from uuid import uuid4

import pytest

from hutan.parties.domain.files import LARGEST, file_refusal, media_type
from hutan.parties.models import Attachment
from hutan.parties.queries import attachment, attachment_names
from hutan.parties.refusals import FileEmpty, FileTooLarge, FileTypeWrong, FileUnknown
from hutan.parties.services import attach, register_person
from tests.parties.people import NOW, login


def test_the_content_tells_the_kind() -> None:
    assert media_type(b"%PDF-1.7 ...") == "application/pdf"
    assert media_type(b'{"a": 1}\n\n{"b": 2}') == "application/jsonl"
    assert media_type(b"[1, 2]") == ""
    assert media_type(b"MZ\x90\x00") == ""
    assert media_type(b"[" * 100_000) == ""


def test_what_cannot_be_attached_is_refused() -> None:
    assert isinstance(file_refusal("a.pdf", b""), FileEmpty)
    assert isinstance(file_refusal("a.pdf", b"%PDF-" + bytes(LARGEST)), FileTooLarge)
    assert isinstance(file_refusal("a.pdf", b"MZ virus"), FileTypeWrong)
    assert file_refusal("a.pdf", b"%PDF-1.7") is None


@pytest.mark.django_db
def test_a_file_is_kept_once_and_sealed() -> None:
    by = login(register_person(id=uuid4(), name="某人", identity_number="1", at=NOW)).user
    content = b'{"secret": "value"}'
    sha256 = attach(name="a.json", content=content, by=by, at=NOW)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert attach(name="b.json", content=content, by=by, at=NOW) == sha256
    assert attachment(sha256) == content
    assert attachment_names([sha256, "0" * 64]) == {sha256: "a.json"}
    assert b"secret" not in bytes(Attachment.objects.get().sealed)
    with pytest.raises(FileUnknown):
        attachment("0" * 64)
    with pytest.raises(FileTypeWrong):
        attach(name="a.json", content=b"MZ", by=by, at=NOW)
