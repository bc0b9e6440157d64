"""The fixture of the real browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.missing import lacking

NAMES = ["chromium", "chromium-browser", "google-chrome"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the tests of one module; a test opens a context of its own in it.

    Playwright's synchronous interface occupies the thread's event loop while it is open, so a module that
    uses this fixture has no asynchronous tests or fixtures, and the browser ends with the module.
    """
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        lacking("Chromium is missing: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()
