"""Rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(
    path for folder in ("hutan", "launch") for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)  # fmt: skip
LONGEST_FILE = 500

# Where a float may not be: everything that decides about law, units or money.
EXACT = ("kernel", "rules", "ledger", "registry", "compliance", "parties", "transparency")
# Who may read the clock: the clock itself, and what stands above the contexts or beside them.
CLOCK_READERS = ("web", "cli", "config", "integrations", "runtime", "clock")
CLOCK = re.compile(
    r"\b(?:timezone\.now|datetime\.now|datetime\.utcnow|date\.today|datetime\.today|time\.time)\("
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def context_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "hutan" and len(parts) > 2 else ""


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def test_there_is_code() -> None:
    assert len(CODE) > 50
    assert {context_of(path) for path in CODE} >= {"kernel", "runtime", "clock", "cli", "config"}


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_one_idea_a_file(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= LONGEST_FILE


def floats_in(source: str) -> Iterator[int]:
    """Yield the lines with a float that do not say, in a comment with that word, why it may be."""
    excused = re.compile(r"#.*\bfloat\b")
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        calls_float = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "float"
        )
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        line = getattr(node, "lineno", 1)
        if (calls_float or literal) and not excused.search(lines[line - 1]):
            yield line


@pytest.mark.parametrize("path", [path for path in CODE if context_of(path) in EXACT], ids=name_of)
def test_no_float_near_law_or_money(path: Path) -> None:
    assert list(floats_in(path.read_text("utf-8"))) == []


def test_floats_would_be_found() -> None:
    source = "a = 1\nb = 0.05\nc = float('1')\nd: float\ne = 0.5  # a float of likeness, not of law"
    assert list(floats_in(source)) == [2, 3]


@pytest.mark.parametrize(
    "path",
    [path for path in CODE if context_of(path) and context_of(path) not in CLOCK_READERS],
    ids=name_of,
)
def test_contexts_are_told_the_time(path: Path) -> None:
    # The kernel makes ids that begin with the time; nothing is decided by them.
    if name_of(path) != "hutan/kernel/ids.py":
        assert CLOCK.findall(path.read_text("utf-8")) == []


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Yield the public functions and classes without a docstring, and the module if it has none.

    What a framework or another class prescribes (dunders, ``Meta``, overridden methods of a
    subclass) is documented where it is prescribed.
    """
    if tree.body and not ast.get_docstring(tree):
        yield "the module"
    for node in _public(tree.body):
        if not ast.get_docstring(node) and not _prescribed(node):
            yield node.name
        if isinstance(node, ast.ClassDef) and not node.bases:
            yield from (
                f"{node.name}.{inner.name}"
                for inner in _public(node.body)
                if isinstance(inner, ast.FunctionDef) and not ast.get_docstring(inner)
            )


def _public(nodes: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def _prescribed(node: ast.AST) -> bool:
    bases = {ast.unparse(base) for base in getattr(node, "bases", ())}
    return bool(bases & {"AppConfig"})


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_what_is_public_is_documented(path: Path) -> None:
    # Django asks for apps.py by name, and an empty __init__.py says nothing to document.
    if path.name != "apps.py":
        assert list(undocumented(tree_of(path))) == []


BANNED = re.compile(r"(?:Manager|Helper|Util|Utils|Handler|Info|Data)$")


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_names_say_what_a_thing_is(path: Path) -> None:
    named = [
        node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]
    for node in named:
        # Django's own word for what finds rows, where its base class is used.
        prescribed = "Manager" in "".join(map(ast.unparse, getattr(node, "bases", ())))
        assert prescribed or not BANNED.search(node.name), node.name
    assert path.stem not in ("utils", "util", "helpers", "misc", "common")


def test_every_package_has_its_layer() -> None:
    """The layers that ``lint-imports`` holds name each package once."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c["type"] == "layers")
    placed = [name.strip() for layer in layers for name in layer.split("|")]
    present = {path.stem if path.is_file() else path.name for path in (ROOT / "hutan").iterdir()}
    assert sorted(placed) == sorted(present - {"__init__", "__pycache__"})


def pins(kind: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def test_what_is_tested_is_what_runs() -> None:
    """The pins of the tests are those of the product, and more."""
    base, dev = pins("base"), pins("dev")
    assert base
    assert {name: dev.get(name) for name in base} == base


@pytest.mark.parametrize("kind", ["base", "dev"])
def test_every_pin_has_its_hashes(kind: str) -> None:
    blocks = re.split(
        r"^(?=[a-z0-9])", (ROOT / "requirements" / f"{kind}.txt").read_text(), flags=re.M
    )
    bare = [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
    assert bare == []


def test_nothing_tracked_names_where_it_was_written() -> None:
    """No address of a package registry and no path of one machine stands in a tracked text."""
    tracked = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False
    ).stdout.split("\0")
    if tracked == [""]:
        pytest.skip("this is no checkout of a repository")
    index = re.compile(rb"--(?:extra-)?index-url\s+http|pypi\.org/simple|\"resolved\": *\"http")
    found = [
        name for name in tracked
        if name and (ROOT / name).is_file() and name != name_of(Path(__file__))
        and index.search((ROOT / name).read_bytes())
    ]  # fmt: skip
    assert found == []
