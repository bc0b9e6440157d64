"""What people typed or were told survives signing out, other tabs, live changes and their own haste."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from api.shield import SESSION_COOKIE
from api.web.i18n import Language
from domain.notices import Notice
from domain.ports import Notification
from infra.accounts import Passwords, issue_token
from tests.browser.server import PASSWORD, Site, Visitor, running, visiting
from tests.market import post_open, running_project
from tests.serving import quick_passwords

__all__ = ["quick_passwords"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, quick_passwords: Passwords) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("kept"), quick_passwords.hash) as site:
        yield site


def _signs_in_again(visitor: Visitor, login: str, back: str) -> None:
    visitor.page.wait_for_url("**/sign-in?ended=1*")
    expect(visitor.page.get_by_role("alert")).to_contain_text(visitor.says("You are not signed in any more."))
    visitor.fill("Sign-in name", login)
    visitor.fill("Password", PASSWORD)
    visitor.press("Sign in")
    visitor.page.wait_for_url(f"**{back}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_is_signed_out_in_a_form_comes_back_to_what_was_typed(
    browser: Browser, site: Site, language: Language
) -> None:
    with visiting(browser, site, site.market.engineer, language) as engineer:
        page = engineer.page
        engineer.go("/post")
        engineer.fill("In one line", "The press stops")
        expect(page.locator("[data-saved-for]")).to_have_text(engineer.says("Draft saved"))
        page.context.clear_cookies(name=SESSION_COOKIE)
        engineer.press("Save draft")
        _signs_in_again(engineer, "engineer", "/post")
        expect(page.get_by_label(engineer.says("In one line"))).to_have_value("The press stops")

        page.context.clear_cookies(name=SESSION_COOKIE)
        engineer.press("Add")
        _signs_in_again(engineer, "engineer", "/post")
        expect(page.get_by_label(engineer.says("In one line"))).to_have_value("The press stops")


def test_a_change_from_another_tab_is_not_written_over_unseen(browser: Browser, site: Site) -> None:
    opened = post_open(site.store, site.market, site.taxonomy)
    words = "Say it the way you would to a colleague"
    with visiting(browser, site, site.market.approver, "en") as approver:
        approver.go(f"/challenges/{opened.id}/edit")
        other = approver.page.context.new_page()
        other.goto(approver.page.url)
        other.get_by_label(words).fill("from the other tab")
        other.locator("main .btn-act").click()
        other.wait_for_url(f"**/challenges/{opened.id}")

        approver.fill(words, "from this tab")
        approver.page.locator("main .btn-act").click()
        expect(approver.page.get_by_role("alert")).to_contain_text("Somebody changed this notice")
        expect(approver.page.get_by_label(words)).to_have_value("from this tab")
        link = approver.page.get_by_role("link", name="See it as it is now")
        expect(link).to_have_attribute("href", f"/challenges/{opened.id}")
        approver.page.locator("main .btn-act").click()
        expect(approver.page.locator(".said")).to_be_visible()


def test_what_is_typed_stays_while_the_project_changes(browser: Browser, site: Site) -> None:
    project = running_project(site.store, site.market, site.taxonomy)
    path = f"/projects/{project.id}/milestones/{project.milestones[0].id}"
    label = "What is done, and how they can check it"
    with (
        visiting(browser, site, site.market.captain, "en") as captain,
        visiting(browser, site, site.market.captain, "en") as elsewhere,
    ):
        captain.go(path)
        captain.fill(label, "half a sen")
        captain.page.locator("h1").click()  # neither focus nor pointer protect it any more
        elsewhere.go(path)
        elsewhere.fill(label, "done at home")
        elsewhere.press("Submit milestone 1")
        expect(elsewhere.page.locator(".said")).to_be_visible()
        expect(captain.page.locator("#bell")).to_be_visible()
        expect(captain.page.get_by_label(label)).to_have_value("half a sen")


def test_a_message_is_read_when_it_is_opened_and_not_before(browser: Browser, site: Site) -> None:
    opened = post_open(site.store, site.market, site.taxonomy)
    me = site.market.member.person_id
    with site.store.begin() as work:
        told = [
            Notification(me, Notice.CHALLENGE_FITS, opened.id, opened.id, f"event-{number}")
            for number in range(60)
        ]
        work.notifications.add(told)
        work.commit()
    with visiting(browser, site, site.market.member, "en") as member:
        page = member.page
        member.go("/inbox")
        unread = page.locator(".list-row.unread")
        expect(unread).to_have_count(50)
        page.get_by_role("link", name="Older messages").click()
        expect(unread.nth(59)).to_be_visible()
        before = int(page.locator("#bell .count").inner_text())
        unread.nth(55).press("Enter")
        page.wait_for_url("**/challenges/*/matches")
        expect(page.locator("#bell .count")).to_have_text(str(before - 1))
        member.go("/inbox")
        member.press("Mark all as read")
        expect(unread).to_have_count(0)
        expect(page.locator("#bell .count")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_broken_message_is_found_with_its_reason_and_sent_again(
    browser: Browser, site: Site, language: Language
) -> None:
    with site.store.database.write() as connection:
        engineer = site.market.engineer.person_id
        token = issue_token(connection, engineer, "MES", datetime.now(UTC), None).secret
        connection.commit()
    with visiting(browser, site, site.market.engineer, language) as visitor:
        sent = visitor.page.request.post(
            f"{site.address}/api/v1/intake",
            data=json.dumps({"title": f"Line {language} stops", "reward_cny": -1}),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        assert sent.status == 202
        letter = visitor.page.locator("article").filter(has_text=f"Line {language} stops")

        def look() -> None:
            visitor.go("/dead-letters")
            expect(letter.first).to_be_attached(timeout=500)

        _until(look)
        expect(letter.first).to_contain_text(visitor.says("is missing"))
        letter.first.get_by_role("button").click()
        expect(visitor.page.locator(".said")).to_be_visible()
        expect(letter.locator(".tag-dai")).to_have_count(1)


def _until(look: Callable[[], None]) -> None:
    """Look again until it is there; the processor of messages works beside the pages."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return look()
        except AssertionError:
            if time.monotonic() > deadline:
                raise


def test_a_form_that_came_back_leads_to_what_was_wrong(browser: Browser, site: Site) -> None:
    with visiting(browser, site, site.market.captain, "en") as captain:
        page = captain.page
        captain.go("/team/skills")
        skill = page.get_by_label("Add a skill")
        skill.fill("no such skill")
        skill.press("Enter")
        expect(page.locator(".err")).to_be_visible()
        expect(skill).to_be_focused()
        expect(skill).to_have_value("no such skill")
        skill.fill("Python")
        captain.press("Save my skills")
        expect(page.locator(".said")).to_be_visible()
        expect(page.get_by_label("Level of Python")).to_be_visible()
