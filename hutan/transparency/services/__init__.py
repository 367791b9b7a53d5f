"""What the log does: record acts, grow the tree, export, keep and erase personal keys.

``record`` and the functions about personal data belong into the transaction of the act itself;
``integrate`` runs on its own, in one process or several.
"""

from hutan.transparency.services.cosigning import accept_cosignature
from hutan.transparency.services.exporting import export
from hutan.transparency.services.integrating import integrate
from hutan.transparency.services.personal import commit, erase_personal_key, opening_of
from hutan.transparency.services.recording import open_log, record
from hutan.transparency.services.verifying import verify

__all__ = [
    "accept_cosignature",
    "commit",
    "erase_personal_key",
    "export",
    "integrate",
    "open_log",
    "opening_of",
    "record",
    "verify",
]
