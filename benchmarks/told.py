"""From a post to what it brings about: a hint on a live page, a line in an inbox, a hit in the catalogue."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue

import httpx2
from sqlalchemy import func, select

from benchmarks.market_data import BenchmarkMarket, Generator, fill
from benchmarks.posting import Posted, Poster, token_of
from benchmarks.processes import address
from benchmarks.report import Figure, Timing
from domain.audience import Viewer
from domain.notices import Notice
from infra.database import Database
from infra.settings import Settings
from infra.tables.projections import notifications
from jiebang.compose import Core
from search.catalogue import Catalogue
from search.queries import CatalogueQuery

TEAMS = 10_000
POSTS = 200
WARM_UP = 10
PATIENCE = 120.0
GAP = 0.05
LOOK_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Site:
    """An installation, and how to look into it; `token` is of somebody whose live page hears of the posts."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    market: BenchmarkMarket
    generator: Generator
    token: str


@dataclass(frozen=True, slots=True)
class Latencies:
    """Seconds from the sending of each post until the teams were told, and until it was found."""

    told: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)

    def figures(self, form: str, told_p50: float, told_p99: float, found_p99: float) -> list[Figure]:
        """The rows of a form, with what they are to reach in milliseconds."""
        told, found = Timing(self.told), Timing(self.found)
        what = f"posted → best teams told (live hint and inbox), {TEAMS:,} teams, {form}"
        return [
            _figure(f"{what}, p50", told.milliseconds(50), told_p50),
            _figure(f"{what}, p99", told.milliseconds(99), told_p99),
            _figure(f"posted → found in the catalogue, {form}, p99", found.milliseconds(99), found_p99),
        ]


def _figure(what: str, value: float, most: float) -> Figure:
    return Figure(what, value, "ms", reach=f"≤ {most:,.0f} ms", reached=value <= most)


def settle(of: Core, catalogue: Catalogue) -> Site:
    """Fill an installation that is prepared and empty."""
    market = fill(of.store, of.taxonomy, TEAMS)
    generator = Generator(of.taxonomy, seed=1)
    return Site(of.settings, of.database, catalogue, market, generator, token_of(of.store, market))


def measure(site: Site) -> Latencies:
    """Post one challenge after the other to the running installation; the first ones warm it up."""
    latencies = Latencies()
    with Poster(site.settings, site.token, site.generator) as poster, _hints(site) as hints:
        for number in range(WARM_UP + POSTS):
            posted = poster.post()
            hinted = hints.get(timeout=PATIENCE)
            told = max(hinted, _until(partial(_is_told, site, posted)))
            found = _until(partial(_is_found, site, posted))
            if number >= WARM_UP:
                latencies.told.append(told - posted.sent)
                latencies.found.append(found - posted.sent)
            time.sleep(GAP)
    return latencies


@contextmanager
def _hints(site: Site) -> Iterator[SimpleQueue[float]]:
    """When each announcement's hint came over the live stream."""
    arrived: SimpleQueue[float] = SimpleQueue()
    connected = threading.Event()
    threading.Thread(target=_follow, args=(site, connected, arrived), daemon=True).start()
    if not connected.wait(PATIENCE):
        raise TimeoutError("the live stream did not begin")
    yield arrived


def _follow(site: Site, connected: threading.Event, arrived: SimpleQueue[float]) -> None:
    """Runs until the server ends."""
    url = f"{address(site.settings)}/api/v1/stream"
    headers = {"Authorization": f"Bearer {site.token}"}
    endless = httpx2.Timeout(PATIENCE, read=None)
    with (
        suppress(httpx2.TransportError),
        httpx2.stream("GET", url, headers=headers, timeout=endless) as stream,
    ):
        for line in stream.iter_lines():
            connected.set()
            if line == "event: announcement":
                arrived.put(time.perf_counter())


def _is_told(site: Site, posted: Posted) -> bool:
    lines = select(func.count()).where(
        notifications.c.challenge_id == posted.id, notifications.c.kind == Notice.CHALLENGE_FITS
    )
    with site.database.read() as connection:
        return bool(connection.execute(lines).scalar_one())


def _is_found(site: Site, posted: Posted) -> bool:
    viewer = Viewer(organisation_id=site.market.factory_id)
    page = site.catalogue.search(CatalogueQuery(text=f"J-{posted.number:04d}", viewer=viewer))
    return any(hit.id == posted.id for hit in page.hits)


def _until(condition: Callable[[], bool]) -> float:
    deadline = time.perf_counter() + PATIENCE
    while not condition():
        if time.perf_counter() > deadline:
            raise TimeoutError("what was posted had no effect")
        time.sleep(LOOK_SECONDS)
    return time.perf_counter()
