"""What people of two posts do together in the browser, on desk and phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hutan.compliance.queries import closings, year_opening
from hutan.kernel.moments import SHANGHAI
from hutan.registry.queries import balances_of_account, waiting
from hutan.web.seams import fill, seams
from tests.browser.conftest import DESK, PHONE, Watched, watch
from tests.browser.steps import keep_picture, sign_in
from tests.marks import clause
from tests.parties.people import organisation
from tests.registry.city import valid_code
from tests.web.town import YEAR, Town


@dataclass
class Crew:
    """Everybody who takes part, each in a browser of his own."""

    browser: Browser
    address: str
    town: Town

    def one(self, role: str, *, phone: bool = False) -> Watched:
        """Return the signed-in browser of a role, on a desk or a phone."""
        context = self.browser.new_context(viewport=PHONE if phone else DESK, locale="zh-CN")
        watched = watch(context, self.address)
        sign_in(watched, self.town.people[role])
        return watched

    def approve(self, who: Watched, role: str, act: str, *, code: bool = True) -> None:
        """Open an act from the queue, read what changes, approve it."""
        person = self.town.people[role]
        page = who.page
        who.go("/approvals")
        page.locator(f"a[href='{act}']").click()
        expect(page.get_by_text("将发生的变化")).to_be_visible()
        sound(who)
        if code:
            person.wait()
            page.get_by_label("新的动态验证码").fill(person.code())
        page.get_by_role("button", name="批准").click()
        expect(page.get_by_text("已批准并生效")).to_be_visible()
        person.wait()


@pytest.fixture
def crew(browser: Browser, live: str) -> Iterator[Crew]:
    """The town, open for business."""
    yield Crew(browser, live, Town())
    for context in browser.contexts:
        context.close()


@pytest.fixture
def clock() -> Iterator[list[datetime]]:
    """The platform's clock; the last moment of the list is now."""
    before, moments = seams(), [seams().now()]
    fill(replace(before, now=lambda: moments[-1]))
    yield moments
    fill(before)


def sound(who: Watched) -> None:
    """Nothing is wrong with the page as it stands."""
    assert who.violations() == []
    assert who.overflow() <= 0
    assert who.complaints == []


def sent(page: Page) -> str:
    """Return the address of the act that the form led to."""
    expect(page.get_by_text("已提交复核")).to_be_visible()
    return re.sub(r"^https?://[^/]+", "", page.url)


def held(account: str) -> tuple[int, int]:
    """Return balance and reservation of the town's year."""
    found = {one.asset: one for one in balances_of_account(account)}[f"allowance:{YEAR}"]
    return found.balance, found.reserved


@clause("M12.1", "M47")
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_transfer_off_the_list_waits_and_the_clerk_stops_it(crew: Crew, phone: bool) -> None:
    """Previewed with the moment it would execute, approved with a code, stopped with a reason."""
    town, account = crew.town, crew.town.chemicals.account
    rep = crew.one("account_representative", phone=phone)
    rep.go(f"/accounts/{account}/transfer")
    page = rep.page
    page.get_by_label("接收账户").fill(town.steel.account)
    page.get_by_label("数量（吨）").fill("4000")
    page.get_by_role("button", name="预览检查").click()
    expect(page.get_by_text("检查全部通过")).to_be_visible()
    expect(page.get_by_role("heading", name="何时执行")).to_be_visible()
    sound(rep)
    keep_picture(rep, f"story-transfer-preview-{'phone' if phone else 'desk'}-zh-light")
    page.get_by_role("button", name="提交复核").click()
    act = sent(page)
    approver = crew.one("account_approver", phone=phone)
    crew.approve(approver, "account_approver", act)
    assert held(account) == (128_000, 4_000)
    clerk = crew.one("registry_clerk", phone=phone)
    clerk.go("/desk/waiting")
    sound(clerk)
    clerk.page.get_by_role("link", name="划转", exact=True).click()
    clerk.page.get_by_label("中止理由").fill("接收方账户正在核实")
    sound(clerk)
    keep_picture(clerk, f"story-stop-{'phone' if phone else 'desk'}-zh-light")
    clerk.page.get_by_role("button", name="中止划转").click()
    expect(clerk.page.get_by_text("已中止，占用的配额已释放")).to_be_visible()
    assert held(account) == (128_000, 0)
    assert waiting([account]) == []


@clause("M21.1", "M21.2")
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_unit_surrenders_with_two_people(crew: Crew, phone: bool) -> None:
    """What is suggested is previewed and sent; too much is refused beside its field; then met."""
    town = crew.town
    way = "phone" if phone else "desk"
    rep = crew.one("account_representative", phone=phone)
    page = rep.page
    rep.go("/unit")
    page.get_by_role("link", name="清缴", exact=True).click()
    amount = page.get_by_label("2024 年配额")
    expect(amount).to_have_value("121457")
    amount.fill("121458")
    page.get_by_role("button", name="预览检查").click()
    expect(page.get_by_text("检查未通过")).to_be_visible()
    keep_picture(rep, f"story-surrender-refused-{way}-zh-light")
    assert rep.violations() == []
    rep.complaints.clear()
    amount.fill("121457")
    page.get_by_role("button", name="提交复核").click()
    act = sent(page)
    approver = crew.one("account_approver", phone=phone)
    crew.approve(approver, "account_approver", act)
    keep_picture(approver, f"story-surrender-approved-{way}-zh-light")
    approver.go(f"/units/{town.chemicals.id}/years/{YEAR}")
    expect(approver.page.get_by_text("已足额清缴").first).to_be_visible()
    sound(approver)
    assert held(town.chemicals.account)[0] == 128_000 - 121_457


@clause("N6", "M12.1")
def test_the_registry_opens_freezes_and_releases(crew: Crew, tmp_path: Path) -> None:
    """An account with its documents; a court's order stops an amount; another order releases it."""
    town = crew.town
    organisation("unit", "青浦机械有限公司", district="青浦区", credit_code=valid_code())
    clerk, checker = crew.one("registry_clerk"), crew.one("registry_approver", phone=True)
    page = clerk.page
    clerk.go("/accounts/open")
    page.get_by_label("单位名称或信用代码").fill("青浦")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="选择").click()
    for name in ("开户申请表", "营业执照", "账户代表身份证明"):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
        page.get_by_label(name).set_input_files(file)
    sound(clerk)
    page.get_by_role("button", name="提交复核").click()
    crew.approve(checker, "registry_approver", sent(page), code=False)
    checker.page.get_by_role("link", name="查看账户").click()
    expect(checker.page.get_by_text("青浦机械有限公司").first).to_be_visible()
    sound(checker)

    clerk.go(f"/accounts/{town.steel.account}/freeze")
    page.get_by_label("冻结范围").select_option("amount")
    page.get_by_label("配额年份").select_option(f"allowance:{YEAR}")
    page.get_by_label("数量（吨）").fill("7000")
    page.get_by_label("决定机关").fill("上海市第一中级人民法院")
    page.get_by_label("文书编号").fill("（2025）沪01执77号")
    sound(clerk)
    keep_picture(clerk, "story-freeze-desk-zh-light")
    page.get_by_role("button", name="提交复核").click()
    crew.approve(checker, "registry_approver", sent(page), code=False)
    assert held(town.steel.account) == (240_000, 7_000)

    clerk.go("/desk/freezes")
    sound(clerk)
    page.get_by_role("link", name="解除", exact=True).click()
    page.get_by_label("解除机关").fill("上海市第一中级人民法院")
    page.get_by_label("解除文书编号").fill("（2025）沪01执77号之一")
    page.get_by_role("button", name="提交复核").click()
    crew.approve(checker, "registry_approver", sent(page), code=False)
    assert held(town.steel.account) == (240_000, 0)
    clerk.go("/desk/freezes?lifted=1")
    expect(page.get_by_text("（2025）沪01执77号之一")).to_be_visible()


@clause("M21.1", "M18.1")
def test_the_bureau_opens_determines_and_closes(crew: Crew, clock: list[datetime]) -> None:
    """Each assumption is ticked; the last unit is determined; after the deadline all is closed."""
    town = crew.town
    officer, head = crew.one("bureau_officer"), crew.one("bureau_approver", phone=True)
    page = officer.page
    officer.go("/bureau/open-year?year=2025")
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator(".refusal").first).to_be_visible()
    officer.complaints.clear()
    for tick in page.locator("main input[type=checkbox]").all():
        tick.check()
    sound(officer)
    page.get_by_role("button", name="提交复核").click()
    crew.approve(head, "bureau_approver", sent(page), code=False)
    assert year_opening(2025) is not None

    officer.go(f"/bureau/{YEAR}/determine")
    page.get_by_label("文件编号").fill("沪环气候〔2025〕101号")
    page.get_by_label(town.paper.name).fill("1200.5")
    sound(officer)
    page.get_by_role("button", name="提交复核").click()
    crew.approve(head, "bureau_approver", sent(page), code=False)

    officer.go(f"/bureau/{YEAR}/close")
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator(".refusal").first).to_be_visible()
    officer.complaints.clear()
    clock.append(datetime(2025, 6, 30, 17, 0, tzinfo=SHANGHAI) + timedelta(minutes=1))
    officer.go(f"/bureau/{YEAR}/close")
    keep_picture(officer, "story-close-desk-zh-light")
    page.get_by_role("button", name="提交复核").click()
    act = sent(page)
    keep_picture(officer, "story-close-act-desk-zh-light")
    crew.approve(head, "bureau_approver", act)
    by_unit = {one.unit: one.status for one in closings(YEAR)}
    assert by_unit[town.glass.id] == "met"
    assert by_unit[town.paper.id] == "short"
    head.go(f"/bureau/{YEAR}")
    expect(head.page.get_by_text("已于 2025年6月30日")).to_be_visible()
    sound(head)
