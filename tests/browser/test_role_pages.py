"""Every page of the roles, on desk and phone, in both languages: sound, readable, accessible."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DESK, PHONE, watch
from tests.browser.steps import keep_picture, sign_in
from tests.web.places import EVERYBODY, PAGES, Page
from tests.web.town import Town

WAYS = [("desk", "zh", "light"), ("phone", "zh", "light"), ("desk", "en", "dark"),
        ("phone", "en", "dark")]  # fmt: skip
# What a browser would save instead of showing it, and what only leads on.
NOT_SHOWN = {
    "act_receipt", "log_checkpoint", "log_verifier", "own_unit", "boards", "units", "plans",
    "public_list_file", "log_find_entry", "log_entry_proof", "log_growth",
}  # fmt: skip
# Each page is looked at as the first of these who may open it.
LOOKERS = (
    "nobody", "account_representative", "account_approver", "registry_clerk", "bureau_officer",
    "district_officer", "court_officer",
)  # fmt: skip


def _looked_at_by(looker: str) -> list[Page]:
    return [
        page
        for page in PAGES
        if page.route not in NOT_SHOWN
        and next(role for role in LOOKERS if role in page.allowed) == looker
        and (looker != "nobody" or page.allowed == EVERYBODY)
    ]


@pytest.mark.parametrize("looker", [looker for looker in LOOKERS if _looked_at_by(looker)])
def test_the_pages_of_a_role_are_sound(browser: Browser, live: str, looker: str) -> None:
    """No complaint of the console or the policy, no axe finding, no sideways scrolling."""
    town = Town.with_everything()
    with browser.new_context() as entrance:
        if looker != "nobody":
            sign_in(watch(entrance, live), town.people[looker])
        signed_in = entrance.storage_state()
    wrong = []
    for size, language, scheme in WAYS:
        with browser.new_context(
            viewport=DESK if size == "desk" else PHONE,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            storage_state=signed_in,
        ) as context:
            context.add_cookies([{"name": "language", "value": language, "url": live}])
            page = watch(context, live)
            for looked in _looked_at_by(looker):
                page.go(looked.path(town))
                way = f"{looked.route} {size} {language} {scheme}"
                keep_picture(page, f"{looked.route.replace('_', '-')}-{size}-{language}-{scheme}")
                found = [*page.complaints, *page.violations()]
                if (wide := page.overflow()) > 0:
                    found.append(f"{wide} pixels too wide")
                wrong += [f"{way}: {one}" for one in found]
                page.complaints.clear()
    assert wrong == []


# What each post sees first, and a page that is not for it.
FIRST = {
    "auditor": ("/desk", "/desk/merge"),
    "bank_officer": ("/pledges", "/desk"),
    "bureau_approver": ("/bureau", "/orders/issue_paid"),
    "court_officer": ("/freezes/start", "/desk"),
    "department_reader": ("/bureau", "/desk"),
    "district_officer": ("/bureau", "/desk"),
    "exchange_operator": ("/orders/from_exchange", "/desk"),
    "registry_approver": ("/approvals", "/desk/split"),
    "unit_reporter": ("/unit", "/desk"),
}


def test_each_post_finds_its_way(browser: Browser, live: str) -> None:
    """One's desk, one's first page, and a page for others: designed, readable, a way back."""
    town = Town.with_everything()
    wrong = []
    for role, (first, forbidden) in FIRST.items():
        with browser.new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce") as phone:
            page = watch(phone, live)
            sign_in(page, town.people[role])
            for name, path in (("start", "/start"), ("first", first), ("forbidden", forbidden)):
                page.go(path)
                keep_picture(page, f"{role.replace('_', '-')}-{name}-phone-zh-light")
                complaints = [one for one in page.complaints if "status of 403" not in one]
                found = [*complaints, *page.violations()]
                if (wide := page.overflow()) > 0:
                    found.append(f"{wide} pixels too wide")
                wrong += [f"{role} {name}: {one}" for one in found]
                page.complaints.clear()
            assert page.page.get_by_role("link", name="回到工作台").is_visible()
    assert wrong == []
