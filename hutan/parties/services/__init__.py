"""The verbs of the parties context, by subject."""

from hutan.parties.services.approvals import amend, approve, propose, send_back, withdraw
from hutan.parties.services.attachments import attach
from hutan.parties.services.organisations import delegate, register_organisation
from hutan.parties.services.people import appoint, dismiss, open_login, register_person
from hutan.parties.services.previewing import preview

__all__ = [
    "amend",
    "appoint",
    "approve",
    "attach",
    "delegate",
    "dismiss",
    "open_login",
    "preview",
    "propose",
    "register_organisation",
    "register_person",
    "send_back",
    "withdraw",
]
