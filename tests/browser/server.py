"""The embedded form on a real port over a small market, and people who visit it with a browser."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from api.shield import SESSION_COOKIE
from api.web.i18n import Language, Reader, gettext, reading
from api.web.templating import Theme
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor
from infra.accounts import set_password
from infra.sessions import open_session
from infra.settings import Settings
from infra.unit_of_work import Store
from jiebang.compose import core, embedded
from jiebang.maintenance import prepare
from tests.live_server import listening
from tests.market import Market, build_market

PASSWORD = "correct horse battery"
WAIT_MS = 10_000
DESKTOP, PHONE = (1440, 900), (390, 844)


@dataclass(frozen=True, slots=True)
class Site:
    """A running product; `market` has its people."""

    address: str
    market: Market
    store: Store
    taxonomy: Taxonomy

    def session(self, actor: Actor) -> str:
        """A new session of somebody, as signing in makes it."""
        with self.store.database.write() as connection:
            secret = open_session(connection, actor.person_id, datetime.now(UTC))
            connection.commit()
        return secret


@dataclass(slots=True)
class Visitor:
    """Somebody with a browser of their own; what their pages complain about is kept."""

    page: Page
    site: Site
    language: Language
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.site.address}{path}")

    def keep_picture(self, path: str) -> None:
        """Save the whole page below the folder that SCREENSHOTS names, for people to look at."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            theme = self.page.locator("html").get_attribute("data-bs-theme")
            width = (self.page.viewport_size or {"width": 0})["width"]
            name = re.sub(r"[^a-z-]+", "-", path.strip("/")) or "catalogue"
            file = Path(folder) / f"{name}-{self.language}-{theme}-{width}.png"
            self.page.screenshot(path=file, full_page=True)

    def says(self, text: str) -> str:
        """The text as the visitor reads it."""
        with reading(Reader(self.language, datetime.now(UTC))):
            return gettext(text)

    def skill(self, code: str) -> str:
        """The name of a skill as the visitor reads it."""
        skill = self.site.taxonomy.skill(code)
        return skill.zh if self.language == "zh" else skill.en

    def press(self, text: str) -> None:
        """Press the button or link of the page itself with this text."""
        name, main = self.says(text), self.page.locator("main")
        button = main.get_by_role("button", name=name, exact=True)
        link = main.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()

    def fill(self, label: str, value: str) -> None:
        """Fill the field with this label."""
        self.page.get_by_label(self.says(label)).first.fill(value)


@contextmanager
def running(home: Path, hash_password: Callable[[str], str]) -> Iterator[Site]:
    """The product with the small market; everybody's password is the same."""
    settings = Settings(
        home=home, sample_data=True, rate_limit="1000000/minute", sign_in_limit="1000000/minute"
    )
    prepare(settings)
    with core(settings) as of:
        market = build_market(of.store, of.taxonomy)
        with of.database.write() as connection:
            for actor in (market.captain, market.engineer):
                set_password(connection, actor.person_id, hash_password(PASSWORD))
            connection.commit()
    with embedded(settings) as app, listening(app) as address:
        services = app.state.services
        yield Site(address, market, services.store, services.taxonomy)


@contextmanager
def visiting(
    browser: Browser,
    site: Site,
    actor: Actor | None,
    language: Language,
    theme: Theme = "light",
    size: tuple[int, int] = DESKTOP,
    scripts: bool = True,
) -> Iterator[Visitor]:
    """A visit of somebody who is signed in, or of nobody; it ends without a complaint."""
    width, height = size
    with browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=scripts
    ) as context:
        _remember(context, site, actor, language, theme)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        visitor = Visitor(page, site, language)
        page.on("console", lambda m: _note(visitor, m.type, m.text))
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        yield visitor
        assert visitor.complaints == []


def _remember(
    context: BrowserContext, site: Site, actor: Actor | None, language: Language, theme: Theme
) -> None:
    cookies: dict[str, str] = {"lang": language, "theme": theme}
    if actor is not None:
        cookies[SESSION_COOKIE] = site.session(actor)
    context.add_cookies([{"name": n, "value": v, "url": site.address} for n, v in cookies.items()])


def _note(visitor: Visitor, kind: str, text: str) -> None:
    # A refusal that a test provokes is shown by the page itself: Chromium and htmx complain of it.
    refused = "status of 4" in text or "Status Error Code 4" in text
    if kind in ("error", "warning") and not refused:
        visitor.complaints.append(text)
