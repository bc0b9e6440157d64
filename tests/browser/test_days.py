"""A field for a day says which one is meant in the page's words, whatever the browser shows in it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from api.web.formats import day_in_words
from api.web.i18n import Language, Reader, reading
from infra.accounts import Passwords
from tests.browser.server import Site, running, visiting
from tests.market import post_open
from tests.serving import quick_passwords

__all__ = ["quick_passwords"]

DEADLINE = '[data-day-of="bids_close_at"]'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, quick_passwords: Passwords) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("days"), quick_passwords.hash) as site:
        yield site


def said(language: Language, value: str) -> str:
    """What the server makes of a field's value."""
    with reading(Reader(language, datetime.now(UTC))):
        words = day_in_words(value)
    assert words
    return words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_follow_the_field_and_are_the_servers(
    browser: Browser, site: Site, language: Language
) -> None:
    with visiting(browser, site, site.market.engineer, language) as engineer:
        page = engineer.page
        engineer.go("/post")
        defaults = page.locator("summary").filter(has_text=engineer.says("Reward, deadline, who may see it"))
        defaults.click()
        field, line = page.locator("#bids_close_at"), page.locator(DEADLINE)
        expect(line).to_have_text(said(language, field.input_value()))
        expect(field).to_have_accessible_description(said(language, field.input_value()))
        for month in range(1, 13):
            value = f"2027-{month:02}-0{month % 9 + 1}T07:05"
            field.fill(value)
            expect(line).to_have_text(said(language, value))
        expect(page.locator("[data-saved-for]")).to_have_text(engineer.says("Draft saved"))
        page.reload()
        defaults.click()
        expect(field).to_have_value("2027-12-04T07:05")
        expect(line).to_have_text(said(language, "2027-12-04T07:05"))
        field.fill("")
        expect(line).to_be_hidden()


def test_each_step_of_a_plan_has_its_own_words(browser: Browser, site: Site) -> None:
    opened = post_open(site.store, site.market, site.taxonomy)
    with visiting(browser, site, site.market.captain, "zh") as captain:
        page = captain.page
        captain.go(f"/challenges/{opened.id}/bid")
        page.locator('[name="step.due"]').nth(1).fill("2027-03-05")
        expect(page.locator('[data-day-of="plan-1"]')).to_have_text("2027-03-05 周五")
        expect(page.locator('[data-day-of="plan-0"]')).to_be_hidden()


def test_without_scripts_the_server_says_it_again(browser: Browser, site: Site) -> None:
    with visiting(browser, site, site.market.engineer, "en", scripts=False) as engineer:
        page = engineer.page
        engineer.go("/post")
        page.locator("summary").filter(has_text="Reward, deadline").click()
        value = page.locator("#bids_close_at").input_value()
        expect(page.locator(DEADLINE)).to_have_text(said("en", value))
        page.locator("#bids_close_at").fill("2027-03-05T07:05")
        engineer.press("Save draft")
        expect(page.locator(DEADLINE)).to_have_text("Fri 5 Mar 2027, 07:05")
