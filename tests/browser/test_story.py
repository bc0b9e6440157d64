"""The whole story in a real browser against the real product, in both languages."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from api.web.i18n import Language
from infra.accounts import Passwords
from tests.browser.server import PASSWORD, PHONE, Site, Visitor, running, visiting
from tests.serving import quick_passwords

__all__ = ["quick_passwords"]

TITLES: dict[Language, str] = {
    "zh": "主轴换刀后抖动，夜班崩刃",
    "en": "The spindle shakes after a tool change",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, quick_passwords: Passwords) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("story"), quick_passwords.hash) as site:
        yield site


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_the_posted_problem_to_the_accepted_work(
    browser: Browser, site: Site, language: Language
) -> None:
    market = site.market
    with ExitStack() as visits:

        def visit(name: str, size: tuple[int, int] = (1440, 900)) -> Visitor:
            actor = getattr(market, name)
            return visits.enter_context(visiting(browser, site, actor, language, size=size))

        engineer, approver, captain = visit("engineer", PHONE), visit("approver"), visit("captain")
        captain.go("/inbox")
        challenge = _engineer_sends_for_review(engineer, TITLES[language])
        _approver_posts(approver, challenge)
        _captain_is_told_at_once(captain, TITLES[language])
        approver.go(f"{challenge}/matches")
        _captain_bids(captain, challenge)
        _the_open_ranking_shows_the_bid(approver)
        project = _factory_awards(approver, challenge)

        school, enterprise = visit("school_mentor"), visit("enterprise_mentor", PHONE)
        captain.go(project)
        school.go(project)
        _captain_submits(captain)
        _signs(school, project)
        enterprise.go(project)
        _signs(enterprise, project)
        expect(captain.page.locator(".seal.sm:not(.wait)")).to_have_count(2)
        approver.go(project)
        approver.page.get_by_label(approver.says("It runs, and the plant takes it over")).check()
        approver.press("Accept the work")
        expect(approver.page.get_by_text(approver.says("The plant has accepted the work."))).to_be_visible()


def _engineer_sends_for_review(engineer: Visitor, title: str) -> str:
    page = engineer.page
    engineer.go("/post?machine=CNC-07&industry=machining")
    engineer.fill("In one line", title)
    engineer.fill("Say it the way you would to a colleague", "振动 vibration PLC")
    page.get_by_role("button", name=engineer.skill("vibration-analysis")).click()
    expect(page.locator("#could-take b")).to_have_text("2")
    page.locator('[name="kpi_baseline"]').fill("6.4")
    page.locator('[name="kpi_target"]').fill("2")
    page.locator('[name="kpi_unit"]').fill("h")
    engineer.press("Send for review")
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".said")).to_be_visible()
    return str(page.url).removeprefix(engineer.site.address)


def _approver_posts(approver: Visitor, challenge: str) -> None:
    approver.go("/mine")
    approver.page.get_by_role("region", name=approver.says("Waits for you")).get_by_role("link").first.click()
    approver.page.wait_for_url(f"**{challenge}")
    approver.press("Approve and post")
    expect(approver.page.locator(".said")).to_be_visible()


def _captain_is_told_at_once(captain: Visitor, title: str) -> None:
    expect(captain.page.locator("#inbox")).to_contain_text(title)
    expect(captain.page.locator("#bell .count")).to_be_visible()


def _captain_bids(captain: Visitor, challenge: str) -> None:
    page = captain.page
    captain.go(challenge)
    captain.press("Bid")
    captain.press("Send the bid")
    expect(page.get_by_role("alert")).to_be_visible()
    captain.fill("How you would solve it", "先测两周，再报警。")
    due = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
    page.locator('[name="step.title"]').first.fill("采集上线")
    page.locator('[name="step.due"]').first.fill(due)
    captain.press("Send the bid")
    expect(page.locator(".said")).to_have_text(captain.says("Bid sent. You can change it until bids close."))


def _the_open_ranking_shows_the_bid(approver: Visitor) -> None:
    expect(approver.page.locator(".ranking").get_by_text(approver.says("has bid"))).to_be_visible()


def _factory_awards(approver: Visitor, challenge: str) -> str:
    page = approver.page
    approver.go(f"{challenge}/bids")
    page.get_by_role("link", name="示例一队").last.click()
    mentor = page.get_by_label(approver.says("Enterprise mentor"))
    mentor.select_option(approver.site.market.enterprise_mentor.person_id)
    page.locator("form .btn-act").click()
    page.wait_for_url("**/projects/*")
    return str(page.url).removeprefix(approver.site.address)


def _captain_submits(captain: Visitor) -> None:
    captain.fill("What is done, and how they can check it", "两周数据在看板上。")
    captain.page.locator(".first .btn-act").click()
    expect(captain.page.locator(".said")).to_be_visible()


def _signs(mentor: Visitor, project: str) -> None:
    page = mentor.page
    page.locator('input[name="first"]').check()
    page.locator('input[name="second"]').check()
    page.locator(".first .btn-act").click()
    expect(page.locator(".seal.lands")).to_be_visible()


def test_signing_in_is_asked_for_and_leads_back(browser: Browser, site: Site) -> None:
    with visiting(browser, site, None, "en") as somebody:
        somebody.go("/team")
        somebody.fill("Sign-in name", "captain")
        somebody.fill("Password", PASSWORD)
        somebody.press("Sign in")
        somebody.page.wait_for_url("**/team")
        expect(somebody.page.locator("h1")).to_have_text("示例一队")
