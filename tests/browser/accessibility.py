"""What axe has to say of a page: WCAG 2.2 AA and best practice."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> str:
    """Axe's report; empty where it finds nothing.

    Asked of a window as tall as the page: axe takes a button over which a floating bar lies at the moment for
    too small, although one can scroll it free.
    """
    window = page.viewport_size
    assert window is not None
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": window["width"], "height": max(window["height"], whole)})
    found = Axe().run(page, options={"runOnly": TAGS})
    page.set_viewport_size(window)
    return str(found.generate_report()) if found.violations_count else ""
