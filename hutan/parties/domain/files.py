"""What kinds of file may be attached: told by their content, never by their name."""

from __future__ import annotations

import json

from hutan.kernel.refusals import Refusal
from hutan.parties.refusals import FileEmpty, FileTooLarge, FileTypeWrong

LARGEST = 20 * 1024 * 1024
"""Bytes that one attachment may have; a bulk file of 20,000 transactions has about five million."""

_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


def file_refusal(name: str, content: bytes) -> Refusal | None:
    """Return why a file cannot be attached, or nothing."""
    if not content:
        return FileEmpty(name=name)
    if len(content) > LARGEST:
        return FileTooLarge(name=name, size=len(content), limit=LARGEST)
    if not media_type(content):
        return FileTypeWrong(name=name)
    return None


def media_type(content: bytes) -> str:
    """Return the media type that the content shows, or nothing if it is none we accept."""
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    return "application/jsonl" if _is_json_lines(content) else ""


def _is_json_lines(content: bytes) -> bool:
    try:
        lines = content.decode("utf-8").splitlines()
        return all(isinstance(json.loads(line), dict) for line in lines if line.strip())
    except (ValueError, RecursionError):
        return False
