"""``hutan registry``: the allowance registry from the command line (配额注册登记)."""

from hutan.cli.registry import check, delay, reading
from hutan.cli.registry.group import app

__all__ = ["app", "check", "delay", "reading"]
