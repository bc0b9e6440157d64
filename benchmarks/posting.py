"""A factory's client: posts challenges of the seeded market over HTTP, as a program does."""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx2

from benchmarks.market_data import BenchmarkMarket, Generator
from benchmarks.processes import address
from domain.challenges import Brief
from domain.ports import Clock
from infra.accounts import issue_token
from infra.settings import Settings
from infra.system import SystemClock
from infra.unit_of_work import Store

TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Posted:
    """An open challenge, and the clock (`perf_counter`) when it was sent and when it was answered."""

    id: str
    number: int
    sent: float
    answered: float


def token_of(store: Store, market: BenchmarkMarket) -> str:
    """A token of the market's engineer."""
    with store.begin() as work:
        issued = issue_token(work.connection, market.engineer.person_id, "benchmark", work.now())
        work.commit()
    return issued.secret


class Poster:
    """Posts the generator's challenges one after the other, opened at once. Use it as a context."""

    def __init__(self, settings: Settings, token: str, generator: Generator) -> None:
        self._generator = generator
        self._clock: Clock = SystemClock()
        self._number = 0
        self._http = httpx2.Client(
            base_url=address(settings), headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def post(self) -> Posted:
        """Post the next one. Raises what httpx raises for any answer but success."""
        self._number += 1
        body = _body(self._generator.brief(self._clock, self._number))
        sent = time.perf_counter()
        answer = self._http.post("/api/v1/challenges", json=body).raise_for_status()
        answered = time.perf_counter()
        told = answer.json()
        return Posted(told["id"], told["number"], sent, answered)


def _body(brief: Brief) -> dict[str, Any]:
    return {
        "title": brief.title,
        "text": brief.text,
        "language": brief.language,
        "industry": brief.industry,
        "skills": [
            {"skill": s.skill, "level": s.level, "weight": s.weight, "mandatory": s.mandatory}
            for s in brief.skills
        ],
        "city": brief.city,
        "province": brief.province,
        "bids_close_at": brief.bids_close_at.isoformat(),
        "reward_cny": brief.reward_cny,
        "publish": True,
    }
