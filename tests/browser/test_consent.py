"""Being asked into a team, leaving it, and ending what came to nothing, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from api.web.i18n import Language
from infra.accounts import Passwords
from tests.browser.accessibility import violations
from tests.browser.server import PHONE, Site, Visitor, running, visiting
from tests.market import bid_of, post_open, running_project
from tests.serving import quick_passwords

__all__ = ["quick_passwords"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, quick_passwords: Passwords) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("consent"), quick_passwords.hash) as site:
        yield site


def _said(visitor: Visitor, text: str) -> None:
    expect(visitor.page.locator(".said")).to_have_text(visitor.says(text))
    assert violations(visitor.page) == ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_student_joins_by_their_own_press_and_leaves_by_it(
    browser: Browser, site: Site, language: Language
) -> None:
    market = site.market
    with (
        visiting(browser, site, market.captain, language) as captain,
        visiting(browser, site, market.loner, language, size=PHONE) as loner,
    ):
        captain.go("/team")
        captain.fill("Ask a student to join, by sign-in name", "loner")
        captain.press("Ask")
        _said(captain, "Asked. They are in the team as soon as they accept.")
        members = captain.page.get_by_role("region", name=captain.says("Members"))
        expect(members).to_contain_text("loner")
        expect(members).not_to_contain_text("郑同学")

        loner.go("/inbox")
        line = loner.page.locator("#inbox .told.unread").first
        expect(line).to_contain_text("示例一队")
        line.click()
        loner.page.wait_for_url("**/team")
        assert violations(loner.page) == ""
        loner.press("Join")
        _said(loner, "You are in the team.")

        captain.go("/team")
        expect(members).to_contain_text("郑同学" if language == "zh" else "Loner")
        loner.page.get_by_text(loner.says("Leave the team")).click()
        loner.press("Yes, I leave")
        _said(loner, "You have left the team.")
        expect(loner.page.locator("h1")).to_have_text(loner.says("Form a team"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_project_that_comes_to_nothing_is_stopped_with_a_reason(
    browser: Browser, site: Site, language: Language
) -> None:
    market = site.market
    project = running_project(site.store, market, site.taxonomy)
    with visiting(browser, site, market.approver, language) as approver:
        approver.go(f"/projects/{project.id}")
        approver.page.locator("summary", has_text=approver.says("Stop the project")).click()
        approver.press("Stop the project")
        expect(approver.page.get_by_text(approver.says("Tick that you give it up."))).to_be_visible()
        assert violations(approver.page) == ""
        approver.fill("Why it stops", "产线停了，数据采不到。")
        approver.page.get_by_label(approver.says("Yes, it is given up")).check()
        approver.press("Stop the project")
        _said(approver, "Stopped. Team, mentors and plant are told.")
        expect(approver.page.get_by_text("产线停了，数据采不到。")).to_be_visible()
    with visiting(browser, site, market.captain, language) as captain:
        captain.go(f"/projects/{project.id}")
        expect(captain.page.get_by_text("产线停了，数据采不到。")).to_be_visible()
        expect(captain.page.get_by_text(captain.says("Stop the project"))).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_judged_challenge_without_a_fitting_bid_is_closed(
    browser: Browser, site: Site, language: Language
) -> None:
    market = site.market
    challenge = post_open(site.store, market, site.taxonomy)
    bid_of(site.store, market.captain, market.team, challenge.id)
    with site.store.begin() as work:
        judged = work.challenges.get(challenge.id)
        judged.close_bidding(judged.brief.bids_close_at, bids=1)
        work.challenges.save(judged)
        work.commit()
    with visiting(browser, site, market.engineer, language) as engineer:
        engineer.go(f"/challenges/{challenge.id}/bids")
        engineer.page.get_by_text(engineer.says("No bid fits: close without a winner")).click()
        engineer.fill("What every team that bid is told", "都要停机一周，做不到。")
        engineer.press("Close without a winner")
        expect(engineer.page.get_by_text(engineer.says("Tick that no bid is chosen."))).to_be_visible()
        engineer.page.get_by_label(engineer.says("Yes, none of them is chosen")).check()
        engineer.press("Close without a winner")
        _said(engineer, "Closed without a winner. Every team that bid is told.")
    with visiting(browser, site, market.captain, language) as captain:
        captain.go(f"/challenges/{challenge.id}/bid")
        expect(captain.page.get_by_text("都要停机一周，做不到。")).to_be_visible()
