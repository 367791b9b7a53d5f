"""Walking the exported log: every hash, root and signature checked on the way, acts handed out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hutan.auditor.files import Manifest, lines
from hutan.auditor.findings import Findings, Leaf
from hutan.auditor.hashing import Tree
from hutan.auditor.notes import Head, Key, read_checkpoint, read_key, signers
from hutan.auditor.texts import Body, Misshapen, read_canonical, written

_KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+")
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ACT = re.compile(r'\{"act":"([^"]*)"')
_STEP = 10_000

LEEWAY = timedelta(minutes=10)
"""So much earlier than the one before it may an act be that took long to be written."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Act:
    """One leaf as it is replayed. ``cases`` yields its movements once; what is left is drained."""

    leaf: Leaf
    body: Body
    count: int
    cases: Iterator[Body]


@dataclass(frozen=True, slots=True)
class _Record:
    leaf: Leaf
    body: Body
    count: int
    root: str


class Log:
    """An export's entries with their movements, in order, held against its checkpoints."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        findings: Findings,
        *,
        against: list[Head] | None = None,
        trusted: list[Key] | None = None,
    ) -> None:
        """``against`` are checkpoints kept elsewhere, ``trusted`` keys that must sign now."""
        self._folder, self._manifest, self._findings = folder, manifest, findings
        self._trusted = trusted or []
        self._elsewhere = against or []
        self._keys: list[Key] = []
        self._signed_before: set[Key] = set()
        self._sound_to = 0
        self._reached: datetime | None = None
        self._seen: set[str] = set()
        self._movements = _Movements(folder / "movements.jsonl", findings)
        self._heads = self._read_heads()
        self.tree = Tree(manifest.hash)
        self.latest: datetime | None = None
        self.movements = 0
        self.signatures = 0

    def walk(self, progress: Progress = lambda count: None) -> Iterator[Act]:
        """Yield every act; what is wrong with hashes, roots and signatures goes to the findings."""
        for index, line in enumerate(lines(self._folder / "entries.jsonl")):
            self.tree.append(line.encode("utf-8", "surrogateescape"))
            record = self._read_entry(line, index)
            if record is None:
                self._skip_movements(line)
            else:
                yield from self._hand_out(record)
            self._reach(index + 1)
            if index % _STEP == 0:
                progress(index)
        self._end()

    @property
    def checkpoints(self) -> int:
        """Return how many checkpoints the export has."""
        return len(self._heads)

    def _hand_out(self, record: _Record) -> Iterator[Act]:
        tree = Tree(self._manifest.hash)
        cases = self._movements.of(record.leaf, tree)
        yield Act(record.leaf, record.body, record.count, cases)
        for _ in cases:
            pass
        self.movements += tree.size
        stated = (record.count, record.root)
        if stated != (tree.size, tree.root().hex() if tree.size else ""):
            self._findings.add(
                "AUD-104", "movements", stated, (tree.size, tree.root().hex()), record.leaf
            )

    def _read_entry(self, line: str, index: int) -> _Record | None:
        place = f"entries.jsonl:{index + 1}"
        try:
            entry = Body(read_canonical(line, place), place)
            act, at = entry.text("act"), entry.moment("at")
            kind, body = entry.text("kind"), Body(entry.content.get("body"), "body")
            fields = {"act", "at", "body", "format", "kind", "movements", "salt"}
            if entry.content.keys() != fields or entry.text("format") != "hutan-entry/1":
                raise Misshapen(place, "its fields are not those of an entry")
            if not _KIND.fullmatch(kind) or not _UUID.fullmatch(act):
                raise Misshapen(place, "its kind or id is not in form")
            tree = entry.content["movements"]
            count, root = (0, "") if tree is None else _summed(entry.inner("movements"))
        except Misshapen as wrong:
            self._findings.add("AUD-103", wrong.place, wrong.why, leaf=None)
            return None
        leaf = Leaf(index, act, kind, at)
        if act in self._seen:
            self._findings.add("AUD-109", act, leaf=leaf)
        self._seen.add(act)
        self._follow_time(leaf)
        self._take_keys(leaf, body)
        return _Record(leaf, body, count, root)

    def _follow_time(self, leaf: Leaf) -> None:
        """See that time goes on: what is written later did not happen long before."""
        self.latest = max(self.latest or leaf.at, leaf.at)
        before = self._reached or leaf.at
        if before - leaf.at > LEEWAY:
            self._findings.add("AUD-112", "", written(leaf.at), f"after {written(before)}", leaf)
            # Time goes on from here, else one step back would be told of every act after it.
            before = leaf.at
        self._reached = max(before, leaf.at)

    def _take_keys(self, leaf: Leaf, body: Body) -> None:
        """Follow what the log says about itself: its name, its suite, the keys that sign."""
        try:
            if leaf.kind == "log.opened":
                named = (body.text("origin"), body.text("suite"))
                if leaf.index != 0 or named != (self._manifest.origin, self._manifest.suite):
                    self._findings.add("AUD-102", "log.opened", named, leaf=leaf)
            elif leaf.index == 0:
                self._findings.add("AUD-102", "log.opened", "leaf 0 is another", leaf=leaf)
            if leaf.kind == "log.keys":
                self._keys = [read_key(text) for text in body.texts("keys")]
        except Misshapen as wrong:
            self._findings.add("AUD-202", wrong.place, wrong.why, leaf=leaf)

    def _skip_movements(self, line: str) -> None:
        """Leave out the movements of an entry that cannot be read."""
        named = _ACT.match(line)
        if named is not None:
            for _ in self._movements.of_act(named[1]):
                pass

    def _reach(self, size: int) -> None:
        """Hold the tree of this size against the checkpoints that are of it."""
        while self._heads_left and self._heads_left[-1].size <= size:
            head = self._heads_left.pop()
            place = f"checkpoint of size {head.size}"
            if head.size != size or head.root != self.tree.root():
                where = f"{place}: entries {self._sound_to} to {head.size - 1}"
                self._findings.add("AUD-105", where, head.root.hex(), self.tree.root().hex())
            else:
                self._sound_to = size
            self._check_signed(head, place)
        for kept in self._elsewhere:
            if kept.size == size and kept.root != self.tree.root():
                place = f"checkpoint of size {size} kept elsewhere"
                self._findings.add("AUD-110", place, kept.root.hex(), self.tree.root().hex())

    def _check_signed(self, head: Head, place: str) -> None:
        good, wrong = signers(head.note, self._keys)
        self.signatures += len(good)
        missing = [f"{key.name}+{key.id.hex()}" for key in self._keys if key not in good]
        for title in dict.fromkeys([*wrong, *missing]):
            self._findings.add("AUD-107", place, title)
        if not self._keys:
            self._findings.add("AUD-107", place, "no keys were announced")
        if self._signed_before and self._signed_before.isdisjoint(self._keys):
            self._findings.add("AUD-108", place)
        if good:
            self._signed_before = good

    def _end(self) -> None:
        manifest, last = self._manifest, self._heads[-1] if self._heads else None
        found = (self.tree.size, self.tree.root().hex())
        for head in reversed(self._heads_left):
            where = f"checkpoint of size {head.size}: entries {self._sound_to} to {head.size - 1}"
            self._findings.add("AUD-105", where, head.size, f"{self.tree.size} entries")
        if (manifest.size, manifest.root) != found:
            self._findings.add("AUD-105", "manifest.json", (manifest.size, manifest.root), found)
        if last is None or last.size != self.tree.size:
            said = "none" if last is None else last.size
            self._findings.add("AUD-105", "the newest checkpoint's size", said, self.tree.size)
        for kept in self._elsewhere:
            if kept.size > self.tree.size:
                place = f"checkpoint of size {kept.size} kept elsewhere"
                self._findings.add("AUD-110", place, kept.size, self.tree.size)
        self._check_newest(last)
        if left := self._movements.left():
            self._findings.add("AUD-104", "movements.jsonl", f"{left} lines belong to no entry")

    def _check_newest(self, last: Head | None) -> None:
        files = {
            "keys": [key.text for key in self._keys],
            "checkpoint": [] if last is None else self._raw_last.split("\n")[:-1],
        }
        for name, expected in files.items():
            if list(lines(self._folder / name)) != expected:
                self._findings.add("AUD-102", name, "it is not what the log itself says")
        if self._trusted and last is not None and not signers(last.note, self._trusted)[0]:
            self._findings.add("AUD-111", f"checkpoint of size {last.size}")

    def _read_heads(self) -> list[Head]:
        heads: list[Head] = []
        self._raw_last = ""
        try:
            for number, line in enumerate(lines(self._folder / "checkpoints.jsonl"), start=1):
                self._read_head(line, f"checkpoints.jsonl:{number}", heads)
        except Misshapen as endless:
            self._findings.add("AUD-106", endless.place, endless.why)
        self._heads_left = heads[::-1]
        return heads

    def _read_head(self, line: str, place: str, heads: list[Head]) -> None:
        """Read a checkpoint and put it behind those before it, if it is one that follows them."""
        try:
            content = Body(read_canonical(line, place), place)
            content.moment("at")
            head = read_checkpoint(content.text("note"), place)
        except Misshapen as wrong:
            self._findings.add("AUD-106", wrong.place, wrong.why)
            return
        if head.origin != self._manifest.origin:
            self._findings.add("AUD-106", place, head.origin, self._manifest.origin)
        if heads and head.size <= heads[-1].size:
            self._findings.add("AUD-106", place, head.size, f"more than {heads[-1].size}")
            return
        heads.append(head)
        self._raw_last = content.text("note")


class _Movements:
    """The lines of movements.jsonl, handed out act by act."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self._lines = enumerate(lines(path), start=1)
        self._findings = findings
        self._next: tuple[str, str, Body | None] | None = None
        self._advance()

    def of(self, leaf: Leaf, tree: Tree) -> Iterator[Body]:
        """Yield the bodies of an act's movements, adding each line to the act's own tree."""
        seen: set[str] = set()
        for line, body in self.of_act(leaf.act):
            number = tree.size
            tree.append(line.encode("utf-8", "surrogateescape"))
            if body is None:
                continue
            try:
                if body.whole("number") != number or body.text("format") != "hutan-movement/1":
                    raise Misshapen(body.place, "its number or format is wrong")
                case = Body(body.content.get("body"), f"movements[{number}]")
                if case.text("id") in seen:
                    raise Misshapen(case.place, "its id stands twice")
            except Misshapen as wrong:
                self._findings.add("AUD-103", wrong.place, wrong.why, leaf=leaf)
                continue
            seen.add(case.text("id"))
            yield case

    def of_act(self, act: str) -> Iterator[tuple[str, Body | None]]:
        """Yield the lines at hand that name this act, with what could be read of them."""
        while self._next is not None and self._next[0] == act:
            _, line, body = self._next
            self._advance()
            yield line, body

    def left(self) -> int:
        """Return how many lines nobody has taken."""
        return 0 if self._next is None else 1 + sum(1 for _ in self._lines)

    def _advance(self) -> None:
        self._next = None
        try:
            number, line = next(self._lines, (0, ""))
        except Misshapen as endless:
            self._findings.add("AUD-103", endless.place, endless.why)
            return
        if not number:
            return
        place = f"movements.jsonl:{number}"
        body: Body | None = None
        try:
            body = Body(read_canonical(line, place), place)
            if body.content.keys() != {"act", "body", "format", "number", "salt"}:
                raise Misshapen(place, "its fields are not those of a movement")
            act = body.text("act")
        except Misshapen as wrong:
            self._findings.add("AUD-103", wrong.place, wrong.why)
            named = _ACT.match(line)
            act, body = named[1] if named else "", None
        self._next = (act, line, body)


def _summed(tree: Body) -> tuple[int, str]:
    found: tuple[int, str] = tree.whole("count"), tree.text("root")
    if tree.content.keys() != {"count", "root"} or not found[0]:
        raise Misshapen(tree.place, "it is not a count and a root")
    return found


def read_kept(path: Path) -> Head:
    """Read a checkpoint that was kept elsewhere; raise ``Misshapen`` or ``OSError``."""
    return read_checkpoint(path.read_text(encoding="utf-8", errors="replace"), path.name)
