"""The main story by keyboard alone: every stop is seen, in order, and nothing holds the focus."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from api.web.i18n import Language
from domain.use_cases.projects import submit_milestone
from infra.accounts import Passwords
from tests.browser.keyboard import Keyboard
from tests.browser.server import DESKTOP, PASSWORD, PHONE, Site, Visitor, running, visiting
from tests.market import post_open, running_project
from tests.serving import quick_passwords

__all__ = ["quick_passwords"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, quick_passwords: Passwords) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("keyboard"), quick_passwords.hash) as site:
        yield site


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_captain_signs_in_searches_and_bids(browser: Browser, site: Site, language: Language) -> None:
    challenge = post_open(site.store, site.market, site.taxonomy, title=f"Quill bearing {language}")
    with visiting(browser, site, None, language) as captain:
        page, keys = captain.page, Keyboard(captain.page)
        captain.go("/sign-in")
        keys.type(page.locator("#login"), "captain")
        keys.type(page.locator("#password"), PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site.address}/")

        keys.press(page.locator(".skip"))
        expect(page.locator("#main")).to_be_focused()
        keys.type(page.locator("#q"), f"quill bearing {language}")
        title = page.locator(f'#results .title a[href$="{challenge.id}"]')
        expect(page.locator("#results .title")).to_have_count(1)
        keys.press(title)
        page.wait_for_url(f"**/challenges/{challenge.id}")

        keys.press(page.locator('.stub a[href$="/bid"]'))
        page.wait_for_url("**/bid")
        _bids(captain, keys)
        assert keys.wrong == []


def _bids(captain: Visitor, keys: Keyboard) -> None:
    page = captain.page
    send = page.locator("main form .btn-act")
    keys.press(send)
    expect(page.locator("#approach")).to_be_focused()
    page.keyboard.type("先测两周，再报警。")
    keys.type(page.locator('[name="step.title"]').first, "采集上线")
    due = datetime.now(UTC) + timedelta(days=60)
    keys.type(page.locator('[name="step.due"]').first, f"{due:%m%d%Y}")
    keys.press(send)
    expect(page.locator(".said")).to_have_text(captain.says("Bid sent. You can change it until bids close."))


@pytest.mark.parametrize(("language", "size"), [("zh", DESKTOP), ("en", PHONE)])
def test_a_mentor_finds_what_waits_and_signs(
    browser: Browser, site: Site, language: Language, size: tuple[int, int]
) -> None:
    project = running_project(site.store, site.market, site.taxonomy)
    with site.store.begin() as work:
        submit_milestone(work, site.market.captain, project.id, project.milestones[0].id, "采集已上线")
        work.commit()
    with visiting(browser, site, site.market.school_mentor, language, size=size) as mentor:
        page, keys = mentor.page, Keyboard(mentor.page)
        mentor.go("/")
        keys.press(page.locator(f'{".rail" if size == DESKTOP else ".tabbar"} a[href="/projects"]'))
        page.wait_for_url("**/projects")
        keys.press(page.locator(f'a.list-row[href="/projects/{project.id}"]'))
        page.wait_for_url(f"**/projects/{project.id}")
        keys.press(page.locator('input[name="first"]'), " ")
        seen_before = page.locator(".gantt a").first.get_attribute("data-met") is not None
        assert seen_before is (size == DESKTOP), "on a phone the signature stands above the milestones"
        keys.press(page.locator('input[name="second"]'), " ")
        keys.press(page.locator('form[action$="/sign"] button'))
        expect(page.locator(".seal.lands")).to_be_visible()
        assert keys.wrong == []


def test_the_suggestions_and_the_jump_are_for_keys(browser: Browser, site: Site) -> None:
    post_open(site.store, site.market, site.taxonomy)
    with visiting(browser, site, site.market.captain, "en") as captain:
        page = captain.page
        captain.go("/skills")
        page.keyboard.press("Control+k")
        jump = page.locator("#jump")
        expect(jump).to_be_focused()
        page.keyboard.type("振动")
        option = page.locator("#jump-list [role=option]").first
        expect(option).to_be_visible()
        page.keyboard.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(option).to_be_hidden()
        expect(jump).to_be_focused()
        page.keyboard.press("ArrowDown")
        target = option.get_attribute("data-href") or ""
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: url == f"{site.address}{target}")


def test_the_filters_of_a_phone_give_the_focus_back(browser: Browser, site: Site) -> None:
    with visiting(browser, site, site.market.captain, "en", size=PHONE) as captain:
        page, keys = captain.page, Keyboard(captain.page)
        captain.go("/")
        opener, filters = page.locator('section button[popovertarget="filters"]'), page.locator("#filters")
        keys.press(opener)
        keys.tab_to(filters.locator("input").first)
        page.keyboard.press("Escape")
        expect(filters).to_be_hidden()
        expect(opener).to_be_focused()
        page.keyboard.press("Enter")
        keys.press(filters.locator('button[popovertargetaction="hide"]'))
        expect(filters).to_be_hidden()
        expect(opener).to_be_focused()
        assert keys.wrong == []
