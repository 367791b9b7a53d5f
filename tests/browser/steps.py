"""What people do in the browser."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.browser.conftest import Watched
from tests.web.people import PASSWORD, Someone, someone

PICTURES = os.environ.get("HUTAN_SCREENSHOTS", "")


def keep_picture(watched: Watched, name: str) -> None:
    """Keep a picture of the whole page where ``make screenshots`` asks for it."""
    if PICTURES:
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        watched.page.screenshot(path=folder / f"{name}.png", full_page=True)


def sign_in(watched: Watched, person: Someone | None = None) -> Someone:
    """Sign in with password and code, by hand; a fresh person unless one is given."""
    person = person or someone()
    page = watched.page
    watched.go("/sign-in")
    page.get_by_label("登录名").or_(page.get_by_label("Login")).fill(person.login)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/sign-in/code**")
    page.locator("input[name=code]").fill(person.code())
    page.locator("main button").click()
    page.wait_for_url(re.compile("/(start|security)$"))
    person.wait()
    return person
