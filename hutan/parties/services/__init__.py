"""The verbs of the parties context, by subject."""

from hutan.parties.services.approvals import amend, approve, propose, send_back, withdraw
from hutan.parties.services.attachments import attach
from hutan.parties.services.joint import CoSigner, co_signer_refusals, co_signers
from hutan.parties.services.organisations import (
    delegate,
    register_organisation,
    register_organisations,
)
from hutan.parties.services.people import appoint, dismiss, open_login, register_person
from hutan.parties.services.previewing import preview

__all__ = [
    "CoSigner",
    "amend",
    "appoint",
    "approve",
    "attach",
    "co_signer_refusals",
    "co_signers",
    "delegate",
    "dismiss",
    "open_login",
    "preview",
    "propose",
    "register_organisation",
    "register_organisations",
    "register_person",
    "send_back",
    "withdraw",
]
