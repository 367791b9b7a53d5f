"""Checking inclusion and consistency proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2).

A question is first examined for form, and every fault of it is named: a proof of the wrong length
or with a hash of the wrong size is no proof at all. Only a well-formed one is computed, and then it
leads to the given roots or it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeGuard

from hutan.kernel.refusals import Refusal, refuse
from hutan.transparency.domain.hashing import SIZE, Hash, node_hash
from hutan.transparency.domain.tree import consistency_ranges, inclusion_ranges
from hutan.transparency.refusals import (
    IndexBeyondSize,
    IndexNegative,
    OldBeyondNew,
    ProofTooLong,
    ProofTooShort,
    SizeNotPositive,
    SizeTooLarge,
    WrongHashLength,
)

LARGEST: Final = 2**63 - 1
"""The largest tree that is considered: what a signed 64-bit number can count."""


@dataclass(frozen=True)
class Inclusion:
    """Whether a leaf is in a tree: ``computed`` is the root that leaf and proof lead to."""

    computed: bytes
    root: bytes

    @property
    def verified(self) -> bool:
        """Tell whether the proof leads to the root that was given."""
        return self.computed == self.root


@dataclass(frozen=True)
class Consistency:
    """Whether a tree grew out of another: the two roots that the proof leads to, and the given."""

    computed_old: bytes
    computed_new: bytes
    old_root: bytes
    new_root: bytes

    @property
    def verified(self) -> bool:
        """Tell whether the proof leads to both roots that were given."""
        return (self.computed_old, self.computed_new) == (self.old_root, self.new_root)


def check_inclusion(
    hash_: Hash, *, index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes
) -> Inclusion:
    """Compute where the proof leads from ``leaf``, the hash of leaf number ``index`` of ``size``.

    Raises the refusals of :mod:`hutan.transparency.refusals` if the question is malformed.
    """
    refuse(inclusion_faults(index=index, size=size, leaf=leaf, path=path, root=root))
    computed = leaf
    for sibling, (_, end) in zip(path, inclusion_ranges(index, size), strict=True):
        left = end <= index
        computed = node_hash(hash_, *((sibling, computed) if left else (computed, sibling)))
    return Inclusion(computed, root)


def check_consistency(
    hash_: Hash, *, old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> Consistency:
    """Compute the roots of both sizes from the proof.

    Raises the refusals of :mod:`hutan.transparency.refusals` if the question is malformed.
    """
    refuse(consistency_faults(old=old, new=new, path=path, old_root=old_root, new_root=new_root))
    steps = list(zip(path, consistency_ranges(old, new), strict=True))
    # The old tree's last complete subtree: the old root itself, or the first hash of the proof.
    seed = old_root if not steps or steps[0][1].end != old else steps.pop(0)[0]
    computed_old = computed_new = seed
    for sibling, (_, end) in steps:
        if end <= old:
            computed_old = node_hash(hash_, sibling, computed_old)
            computed_new = node_hash(hash_, sibling, computed_new)
        else:
            computed_new = node_hash(hash_, computed_new, sibling)
    return Consistency(computed_old, computed_new, old_root, new_root)


def inclusion_faults(
    *,
    index: int | None,
    size: int | None,
    leaf: bytes | None,
    path: Sequence[bytes | None] | None,
    root: bytes | None,
) -> Iterator[Refusal]:
    """Yield every fault of form; what could not be read stands as ``None`` and is passed over."""
    yield from _size_faults(size=size)
    if index is not None and index < 0:
        yield IndexNegative(index=str(index))
    elif index is not None and _counts(size) and index >= size:
        yield IndexBeyondSize(index=str(index), size=str(size))
    yield from length_faults(leaf_hash=leaf, root=root)
    if index is not None and _counts(size) and 0 <= index < size:
        yield from _path_faults(path, len(inclusion_ranges(index, size)))
    else:
        yield from _path_faults(path, None)


def consistency_faults(
    *,
    old: int | None,
    new: int | None,
    path: Sequence[bytes | None] | None,
    old_root: bytes | None,
    new_root: bytes | None,
) -> Iterator[Refusal]:
    """Yield every fault of form; what could not be read stands as ``None`` and is passed over."""
    yield from _size_faults(old_size=old, new_size=new)
    if _counts(old) and _counts(new) and old > new:
        yield OldBeyondNew(old=str(old), new=str(new))
    yield from length_faults(old_root=old_root, new_root=new_root)
    if _counts(old) and _counts(new) and old <= new:
        yield from _path_faults(path, len(consistency_ranges(old, new)))
    else:
        yield from _path_faults(path, None)


def _counts(size: int | None) -> TypeGuard[int]:
    return size is not None and 0 < size <= LARGEST


def _size_faults(**sizes: int | None) -> Iterator[Refusal]:
    for field, size in sizes.items():
        if size is None or _counts(size):
            continue
        if size <= 0:
            yield SizeNotPositive(name=field, size=str(size))
        else:
            yield SizeTooLarge(name=field, size=str(size), largest=str(LARGEST))


def length_faults(**hashes: bytes | None) -> Iterator[Refusal]:
    """Yield a fault for each hash, by its name, that has not the length of one."""
    for field, given in hashes.items():
        if given is not None and len(given) != SIZE:
            yield WrongHashLength(name=field, given=len(given), wanted=SIZE)


def _path_faults(path: Sequence[bytes | None] | None, wanted: int | None) -> Iterator[Refusal]:
    if path is None:
        return
    yield from length_faults(**{f"proof[{number}]": hash_ for number, hash_ in enumerate(path)})
    if wanted is None or len(path) == wanted:
        return
    refusal = ProofTooShort if len(path) < wanted else ProofTooLong
    yield refusal(given=len(path), wanted=wanted)
