"""Posting from a phone at the machine, with a thumb: few fields, few taps, nothing too small or hidden."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.shield import SESSION_COOKIE
from api.web.i18n import Language
from domain.organisations import Actor
from infra.accounts import Passwords
from tests.browser.accessibility import violations
from tests.browser.server import WAIT_MS, Site, Visitor, running
from tests.serving import quick_passwords

__all__ = ["quick_passwords"]

SMALL_PHONE = {"width": 360, "height": 740}
GLOVED = 44
"""Pixels that a finger in a glove hits; buttons and fields are higher still."""
TITLES: dict[Language, str] = {"zh": "主轴振动大，夜班崩刃", "en": "Spindle vibration chips the edge"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, quick_passwords: Passwords) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("touch"), quick_passwords.hash) as site:
        yield site


@dataclass(slots=True)
class Thumb:
    """Counts what posting takes."""

    page: Page
    taps: int = 0
    fields: int = 0

    def tap(self, goal: Locator) -> None:
        """Touch something that is high enough to hit."""
        expect(goal).to_be_visible()
        goal.scroll_into_view_if_needed()
        box = goal.bounding_box()
        assert box is not None
        assert box["height"] >= GLOVED, f"{goal} is {box['height']} px high"
        goal.tap()
        self.taps += 1

    def type(self, goal: Locator, text: str) -> None:
        """Touch a field and type into it as a keyboard on the screen does."""
        self.tap(goal)
        expect(goal).to_be_focused()
        self.page.keyboard.type(text)
        self.fields += 1

    def choose(self, goal: Locator, value: str) -> None:
        """Open a list of choices, which the phone draws, and touch one."""
        self.tap(goal)
        goal.select_option(value)
        self.taps += 1
        self.fields += 1


def phone(browser: Browser, site: Site, actor: Actor, language: Language) -> Visitor:
    """A small phone with a touch screen, signed in."""
    context = browser.new_context(viewport=SMALL_PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    cookies = {"lang": language, "theme": "light", SESSION_COOKIE: site.session(actor)}
    context.add_cookies([{"name": n, "value": v, "url": site.address} for n, v in cookies.items()])
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    return Visitor(page, site, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_line_a_trade_and_a_suggested_skill_are_enough(
    browser: Browser, site: Site, language: Language
) -> None:
    actor = {"zh": site.market.approver, "en": site.market.other_engineer}[language]  # neither has posted yet
    engineer = phone(browser, site, actor, language)
    page, thumb = engineer.page, Thumb(engineer.page)
    engineer.go("/")
    thumb.tap(page.locator(".tabbar .post"))
    page.wait_for_url("**/post")
    thumb.type(page.locator("#title"), TITLES[language])
    thumb.choose(page.locator("#industry"), "machining")
    thumb.tap(page.get_by_role("button", name=engineer.skill("vibration-analysis")))
    expect(page.locator("#could-take b")).to_be_visible()
    assert violations(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL_PHONE["width"]
    thumb.tap(page.locator(".post-bar .btn-act"))
    expect(page.locator("h1")).to_have_text(TITLES[language])
    expect(page.locator(".said")).to_have_text(
        engineer.says("Posted. All teams are ranked, the best are told.")
    )
    assert (thumb.fields, thumb.taps) == (2, 6)

    again = Thumb(page)
    engineer.go("/post")
    expect(page.locator("#industry")).to_have_value("machining")
    expect(page.locator("#industry")).to_have_accessible_description(engineer.says("from your last notice"))
    again.type(page.locator("#title"), TITLES[language])
    expect(page.locator("#could-take a")).to_be_visible()
    again.tap(page.get_by_role("button", name=engineer.skill("vibration-analysis")))
    again.tap(page.locator(".post-bar .btn-act"))
    expect(page.locator(".said")).to_be_visible()
    assert (again.fields, again.taps) == (1, 3)
    page.context.close()


def test_the_code_on_the_machine_saves_the_trade(browser: Browser, site: Site) -> None:
    engineer = phone(browser, site, site.market.approver, "zh")
    page, thumb = engineer.page, Thumb(engineer.page)
    engineer.go("/post?machine=CNC-07&industry=machining")
    expect(page.locator(".machine")).to_contain_text("CNC-07")
    thumb.type(page.locator("#title"), TITLES["zh"])
    thumb.tap(page.get_by_role("button", name=engineer.skill("vibration-analysis")))
    thumb.tap(page.locator(".post-bar .btn-act"))
    expect(page.locator(".said")).to_be_visible()
    assert (thumb.fields, thumb.taps) == (1, 3)
    page.context.close()


def test_what_is_missing_is_in_sight_and_under_the_thumb(browser: Browser, site: Site) -> None:
    engineer = phone(browser, site, site.market.approver, "en")
    page, thumb = engineer.page, Thumb(engineer.page)
    engineer.go("/post?industry=")
    thumb.type(page.locator("#title"), "Something is wrong")
    thumb.tap(page.locator(".post-bar .btn-act"))
    industry = page.locator("#industry")
    expect(industry).to_be_focused()
    expect(page.locator("#industry-error")).to_be_in_viewport(ratio=1)
    bar = page.locator(".post-bar").bounding_box()
    error = page.locator("#industry-error").bounding_box()
    assert bar is not None
    assert error is not None
    assert error["y"] + error["height"] <= bar["y"], "the bar does not lie on what is wrong"
    page.context.close()
