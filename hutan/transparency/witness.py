"""A witness: it co-signs a log's heads as long as each grows out of the one before.

Run by someone other than the log, with a key and a memory of its own; no database. It follows
c2sp.org/tlog-witness (the ``add-checkpoint`` call) without the HTTP around it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from hutan.kernel.moments import aware
from hutan.transparency.domain.hashing import Hash
from hutan.transparency.domain.keys import SigningKey, VerifierKey, decode_base64
from hutan.transparency.domain.notes import Head, cosign, read_head, read_note, verified_signers
from hutan.transparency.domain.proofs import check_consistency
from hutan.transparency.memory import HeadMemory
from hutan.transparency.refusals import (
    HistoryRewritten,
    OldSizeStale,
    RequestMalformed,
    UnknownLog,
)

MOST_LINES: Final = 63
"""Hashes that a consistency proof can have at most."""

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


class Witness:
    """Watches the logs whose keys it was given; a log's name is the name of its keys."""

    def __init__(self, key: SigningKey, logs: Iterable[VerifierKey], memory: HeadMemory) -> None:
        assert key.usage.timestamped, "a witness signs with a key of its own kind"
        self._key = key
        self._logs = tuple(logs)
        self._memory = memory

    def add_checkpoint(self, request: str, *, at: datetime) -> str:
        """Check a request and return the witness's signature line; the new head is then kept.

        Raises, in this order, ``RequestMalformed``, ``NoteMalformed`` or ``CheckpointMalformed``,
        ``UnknownLog``, ``SignatureWrong`` or ``SignatureMissing``, ``OldSizeStale``, the refusals
        of a malformed proof, ``HistoryRewritten``.
        """
        old, proof, raw = _read_request(request)
        note = read_note(raw)
        head = read_head(note.text)
        keys = [key for key in self._logs if key.name == head.origin]
        if not keys:
            raise UnknownLog(origin=head.origin)
        signer = verified_signers(note, keys)[0]
        if old > head.size:
            raise RequestMalformed(line=1)
        name = hashlib.sha256(head.origin.encode()).hexdigest()[:32]
        with self._memory.locked():
            kept = self._memory.last(name) or Head(head.origin, 0, b"")
            if kept.size != old:
                raise OldSizeStale(last=str(kept.size), given=str(old))
            if not _grows(signer.usage.suite.hash, kept, head, proof):
                raise HistoryRewritten(origin=head.origin, size=str(head.size), last=str(kept.size))
            self._memory.keep(name, head)
            return cosign(note.text, self._key, int(aware(at).timestamp())).line()


def _grows(hash_: Hash, kept: Head, head: Head, proof: list[bytes]) -> bool:
    if kept.size == 0:
        # Everything grows out of nothing; but nothing itself has only one root.
        return not proof and (head.size > 0 or head.root == hash_(b""))
    answer = check_consistency(
        hash_, old=kept.size, new=head.size, path=proof, old_root=kept.root, new_root=head.root
    )
    return answer.verified


def _read_request(request: str) -> tuple[int, list[bytes], str]:
    top, blank, raw = request.partition("\n\n")
    lines = top.split("\n")
    old = _OLD.fullmatch(lines[0])
    if old is None or not blank or len(lines) - 1 > MOST_LINES:
        raise RequestMalformed(line=1)
    proof = []
    for number, line in enumerate(lines[1:], start=2):
        hash_ = decode_base64(line)
        if hash_ is None:
            raise RequestMalformed(line=number)
        proof.append(hash_)
    return int(old[1]), proof, raw
