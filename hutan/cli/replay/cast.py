"""Who acts in a replay: a bureau and a registry agency, each with two made-up people."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hutan.kernel.ids import derive_id
from hutan.kernel.moments import day_of
from hutan.parties.services import (
    appoint,
    delegate,
    open_login,
    register_organisation,
    register_person,
)
from hutan.registry.services.accounts import found_registry


@dataclass(frozen=True, slots=True)
class Cast:
    """The logins of those who act. All ids follow from the replay's own."""

    root: UUID

    @property
    def bureau(self) -> UUID:
        """Return the bureau."""
        return derive_id(self.root, "bureau")

    @property
    def officer(self) -> UUID:
        """Return who proposes for the bureau."""
        return self._login("bureau_officer")

    @property
    def head(self) -> UUID:
        """Return who approves for the bureau."""
        return self._login("bureau_approver")

    @property
    def clerk(self) -> UUID:
        """Return who proposes for the registry agency."""
        return self._login("registry_clerk")

    @property
    def checker(self) -> UUID:
        """Return who approves for the registry agency."""
        return self._login("registry_approver")

    def _login(self, role: str) -> UUID:
        return derive_id(self.root, "login", role)

    @transaction.atomic
    def appear(self, at: datetime) -> None:
        """Register the bodies and the people, and open the registry. A retry changes nothing.

        Nobody can sign in as them: their passwords are drawn and forgotten.
        """
        agency = derive_id(self.root, "agency")
        register_organisation(
            id=self.bureau, kind="bureau", name="历史回放 主管部门", name_en="Replay: bureau", at=at
        )
        register_organisation(
            id=agency, kind="registry_agency", name="历史回放 登记机构",
            name_en="Replay: registry agency", at=at,
        )  # fmt: skip
        delegate(
            id=derive_id(self.root, "delegation"), scope="registry", delegator=self.bureau,
            to=agency, document="docs/history.md", since=day_of(at), at=at,
        )  # fmt: skip
        for role, body in (
            ("bureau_officer", self.bureau),
            ("bureau_approver", self.bureau),
            ("registry_clerk", agency),
            ("registry_approver", agency),
        ):
            self._person(role, body, at)
        found_registry(act=derive_id(self.root, "found"), exchange=None, at=at, outside=True)

    def _person(self, role: str, body: UUID, at: datetime) -> None:
        person = register_person(
            id=derive_id(self.root, "person", role),
            name=f"历史回放 {role}",
            identity_number=f"replay {self.root} {role}",
            at=at,
        )
        open_login(
            id=self._login(role),
            login=f"replay-{role}-{self.root}"[:64],
            person=person,
            password=secrets.token_urlsafe(32),
            at=at,
        )
        appoint(
            id=derive_id(self.root, "post", role),
            person=person, organisation=body, role_code=role, since=day_of(at), at=at,
        )  # fmt: skip
