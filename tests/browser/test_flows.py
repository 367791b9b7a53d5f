"""What people do, step by step, in the browser."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hutan.kernel.quantities import Tonnes
from hutan.runtime.sealing import unseal
from hutan.web.language import bi
from hutan.web.models import SecondFactor, SignInSession
from hutan.web.moments import real_now
from hutan.web.seams import (
    Checkpoint,
    PublicFigure,
    PublicYear,
    RegulatedUnit,
    YearSeries,
    fill,
    seams,
)
from hutan.web.signin import totp
from hutan.web.styleguide.sample import DEADLINE, NOW, chart, working
from tests.browser.conftest import Watched, watch
from tests.browser.steps import keep_picture, sign_in
from tests.web.people import PASSWORD, someone


def test_first_sign_in_sets_up_the_authenticator(phone: Watched) -> None:
    """Password, QR code, first code, recovery codes shown once, then the security page."""
    person = someone(enrolled=False)
    page = phone.page
    phone.go("/sign-in")
    page.get_by_label("登录名").fill(person.login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/sign-in/set-up**")
    keep_picture(phone, "sign-in-set-up-phone-zh-light")
    assert page.locator("svg.qr path").count() == 2
    assert phone.violations() == []
    letters = re.sub(r"\s", "", page.locator("code.secret").inner_text())
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    page.get_by_label("动态验证码").fill(totp.code_of(secret, totp.step_at(real_now())))
    page.get_by_role("button", name="绑定并登录").click()
    page.get_by_role("heading", name="请保存恢复码").wait_for()
    keep_picture(phone, "recovery-codes-phone-zh-light")
    assert page.locator(".recovery-codes li").count() == 10
    assert phone.violations() == []
    page.get_by_role("link", name="已保存，继续").click()
    page.get_by_role("heading", name="我的安全").wait_for()
    kept = SecondFactor.objects.get(user=person.user)
    context = f"web.second_factor:{person.user.pk}"
    assert unseal(bytes(kept.sealed_secret), context=context) == secret
    assert phone.complaints == []
    assert phone.overflow() <= 0


def test_the_language_is_one_click_away_and_keeps_the_page(desk: Watched) -> None:
    """English and back, on the same page with the same query."""
    desk.go("/verify?code=ABCD-EFGH-JKMN-PQR2")
    desk.page.get_by_role("link", name="English").click()
    desk.page.get_by_role("heading", name="Check a document").wait_for()
    assert desk.page.url.endswith("/verify?code=ABCD-EFGH-JKMN-PQR2")
    assert desk.page.get_by_text("its check characters do not fit").is_visible()
    desk.page.get_by_role("link", name="中文").click()
    desk.page.get_by_role("heading", name="核验文件").wait_for()


def test_a_clause_opens_beside_the_page(desk: Watched) -> None:
    """A script shows the clause in a dialog; the keyboard closes it; the page stays."""
    desk.go("/how-it-works")
    desk.page.locator("a.clause", has_text="M21.1").first.click()
    dialog = desk.page.locator("dialog#aside")
    dialog.wait_for(state="visible")
    assert "M21.1" in dialog.inner_text()
    assert desk.page.url.endswith("/how-it-works")
    assert desk.violations() == []
    desk.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert desk.complaints == []


def test_without_scripts_everything_can_be_read_and_sent(browser: Browser, live: str) -> None:
    """Links lead to whole pages, forms are sent, charts are tables."""
    with browser.new_context(java_script_enabled=False) as context:
        plain = watch(context, live)
        plain.go("/how-it-works")
        plain.page.locator("a.clause", has_text="M21.1").first.click()
        plain.page.wait_for_url("**/clauses/M21.1")
        plain.go("/styleguide")
        plain.page.get_by_text("以表格查看").first.click()
        assert plain.page.get_by_role("cell", name="1,050,000").first.is_visible()
        plain.page.get_by_text("终止划转", exact=True).first.click()
        assert plain.page.get_by_text("终止后不能恢复").is_visible()
        sign_in(plain)


def test_a_countdown_goes_on_and_keeps_the_servers_words(desk: Watched) -> None:
    """The text the server wrote is the text the script goes on from."""
    desk.go("/styleguide")
    left = desk.page.locator(".countdown-left").first
    # 2025-06-16 09:00 to 2025-06-30 17:00; from the first second on it is less.
    expect(left).to_have_text(re.compile("^14\\s天\\s[78]\\s小时$"))
    expect(left).to_have_text(re.compile("^14\\s天\\s7\\s小时$"))


def test_the_keyboard_reaches_the_content_first(desk: Watched) -> None:
    """The first Tab offers to skip the masthead."""
    desk.go("/")
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.className") == "skip"
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("document.activeElement.id") == "content"


def test_charts_are_drawn(desk: Watched) -> None:
    """Each chart has a canvas of its size, and pointing at it breaks no policy."""
    desk.go("/styleguide")
    canvases = desk.page.locator(".chart-canvas canvas")
    assert canvases.count() == 2
    canvases.first.hover()
    box = canvases.first.bounding_box()
    assert box is not None
    assert box["width"] > 300
    desk.page.wait_for_timeout(300)
    keep_picture(desk, "chart-tooltip-desk-zh-light")
    assert desk.complaints == []


@pytest.mark.parametrize("wide", [1280, 390])
def test_a_page_can_be_printed(desk: Watched, tmp_path: Path, wide: int) -> None:
    """On paper there is the content without the masthead."""
    desk.page.set_viewport_size({"width": wide, "height": 800})
    desk.go("/how-it-works")
    desk.page.emulate_media(media="print")
    assert not desk.page.locator(".masthead").is_visible()
    assert desk.page.get_by_role("heading", name="一年怎么走").is_visible()
    pdf = desk.page.pdf(path=tmp_path / "page.pdf")
    assert pdf.startswith(b"%PDF")


def test_an_idle_session_ends_and_says_so(desk: Watched) -> None:
    """After the idle span the next click leads to sign-in, and back to where one was."""
    person = sign_in(desk)
    SignInSession.objects.filter(user=person.user).update(
        expire_date=real_now() - timedelta(seconds=1)
    )
    desk.go("/security/password")
    desk.page.wait_for_url("**/sign-in?next=**")
    assert desk.page.get_by_text("上次会话因长时间未操作已结束").is_visible()
    desk.page.get_by_label("登录名").fill(person.login)
    desk.page.get_by_label("密码").fill(PASSWORD)
    desk.page.get_by_role("button", name="下一步").click()
    desk.page.get_by_label("动态验证码").fill(person.code())
    desk.page.get_by_role("button", name="登录").last.click()
    desk.page.wait_for_url("**/security/password")


def test_home_with_figures(desk: Watched, phone: Watched) -> None:
    """With what registry, log and bureau publish: cards, countdown, chart, checkpoint, list."""
    before = seams()
    published = PublicYear(
        year=2024,
        figures=[
            PublicFigure(bi("配额总量", "Total allowances"), Tonnes(105_000_000)),
            PublicFigure(bi("直接发放", "Directly issued"), Tonnes(98_600_000)),
            PublicFigure(bi("确定排放量", "Determined emissions"), Tonnes(97_412_338), working()),
            PublicFigure(bi("已清缴", "Surrendered"), Tonnes(61_080_112)),
        ],
        deadline=DEADLINE,
        years=[2020, 2021, 2022, 2023, 2024],
        series=[YearSeries(one.name, one.values) for one in chart("bar").series],
    )
    head = Checkpoint("hutan.example/log", 48_213, "9f" * 32, NOW)
    units = [
        RegulatedUnit(f"样例单位{name}", bi("化工", "Chemicals"), "金山区") for name in "甲乙丙"
    ]
    fill(
        replace(
            before,
            now=lambda: NOW,
            public_year=lambda on: published,
            checkpoint=lambda: head,
            regulated_units=lambda on: units,
        )
    )
    try:
        for watched, way in ((desk, "desk"), (phone, "phone")):
            watched.go("/")
            keep_picture(watched, f"home-with-figures-{way}-zh-light")
            assert watched.complaints == []
            assert watched.overflow() <= 0
            assert watched.violations() == []
    finally:
        fill(before)
