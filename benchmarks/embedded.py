"""The embedded form: how soon teams are told and the catalogue knows, and how much it takes in meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from fastapi import FastAPI
from sqlalchemy import func, select

from api.services import Services
from benchmarks.market_data import BenchmarkMarket, Generator, fill
from benchmarks.report import Figure
from domain.challenges import Challenge
from domain.notices import Notice
from domain.use_cases.challenges import PostChallenge, post_challenge
from infra.settings import Settings
from infra.tables.projections import notifications
from jiebang.compose import core, embedded
from jiebang.maintenance import prepare

TEAMS = 10_000
POSTS = 200
PATIENCE = 20.0
GAP = 0.05


def run() -> list[Figure]:
    """Rows of the embedded form."""
    with _installation() as (app, market):
        services: Services = app.state.services
        generator = Generator(services.taxonomy, seed=1)
        told, found = _latencies(services, market, generator)
    return [
        Figure(
            "posted → best teams told, 10,000 teams, embedded, p50",
            _ms(told, 50),
            "ms",
            reach="≤ 60 ms",
            reached=_ms(told, 50) <= 60,
        ),
        Figure(
            "posted → best teams told, 10,000 teams, embedded, p99",
            _ms(told, 99),
            "ms",
            reach="≤ 250 ms",
            reached=_ms(told, 99) <= 250,
        ),
        Figure(
            "posted → found in the catalogue, embedded, p99",
            _ms(found, 99),
            "ms",
            reach="≤ 1,000 ms",
            reached=_ms(found, 99) <= 1000,
        ),
    ]


@contextmanager
def _installation() -> Iterator[tuple[FastAPI, BenchmarkMarket]]:
    with TemporaryDirectory(prefix="jiebang-bench-") as folder:
        settings = Settings(home=Path(folder))
        prepare(settings)
        with core(settings) as of:
            market = fill(of.store, of.taxonomy, TEAMS)
        with embedded(settings) as app:
            yield app, market


def _latencies(
    services: Services, market: BenchmarkMarket, generator: Generator
) -> tuple[list[float], list[float]]:
    """Seconds from each post's commit to the first line in an inbox, and to a hit in the catalogue."""
    told, found = [], []
    for number in range(POSTS):
        challenge, posted = _post(services, market, generator, number)
        told.append(_until(partial(_is_told, services, challenge)) - posted)
        found.append(_until(partial(_is_found, services, challenge)) - posted)
        time.sleep(GAP)
    return told, found


def _post(
    services: Services, market: BenchmarkMarket, generator: Generator, number: int
) -> tuple[Challenge, float]:
    brief = generator.brief(services.clock, number)
    started = time.perf_counter()
    with services.store.begin() as work:
        challenge = post_challenge(
            work, market.engineer, PostChallenge(brief, publish=True), services.taxonomy
        )
        work.commit()
    return challenge, started


def _is_told(services: Services, challenge: Challenge) -> bool:
    with services.database.read() as connection:
        lines = select(func.count()).where(
            notifications.c.challenge_id == challenge.id, notifications.c.kind == Notice.CHALLENGE_FITS
        )
        return bool(connection.execute(lines).scalar_one())


def _is_found(services: Services, challenge: Challenge) -> bool:
    return challenge.id in services.catalogue.versions([challenge.id])


def _until(condition: Callable[[], bool]) -> float:
    deadline = time.perf_counter() + PATIENCE
    while not condition():
        if time.perf_counter() > deadline:
            raise TimeoutError("what was posted had no effect")
        time.sleep(0.001)
    return time.perf_counter()


def _ms(seconds: list[float], percentile: float) -> float:
    return float(np.percentile(seconds, percentile)) * 1e3
