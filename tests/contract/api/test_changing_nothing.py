"""A change of a challenge that changes nothing."""

from typing import Any

import pytest
from sqlalchemy import func, select

from domain.challenges import Challenge
from domain.matching.model import SkillNeed
from infra.tables.log import outbox
from tests.market import post_open
from tests.serving import Serving

SKILLS = (
    SkillNeed("vibration-analysis", level=3, weight=9),
    SkillNeed("plc-programming", level=2, weight=8),
    SkillNeed("signal-processing", level=3, weight=9),
    SkillNeed("python", level=3, weight=9),
)
"""Scaled to sum 1 once, these sum to a little less than 1, and scaled again they would be others."""


def messages(serving: Serving) -> int:
    with serving.services.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(outbox)).scalar_one())


def shown(challenge: Challenge) -> dict[str, Any]:
    brief = challenge.brief
    return {"title": brief.title, "kpi": vars_of(brief.kpi), "bids_close_at": brief.bids_close_at.isoformat()}


def vars_of(kpi: Any) -> dict[str, Any]:
    return {name: getattr(kpi, name) for name in ("name", "unit", "baseline", "target")}


@pytest.mark.parametrize("of_what_is_there", [False, True])
def test_it_leaves_version_and_log_as_they_are(serving: Serving, of_what_is_there: bool) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy, skills=SKILLS)
    etag, before = f'"{challenge.version}"', messages(serving)
    answer = serving.client(serving.market.engineer).patch(
        f"/api/v1/challenges/{challenge.id}",
        json=shown(challenge) if of_what_is_there else {},
        headers={"If-Match": etag},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == etag
    assert messages(serving) == before
