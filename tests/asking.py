"""Asking what nobody should ask, and seeing that nothing comes of it."""

from typing import Any

from httpx2 import Response
from sqlalchemy import func, select

from domain.organisations import Actor
from infra.tables import metadata
from tests.market import bid_of, post_open, running_project
from tests.serving import Serving


class Asker:
    """Sends requests to a market with a project, an open challenge and a bid, and checks every answer."""

    def __init__(self, serving: Serving) -> None:
        market = serving.market
        project = running_project(serving.store, market, serving.taxonomy)
        challenge = post_open(serving.store, market, serving.taxonomy)
        bid = bid_of(serving.store, market.captain, market.team, challenge.id)
        serving.settle()
        self.serving = serving
        self.milestone = f"/projects/{project.id}/milestones/{project.milestones[0].id}"
        self.challenge = f"/challenges/{challenge.id}"
        self.bid = f"/bids/{bid.id}"
        self.team = f"/teams/{market.team}"
        self.skills = f"/students/{market.captain.person_id}/skills"

    def ask(self, actor: Actor | None, method: str, path: str, **given: Any) -> Response:
        """The answer, which is no failure, and after which a refused change has changed nothing."""
        before = self._rows() if method != "GET" else None
        answer = self.serving.client(actor).request(method, path, **given)
        assert answer.status_code < 500, (method, path[:80], str(given)[:200], answer.text[:400])
        if answer.status_code >= 400 and before is not None:
            assert self._rows() == before, (method, path[:80], str(given)[:200])
        return answer

    def _rows(self) -> list[int]:
        counts = [
            select(func.count()).select_from(table).scalar_subquery() for table in metadata.sorted_tables
        ]
        with self.serving.services.database.read() as connection:
            return list(connection.execute(select(*counts)).one())
