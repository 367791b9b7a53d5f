"""What the platform says stands now (claims.jsonl), held against what the log gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hutan.auditor.books import Books
from hutan.auditor.files import CLAIMS, Manifest, lines
from hutan.auditor.findings import Findings, Leaf
from hutan.auditor.own import OWN, Row
from hutan.auditor.ranges import joined
from hutan.auditor.texts import Body, Misshapen, exact, moment, read_canonical, write_canonical

FORMAT = "hutan-claims/1"

KEYS: Mapping[str, tuple[str, ...]] = {
    "account": ("account",),
    "holding": ("account", "asset"),
    "numbering": ("vintage",),
    "plan": ("year", "version"),
    "part": ("year", "part"),
    "line": ("line",),
    "transaction": ("id",),
    "freeze": ("id",),
    "pledge": ("id",),
    "debt": ("id",),
    "trust": ("account", "trusted"),
    "succession": ("id",),
    "year": ("year",),
    "listing": ("unit", "year"),
    "determination": ("unit", "year"),
    "proof": ("kind", "number"),
    "uses": ("unit", "year"),
    "standing": ("unit", "year"),
    "closing": ("unit", "year"),
    "carried": ("year", "account", "asset"),
    "instalment": ("id",),
    "grant": ("unit", "year"),
    "departure": ("unit",),
}
"""By which fields each kind of claim is found."""


def compare(folder: Path, manifest: Manifest, books: Books) -> tuple[int, datetime | None]:
    """Hold every claim against the books; return how many there were, and of which moment."""
    findings = books.findings
    if CLAIMS not in manifest.files:
        findings.add("AUD-501", CLAIMS, "none")
        return 0, None
    rows = _read(folder / CLAIMS, findings)
    head = next(rows, None)
    if head is None:
        findings.add("AUD-501", CLAIMS, "no head")
        return 0, None
    if not _is_about(head, manifest, findings):
        return 0, None
    at = moment(head.content.get("at"), f"{head.place}.at")
    own = {kind: make(books, at) for kind, make in OWN.items()}
    count = 0
    for row in rows:
        count += 1
        try:
            _hold(row, own, findings)
        except Misshapen as wrong:
            findings.add("AUD-504", wrong.place, wrong.why)
        except Exception as strange:
            # Whatever a claim holds, it must not keep the others from being looked at.
            findings.add("AUD-504", row.place, f"{type(strange).__name__}: {strange}"[:200])
    for kind, left in own.items():
        for key, (values, leaf) in left.items():
            if not _is_nothing(kind, values):
                place = f"{kind} {' '.join(map(str, key))}"
                findings.add("AUD-503", place, "", _shown(values), leaf)
    return count, at


def _read(path: Path, findings: Findings) -> Iterator[Body]:
    try:
        for number, line in enumerate(lines(path), start=1):
            place = f"{CLAIMS}:{number}"
            try:
                yield Body(read_canonical(line, place), place)
            except Misshapen as wrong:
                findings.add("AUD-504", wrong.place, wrong.why)
    except Misshapen as endless:
        findings.add("AUD-504", endless.place, endless.why)


def _is_about(head: Body, manifest: Manifest, findings: Findings) -> bool:
    """See that the claims are about exactly this log at this head."""
    try:
        said = (head.text("claim"), head.text("format"), head.whole("size"), head.text("root"))
        head.moment("at")
    except Misshapen as wrong:
        findings.add("AUD-501", wrong.place, wrong.why)
        return False
    wanted = ("head", FORMAT, manifest.size, manifest.root)
    if said != wanted:
        findings.add("AUD-501", head.place, said, wanted)
    return said[:2] == wanted[:2]


def _hold(row: Body, own: dict[str, dict[Any, Row]], findings: Findings) -> None:
    kind = row.text("claim")
    if kind not in KEYS:
        raise Misshapen(f"{row.place}.claim", f"{kind[:40]!r} is unknown")
    key = tuple(_plain(row, name) for name in KEYS[kind])
    place = f"{kind} {' '.join(map(str, key))}"
    said = {
        name: _normal(name, value, row.place)
        for name, value in row.content.items()
        if name != "claim" and name not in KEYS[kind]
    }
    values, leaf = own[kind].pop(key, (None, None))
    if values is None:
        if not _is_nothing(kind, said):
            findings.add("AUD-504", place, _shown(said))
        return
    for name in sorted(said.keys() | values.keys()):
        _compare(f"{place}: {name}", said.get(name), values.get(name), findings, leaf)


def _compare(
    place: str, said: object, found: object, findings: Findings, leaf: Leaf | None
) -> None:
    if said != found or type(said) is not type(found):
        findings.add("AUD-502", place, _text(said), _text(found), leaf)


def _plain(row: Body, name: str) -> str | int:
    found = row.content.get(name)
    if isinstance(found, str) or type(found) is int:
        return found
    raise Misshapen(f"{row.place}.{name}", "it is neither a text nor a whole number")


def _normal(name: str, value: Any, place: str) -> Any:
    """Bring a value into the one form in which it is compared."""
    read = _NORMAL.get(name)
    if read is None or value is None:
        return value
    try:
        return read(value)
    except (TypeError, ValueError, ZeroDivisionError):
        raise Misshapen(f"{place}.{name}", f"{str(value)[:40]!r} is not of its form") from None


def _ranges(value: Any) -> list[tuple[int, int]]:
    return joined([(first, last) for first, last in value])


_NORMAL: Mapping[str, Callable[[Any], Any]] = {
    "tonnes": exact,
    "blocks": _ranges,
    "frozen_blocks": _ranges,
    "rules": write_canonical,
    "uses": lambda value: sorted(value, key=write_canonical),
}


def _is_nothing(kind: str, values: Mapping[str, object]) -> bool:
    """Tell whether a holding is empty: it may be claimed or not."""
    return kind == "holding" and not any(values.values())


def _shown(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {_text(value)}" for name, value in values.items())[:300]


def _text(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value[:8]))}{', ...' if len(value) > 8 else ''}]"
    if isinstance(value, tuple) and len(value) == 2:
        return f"{value[0]}-{value[1]}"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "yes", False: "no"}[value]
    return str(value)
