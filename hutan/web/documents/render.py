"""Sets documents with typst: one layout a kind of document, every text passed as data.

The layouts read one JSON object from ``sys.inputs.data`` and never take a text as markup. PDF/A-2a
and PDF/UA-1 are kept on: the files can be archived and read aloud, and a character without a glyph
is a refusal instead of an empty box. The same input gives the same bytes. Nothing is fetched: the
fonts are ours, and whoever runs the platform can add a folder of his own (``HUTAN_FONTS``).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from hutan.kernel.canonical import Json
from hutan.kernel.moments import aware
from hutan.web.refusals import GlyphsMissing

Layout = Literal["certificate", "statement"]
_HERE = Path(__file__).parent
_LAYOUTS = _HERE / "layout"
_FONTS = _HERE / "fonts"
# A character that no font has, or that an archived file may not contain (private use, marks).
_MISSING = re.compile(r'(?:the text|codepoint) `"(.+?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def render(layout: Layout, data: Mapping[str, Json], *, at: datetime) -> bytes:
    """Return the PDF of a document. ``at`` is the moment of issue that the file carries.

    Raises ``GlyphsMissing`` if a character of the data cannot be set.
    """
    try:
        pdf = typst.compile(
            str(_LAYOUTS / f"{layout}.typ"),
            root=str(_LAYOUTS),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(aware(at).timestamp()),
        )
    except typst.TypstError as error:
        if found := _MISSING.search(error.message):
            raise GlyphsMissing(characters=_named(found[1])) from None
        raise
    return pdf


@cache
def _fonts() -> typst.Fonts:
    folders = [str(_FONTS)]
    if own := os.environ.get("HUTAN_FONTS"):
        folders.append(own)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _named(text: str) -> str:
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return " ".join(f"U+{ord(character):04X}" for character in dict.fromkeys(plain))
