"""Questions about trees and proofs as JSON objects, and their answers: the log's decision cores.

A question is read field by field and every fault is kept, those of form beside those of writing, so
that one answer names them all. See docs/log-format.md for each question with an example.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal, refuse
from hutan.transparency.domain.hashing import ALGORITHMS, Hash, leaf_hash
from hutan.transparency.domain.keys import decode_base64
from hutan.transparency.domain.proofs import (
    check_consistency,
    check_inclusion,
    consistency_faults,
    inclusion_faults,
    length_faults,
)
from hutan.transparency.domain.tree import root_of
from hutan.transparency.refusals import (
    FieldMissing,
    FieldsExclusive,
    FieldUnknown,
    FieldWrong,
    NotEncoded,
)

T = TypeVar("T")

ENCODINGS: Final = ("hex", "base64", "utf-8")


def answer_root(question: Mapping[str, Any]) -> Json:
    """Answer the root over ``leaves`` (data) or ``leaf_hashes``, in order."""
    fields = _Fields(question)
    name, hash_ = fields.algorithm()
    data, hashes = fields.either("leaves", "leaf_hashes", many=True)
    for number, given in enumerate(hashes or ()):
        fields.faults += length_faults(**{f"leaf_hashes[{number}]": given})
    refuse(fields.all_faults())
    leaves = [leaf_hash(hash_, _sure(leaf)) for leaf in data or ()] or [*map(_sure, hashes or ())]
    return {"algorithm": name, "size": len(leaves), "root": root_of(hash_, leaves).hex()}


def answer_inclusion(question: Mapping[str, Any]) -> Json:
    """Answer whether a leaf (``leaf`` or ``leaf_hash``) is in a tree."""
    fields = _Fields(question)
    name, hash_ = fields.algorithm()
    index, size = fields.integer("index"), fields.integer("size")
    data, hashes = fields.either("leaf", "leaf_hash", many=False)
    [leaf] = hashes or [leaf_hash(hash_, each) if each is not None else None for each in data]
    path, root = fields.hashes("proof"), fields.hash("root")
    fields.faults += inclusion_faults(index=index, size=size, leaf=leaf, path=path, root=root)
    refuse(fields.all_faults())
    found = check_inclusion(
        hash_,
        index=_sure(index),
        size=_sure(size),
        leaf=_sure(leaf),
        path=[*map(_sure, _sure(path))],
        root=_sure(root),
    )
    return {
        "algorithm": name,
        "verified": found.verified,
        "computed_root": found.computed.hex(),
        "root": found.root.hex(),
    }


def answer_consistency(question: Mapping[str, Any]) -> Json:
    """Answer whether a tree of ``new_size`` leaves grew out of one of ``old_size``."""
    fields = _Fields(question)
    name, hash_ = fields.algorithm()
    old, new = fields.integer("old_size"), fields.integer("new_size")
    old_root, new_root = fields.hash("old_root"), fields.hash("new_root")
    path = fields.hashes("proof")
    fields.faults += consistency_faults(
        old=old, new=new, path=path, old_root=old_root, new_root=new_root
    )
    refuse(fields.all_faults())
    found = check_consistency(
        hash_,
        old=_sure(old),
        new=_sure(new),
        path=[*map(_sure, _sure(path))],
        old_root=_sure(old_root),
        new_root=_sure(new_root),
    )
    return {
        "algorithm": name,
        "verified": found.verified,
        "computed_old_root": found.computed_old.hex(),
        "computed_new_root": found.computed_new.hex(),
        "old_root": found.old_root.hex(),
        "new_root": found.new_root.hex(),
    }


class _Fields:
    """Reads a question's fields; what cannot be read becomes ``None`` and a fault."""

    def __init__(self, question: Mapping[str, Any]) -> None:
        self._question = question
        self._known: set[str] = set()
        self.faults: list[Refusal] = []

    def all_faults(self) -> list[Refusal]:
        """Return every fault, those of fields that mean nothing last."""
        unknown = [name for name in self._question if name not in self._known]
        return self.faults + [FieldUnknown(name=_shown(name)) for name in unknown]

    def algorithm(self) -> tuple[str, Hash]:
        """Read the hash function: SHA-256 unless said otherwise."""
        name = self._choice("algorithm", tuple(ALGORITHMS))
        return name, {str(known): hash_ for known, hash_ in ALGORITHMS.items()}[name]

    def integer(self, name: str) -> int | None:
        """Read a required whole number."""
        return self._required(name, self._integer)

    def hash(self, name: str) -> bytes | None:
        """Read a required hash."""
        return self._required(name, self._hash)

    def hashes(self, name: str) -> list[bytes | None] | None:
        """Read a required list of hashes."""
        return self._required(name, self._many(self._hash))

    def either(
        self, data: str, hashes: str, *, many: bool
    ) -> tuple[list[bytes | None], list[bytes | None]]:
        """Read data or hashes, of which exactly one field must be given, as lists."""
        encoding = self._choice("encoding", ENCODINGS)
        self._known |= {data, hashes}
        if (data in self._question) == (hashes in self._question):
            self.faults.append(FieldsExclusive(one=data, other=hashes))
            return [None], []
        name, read = (
            (data, self._data(encoding)) if data in self._question else (hashes, self._hash)
        )
        values = self._required(name, self._many(read)) if many else [self._required(name, read)]
        return (values or [], []) if name == data else ([], values or [])

    def _choice(self, name: str, choices: tuple[str, ...]) -> str:
        self._known.add(name)
        given = self._question.get(name, choices[0])
        if given in choices:
            return str(given)
        shown = _shown(given) if isinstance(given, str) else _type(given)
        self.faults.append(FieldWrong(name=name, wanted=" | ".join(choices), given=shown))
        return choices[0]

    def _required(self, name: str, read: Callable[[str, Any], T | None]) -> T | None:
        self._known.add(name)
        if name in self._question:
            return read(name, self._question[name])
        self.faults.append(FieldMissing(name=name))
        return None

    def _many(
        self, read: Callable[[str, Any], bytes | None]
    ) -> Callable[[str, Any], list[bytes | None] | None]:
        def read_list(name: str, value: Any) -> list[bytes | None] | None:
            if not isinstance(value, list):
                self._wrong(name, "array", value)
                return None
            return [read(f"{name}[{number}]", each) for number, each in enumerate(value)]

        return read_list

    def _integer(self, name: str, value: Any) -> int | None:
        if type(value) is int:
            return value
        self._wrong(name, "integer", value)
        return None

    def _hash(self, name: str, value: Any) -> bytes | None:
        if not isinstance(value, str):
            self._wrong(name, "string", value)
            return None
        raw = _from_hex(value)
        return raw if raw is not None else self._decoded(name, "hex | base64", value, decode_base64)

    def _data(self, encoding: str) -> Callable[[str, Any], bytes | None]:
        decode = {"hex": _from_hex, "base64": decode_base64, "utf-8": _from_text}[encoding]

        def read(name: str, value: Any) -> bytes | None:
            if not isinstance(value, str):
                self._wrong(name, "string", value)
                return None
            return self._decoded(name, encoding, value, decode)

        return read

    def _decoded(
        self, name: str, encoding: str, value: str, decode: Callable[[str], bytes | None]
    ) -> bytes | None:
        raw = decode(value)
        if raw is None:
            self.faults.append(NotEncoded(name=name, encoding=encoding, given=_shown(value)))
        return raw

    def _wrong(self, name: str, wanted: str, value: Any) -> None:
        self.faults.append(FieldWrong(name=name, wanted=wanted, given=_type(value)))


def _sure(value: T | None) -> T:
    assert value is not None, "a question without faults has every field"
    return value


def _from_hex(text: str) -> bytes | None:
    return bytes.fromhex(text) if re.fullmatch("([0-9a-fA-F]{2})*", text) else None


def _from_text(text: str) -> bytes | None:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _shown(text: str) -> str:
    """Return so much of a foreign text as can safely stand in a sentence."""
    return ascii(text[:40])


def _type(value: Any) -> str:
    names = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
    return "null" if value is None else names.get(type(value), "number")
