"""The auditor's command line: what it is given, what it prints, how it leaves."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hutan.auditor.auditing import audit
from hutan.auditor.findings import Language
from hutan.auditor.log import read_kept
from hutan.auditor.notes import read_key
from hutan.auditor.texts import Misshapen

AGREES, DIFFERS, CALLED_WRONGLY = 0, 1, 2
"""How the command leaves."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit an export and print what came of it; return the exit code.

    0: everything agrees. 1: something does not. 2: called wrongly.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        against = [read_kept(path) for path in given.against]
        trusted = [read_key(text) for text in given.key]
    except (OSError, Misshapen) as wrong:
        parser.error(str(wrong))
    if not given.folder.is_dir():
        parser.error(f"{given.folder}: 没有这个文件夹 / there is no such folder")
    found = audit(
        given.folder,
        against=against,
        trusted=trusted,
        claims=not given.log_only,
        limit=given.limit,
        progress=_tell if sys.stderr.isatty() else lambda count: None,
    )
    if given.json:
        print(json.dumps(found.to_record(), ensure_ascii=False, indent=2))
    else:
        print(found.text(given.language or _language()))
    return AGREES if found.agrees else DIFFERS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hutan auditor",
        description="由导出的存证重算一切并与平台声明比对 / recompute everything from the exported "
        "log and compare it with what the platform says (docs/auditor.md)",
    )
    parser.add_argument("folder", type=Path, help="hutan log export 的文件夹 / the export's folder")
    parser.add_argument(
        "--against", type=Path, action="append", default=[], metavar="FILE",
        help="另处留存的检查点 / a checkpoint kept elsewhere; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--key", action="append", default=[],
        help="最新检查点须由其签署的公钥 / a key that must have signed the newest checkpoint",
    )  # fmt: skip
    parser.add_argument(
        "--log-only", action="store_true", help="只审存证 / audit the log alone, without claims"
    )
    parser.add_argument(
        "--limit", type=int, default=1000, help="最多列出的不符 / findings that are listed at most"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    parser.add_argument("--language", choices=("zh", "en"), help="语言 / by default the terminal's")
    return parser


def _language() -> Language:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    stated = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "zh" if stated.startswith("zh") else "en"


def _tell(count: int) -> None:
    print(f"\r{count}", end="", file=sys.stderr, flush=True)
