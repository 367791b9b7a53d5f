"""``docs/refusals.md``: every reason for which the platform says no, from the code itself."""

from __future__ import annotations

import importlib
import pkgutil
from itertools import groupby
from pathlib import Path

import hutan
from hutan.kernel.refusals import Refusal, known_refusals, summary

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "refusals.md"

_HEAD = """\
# Refusals

Every reason for which Hutan refuses, by code. The pages, the API and the commands show the same
sentence and cure; `{facts}` stand for the facts of the case. Made by `make refusals` from the code.
"""


def load_all() -> None:
    """Import every module of ours, so that whatever it refuses is known. Needs Django set up."""
    for module in pkgutil.walk_packages(hutan.__path__, "hutan."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)


def text() -> str:
    """Return the document."""
    load_all()
    ours = [refusal for refusal in known_refusals() if refusal.__module__.startswith("hutan.")]
    sections = groupby(ours, key=lambda refusal: refusal.code.partition("-")[0])
    return _HEAD + "".join(
        f"\n## {prefix}\n{''.join(_entry(refusal) for refusal in refusals)}"
        for prefix, refusals in sections
    )


def _entry(refusal: type[Refusal]) -> str:
    facts = [f"source: {refusal.clause or refusal.basis}"]
    if refusal.field:
        facts.append(f"field: `{refusal.field}`")
    about = f"{summary(refusal)} " if summary(refusal) else ""
    return (
        f"\n### {refusal.code} {refusal.__name__}\n\n"
        f"{about}({'; '.join(facts)})\n\n"
        f"- {refusal.zh} {refusal.cure_zh}\n"
        f"- {refusal.en} {refusal.cure_en}\n"
    )


def main() -> None:
    """Write the document."""
    import django

    django.setup()
    DOCUMENT.write_text(text(), "utf-8")
    print(f"{DOCUMENT.name}: {text().count('### ')} refusals")


if __name__ == "__main__":
    main()
