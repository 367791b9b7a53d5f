"""References to the law. A clause id is a letter, an article and, where there is one, a paragraph.

M = 上海市碳排放管理办法 (2025), P = 上海市碳普惠管理办法（试行） (2023), A = the action plan
2026-2030, N = the 2025 notice. Texts outside these four are cited by their document number.
"""

from __future__ import annotations

import re
from typing import NewType

ClauseId = NewType("ClauseId", str)

_CLAUSE = re.compile(r"[MPAN][1-9]\d{0,2}(\.[1-9]\d?)?")


def clause(text: str) -> ClauseId:
    """Return ``text`` as a clause id; raise ``ValueError`` if it does not have that form."""
    if not _CLAUSE.fullmatch(text):
        raise ValueError(f"{text!r} is not a clause id such as M21.1")
    return ClauseId(text)


def is_clause(text: str) -> bool:
    """Tell whether ``text`` has the form of a clause id (not whether such a clause exists)."""
    return _CLAUSE.fullmatch(text) is not None
