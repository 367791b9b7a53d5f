"""Every page of the roles, on desk and phone, in both languages: sound, readable, accessible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DESK, PHONE, watch
from tests.browser.steps import keep_picture, sign_in
from tests.web.town import YEAR, Town

WAYS = [("desk", "zh", "light"), ("phone", "en", "dark")]


@dataclass(frozen=True)
class RolePage:
    """A page of a role: its name (also of its picture), and its path in the town."""

    name: str
    path: Callable[[Town], str]


PAGES: dict[str, list[RolePage]] = {
    "account_representative": [
        RolePage("unit-year", lambda t: f"/units/{t.chemicals.id}/years/{YEAR}"),
        RolePage("unit-working", lambda t: f"/units/{t.chemicals.id}/years/{YEAR}/working"),
        RolePage("unit-overview", lambda t: f"/units/{t.chemicals.id}"),
        RolePage("unit-acts", lambda t: f"/units/{t.chemicals.id}/acts"),
        RolePage("surrender", lambda t: f"/units/{t.chemicals.id}/years/{YEAR}/surrender"),
        RolePage("account", lambda t: f"/accounts/{t.chemicals.account}"),
        RolePage("account-history", lambda t: f"/accounts/{t.chemicals.account}/history"),
        RolePage("transfer", lambda t: f"/accounts/{t.chemicals.account}/transfer"),
        RolePage("trusted", lambda t: f"/accounts/{t.chemicals.account}/trusted"),
        RolePage("limits", lambda t: f"/accounts/{t.chemicals.account}/limits"),
        RolePage("open-account", lambda t: f"/accounts/open?holder={t.chemicals.id}"),
        RolePage("find-path", lambda t: "/allowances"),
        RolePage("path", lambda t: f"/allowances/{YEAR}-1"),
        RolePage("approvals-mine", lambda t: "/approvals/mine"),
    ],
    "account_approver": [
        RolePage("approvals", lambda t: "/approvals"),
    ],
}


@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_a_role_are_sound(browser: Browser, live: str, role: str) -> None:
    """No complaint of the console or the policy, no axe finding, no sideways scrolling."""
    town = Town()
    with browser.new_context() as entrance:
        sign_in(watch(entrance, live), town.people[role])
        signed_in = entrance.storage_state()
    for size, language, scheme in WAYS:
        with browser.new_context(
            viewport=DESK if size == "desk" else PHONE,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            storage_state=signed_in,
        ) as context:
            context.add_cookies([{"name": "language", "value": language, "url": live}])
            page = watch(context, live)
            for looked in PAGES[role]:
                page.go(looked.path(town))
                way = f"{looked.name} {size} {language} {scheme}"
                keep_picture(page, f"{looked.name}-{size}-{language}-{scheme}")
                assert page.complaints == [], way
                assert page.overflow() <= 0, way
                assert page.violations() == [], way
