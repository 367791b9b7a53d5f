"""Joint decisions: which departments co-signed, and by which document (M3.2, M9, M10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hutan.kernel.canonical import Json
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal
from hutan.parties.queries import organisations
from hutan.parties.refusals import NotADepartment


@dataclass(frozen=True, slots=True)
class CoSigner:
    """A department that decided together with the bureau, and its document."""

    department: UUID
    document: str

    def to_record(self) -> dict[str, Json]:
        """Return it as the log keeps it."""
        return {"department": str(self.department), "document": self.document}


def co_signers(fields: Fields) -> tuple[CoSigner, ...]:
    """Read ``"co_signed"?: [{"department", "document"}]`` of a joint decision."""
    return tuple(
        CoSigner(one.uuid("department"), one.text("document", longest=200))
        for one in fields.objects("co_signed", optional=True, most=20)
    )


def co_signer_refusals(given: Sequence[CoSigner]) -> list[Refusal]:
    """Return those that are not departments."""
    known = organisations({one.department for one in given})
    return [
        NotADepartment(organisation=str(one.department))
        for one in given
        if one.department not in known or known[one.department].kind != "department"
    ]
