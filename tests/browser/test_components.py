"""Every component in real Chromium: both languages and themes, desktop and phone, and the scripts."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from api.web.i18n import Language, Reader, reading
from api.web.templating import Theme, environment, render
from tests.browser.accessibility import violations
from tests.browser.conftest import ORIGIN, Site
from tests.browser.gallery import NOW, gallery_context

WIDTHS = (1440, 390)
SUGGESTIONS = """
{% from 'components/search.html' import suggestions %}
{{ suggestions('q', [
  ('Skills', [('/skills/a', '1', 'Machining', '6')]),
  ('Notices', [('/n/1', 'J-1', 'Worn tools', '88')]),
]) }}
"""


def gallery(language: Language, theme: Theme) -> str:
    return render("components.html", gallery_context(language), locale=language, theme=theme, now=NOW)


def stream_of(*events: str) -> str:
    return "retry: 600000\n\n" + "".join(f"{event}\n\n" for event in events)


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A desktop page on the gallery's site; the stream is silent unless a test says otherwise."""
    site.answers["/components"] = gallery("en", "auto")
    site.answers["/other"] = ""
    say_on_stream(site)
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(5000)
        site.attach(page)
        yield page


def say_on_stream(site: Site, *events: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=stream_of(*events), content_type="text/event-stream")

    site.answers["/api/v1/stream"] = answer


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_component_is_accessible_fits_and_obeys_the_policy(
    page: Page, site: Site, language: Language, theme: Theme, width: int
) -> None:
    site.answers["/components"] = gallery(language, theme)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{ORIGIN}/components")
    page.wait_for_load_state("networkidle")

    assert violations(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert site.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_a_choice_the_theme_is_the_systems_with_and_without_scripts(
    browser: Browser, site: Site, scheme: str
) -> None:
    site.answers["/components"] = gallery("en", "auto")
    say_on_stream(site)
    papers = set()
    for scripts in (True, False):
        with browser.new_context(color_scheme=scheme, java_script_enabled=scripts) as context:  # type: ignore[arg-type]
            page = context.new_page()
            site.attach(page)
            page.goto(f"{ORIGIN}/components")
            sheet = page.locator(".sheet").first
            papers.add(sheet.evaluate("el => getComputedStyle(el).backgroundColor"))
    assert papers == {"rgb(255, 255, 255)" if scheme == "light" else "rgb(25, 34, 38)"}


def test_the_theme_toggle_is_remembered_for_the_server(page: Page) -> None:
    page.goto(f"{ORIGIN}/components")
    toggle = page.get_by_role("button", name="Light or dark")
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(toggle).to_have_attribute("value", "light")
    assert "theme=dark" in page.evaluate("document.cookie")
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_search_suggests_while_typing_and_is_worked_by_keys(page: Page, site: Site) -> None:
    site.answers["/suggest"] = suggestions()
    site.answers["/n/1"] = "<title>J-1</title>"
    page.goto(f"{ORIGIN}/components")
    search = page.get_by_role("combobox", name="Search problems, skills, machines")
    options = page.locator("#q-list").get_by_role("option")

    search.press_sequentially("tool")
    expect(search).to_have_attribute("aria-expanded", "true")
    expect(options).to_have_count(2)

    search.press("Escape")
    expect(search).to_have_attribute("aria-expanded", "false")
    expect(search).to_have_value("tool")
    search.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    search.press("ArrowUp")
    search.press("ArrowUp")
    expect(search).to_have_attribute("aria-activedescendant", "q-option-2-1")
    search.press("Enter")
    page.wait_for_url(f"{ORIGIN}/n/1")
    assert site.complaints == []


def test_a_suggestion_can_be_clicked_and_leaving_closes_the_list(page: Page, site: Site) -> None:
    site.answers["/suggest"] = suggestions()
    site.answers["/skills/a"] = "<title>Machining</title>"
    page.goto(f"{ORIGIN}/components")
    search = page.get_by_role("combobox", name="Search problems, skills, machines")
    search.press_sequentially("tool")
    expect(page.locator("#q-list")).to_be_visible()
    search.press("Tab")
    expect(page.locator("#q-list")).to_be_hidden()
    search.press_sequentially("s")
    page.locator("#q-list").get_by_text("Machining").click()
    page.wait_for_url(f"{ORIGIN}/skills/a")


def test_an_open_list_of_suggestions_is_accessible(page: Page, site: Site) -> None:
    site.answers["/suggest"] = suggestions()
    page.goto(f"{ORIGIN}/components")
    search = page.get_by_role("combobox", name="Search problems, skills, machines")
    search.press_sequentially("tool")
    expect(search).to_have_attribute("aria-expanded", "true")
    search.press("ArrowDown")
    expect(page.locator("#q-list").get_by_role("option").first).to_have_attribute("aria-selected", "true")
    assert violations(page) == ""


def test_ctrl_k_goes_to_the_search_in_the_rail_and_on_a_phone_to_the_pages(page: Page) -> None:
    page.goto(f"{ORIGIN}/components")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search problems, skills, machines")).to_be_focused()


def test_a_hint_fetches_what_it_concerns_and_says_so(page: Page, site: Site) -> None:
    site.answers["/fragment"] = "<p id='live-text'>Fresh</p>"
    say_on_stream(site, hint("challenge", "c1"))
    page.goto(f"{ORIGIN}/components")
    expect(page.locator("#live-text")).to_have_text("Fresh")
    expect(page.locator("#announcer")).to_have_text("The ranking has changed")


def test_a_reset_fetches_everything(page: Page, site: Site) -> None:
    site.answers["/fragment"] = "<p id='live-text'>Fresh</p>"
    say_on_stream(site, "event: reset\ndata: {}")
    page.goto(f"{ORIGIN}/components")
    expect(page.locator("#live-text")).to_have_text("Fresh")


def test_a_hint_for_another_challenge_fetches_nothing(page: Page, site: Site) -> None:
    site.answers["/fragment"] = "<p id='live-text'>Fresh</p>"
    say_on_stream(site, hint("challenge", "c2"), hint("team", "t1"))
    with page.expect_response("**/fragment"):
        page.goto(f"{ORIGIN}/components")
    assert site.asked.count("/fragment") == 1


def test_nothing_moves_under_the_readers_hand(page: Page, site: Site) -> None:
    site.answers["/fragment"] = "<p id='live-text'>Fresh</p>"
    site.answers["/other"] = "Fresh"
    held: list[Route] = []
    site.answers["/api/v1/stream"] = held.append
    page.goto(f"{ORIGIN}/components", wait_until="domcontentloaded")
    inside = page.locator("[data-live] button")
    inside.focus()
    page.wait_for_function("() => document.activeElement.closest('[data-live]')")
    with page.expect_response("**/api/v1/stream"):
        held[0].fulfill(body=stream_of(hint("challenge", "c1")), content_type="text/event-stream")
    expect(page.locator("#other")).to_have_text("Fresh")
    assert "/fragment" not in site.asked
    inside.blur()
    expect(page.locator("#live-text")).to_have_text("Fresh")


def test_a_form_saves_itself_and_comes_back(page: Page) -> None:
    page.goto(f"{ORIGIN}/components")
    page.get_by_label("Say it the way you would").fill("the spindle shakes")
    page.get_by_label("No change to the PLC program").check()
    expect(page.locator("[data-saved-for=gallery]")).to_have_text("Draft saved")
    page.reload()
    expect(page.get_by_label("Say it the way you would")).to_have_value("the spindle shakes")
    expect(page.get_by_label("No change to the PLC program")).to_be_checked()
    expect(page.locator("[data-saved-for=gallery]")).to_have_text("Your draft is back")


def test_without_scripts_the_choices_of_the_rail_are_forms(browser: Browser, site: Site) -> None:
    site.answers["/components"] = gallery("zh", "light")
    site.answers["/preferences"] = "<title>ok</title>"
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        site.attach(page)
        page.goto(f"{ORIGIN}/components")
        with page.expect_request(f"{ORIGIN}/preferences") as sent:
            page.get_by_role("button", name="EN, switch to English").click()
        assert sent.value.post_data == "next=%2Fcomponents&lang=en"


def hint(kind: str, subject: str) -> str:
    data = json.dumps({"type": kind, "id": subject, "version": 2, "event": "changed"})
    return f"event: {kind}\ndata: {data}"


def suggestions() -> str:
    with reading(Reader("en", NOW)):
        return environment().from_string(SUGGESTIONS).render()
