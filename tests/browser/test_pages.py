"""Every page, on desk and phone, light and dark, in both languages: sound, readable, accessible.

``HUTAN_SCREENSHOTS=DIR`` also keeps a picture of each; ``make screenshots`` does that.
"""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DESK, PHONE, watch
from tests.browser.pages import PAGES, Looked
from tests.browser.steps import keep_picture, sign_in

# Each page in the four ways in which most people see it; every value of every choice occurs.
WAYS = [
    ("desk", "zh", "light"),
    ("phone", "zh", "dark"),
    ("desk", "en", "dark"),
    ("phone", "en", "light"),
]


@pytest.mark.parametrize("looked", PAGES, ids=str)
def test_a_page_is_sound_in_every_way(browser: Browser, live: str, looked: Looked) -> None:
    """No complaint of the console or the policy, no axe finding, no sideways scrolling."""
    with browser.new_context() as entrance:
        if looked.signed_in:
            sign_in(watch(entrance, live))
        signed_in = entrance.storage_state()
    for size, language, scheme in WAYS:
        with browser.new_context(
            viewport=DESK if size == "desk" else PHONE,
            color_scheme=_scheme(scheme),
            reduced_motion="reduce",
            storage_state=signed_in,
        ) as context:
            context.add_cookies([{"name": "language", "value": language, "url": live}])
            page = watch(context, live)
            page.go(looked.path)
            way = f"{looked} {size} {language} {scheme}"
            keep_picture(page, f"{looked}-{size}-{language}-{scheme}")
            expected = [line for line in page.complaints if f"status of {looked.status} " in line]
            assert page.complaints == (expected if looked.status != 200 else []), way
            assert page.overflow() <= 0, way
            html_language = page.page.locator("html").get_attribute("lang")
            assert html_language == {"zh": "zh-Hans", "en": "en"}[language], way
            assert page.violations() == [], way


def _scheme(scheme: str) -> Literal["light", "dark"]:
    return "dark" if scheme == "dark" else "light"
