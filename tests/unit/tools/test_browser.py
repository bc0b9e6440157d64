"""The browser fixture gives a real Chromium."""

from playwright.sync_api import Browser


def test_a_page_runs_scripts(browser: Browser) -> None:
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        page.set_content("<h1>揭榜</h1>")
        assert page.evaluate("document.querySelector('h1').textContent + navigator.language") == "揭榜zh-CN"
