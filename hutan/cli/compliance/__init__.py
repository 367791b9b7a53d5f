"""``hutan compliance``: obligations and surrender from the command line (清缴)."""

from hutan.cli.compliance import assess, reading
from hutan.cli.compliance.group import app

__all__ = ["app", "assess", "reading"]
