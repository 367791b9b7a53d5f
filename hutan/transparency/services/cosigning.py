"""Witnesses' signatures under our checkpoints."""

from __future__ import annotations

from django.db import connection

from hutan.transparency.domain.keys import VerifierKey
from hutan.transparency.domain.notes import read_note, verified_signers
from hutan.transparency.queries import checkpoint


def accept_cosignature(*, size: int, lines: str, witness: VerifierKey) -> None:
    """Keep a witness's signature lines under the checkpoint of ``size``; repeating changes nothing.

    ``lines`` is a witness's answer. Raises ``NoCheckpoint``, ``NoteMalformed``, ``SignatureWrong``
    or ``SignatureMissing``.
    """
    text = read_note(checkpoint(size=size).note).text
    answer = read_note(f"{text}\n{lines}")
    verified_signers(answer, [witness])
    by = next(signature for signature in answer.signatures if signature.is_by(witness))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transparency_cosignature (size, witness, line) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [size, f"{witness.name}+{witness.id.hex()}", by.line()],
        )
