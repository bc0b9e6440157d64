"""What happened in the market lately, as far as a viewer may know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from domain.audience import Confidentiality, Viewer
from domain.bids import BidState
from domain.organisations import Actor
from infra.queries.names import Name
from infra.queries.projects_of_person import has_part
from infra.queries.visible_bids import may_see_bid
from infra.queries.visible_challenges import may_see
from infra.tables.market import (
    bids,
    challenges,
    milestones,
    organisations,
    projects,
    teams,
)
from infra.tables.projections import announcements

_NOTHING: ColumnElement[Any] = cast(null(), String)
_NONE: ColumnElement[Any] = literal(0)
_NOT_SECRET = challenges.c.confidentiality != Confidentiality.NDA
"""Where it is no secret that somebody competes."""


class Fact(StrEnum):
    """The kinds of what happened: each is a sentence in the reader's language."""

    OPENED = "opened"
    TOLD = "told"
    BID = "bid"
    TAKEN_UP = "taken_up"
    SUBMITTED = "submitted"
    SIGNED_BY_SCHOOL = "signed_by_school"
    SIGNED_BY_ENTERPRISE = "signed_by_enterprise"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Happening:
    """A fact about a challenge. `team` is named where the viewer may know it; `count` of teams told."""

    at: datetime
    fact: Fact
    challenge_id: str
    number: int
    title: str
    language: str
    industry: str
    factory_zh: str
    factory_en: str
    team: str | None = None
    project_id: str | None = None
    milestone: str | None = None
    count: int = 0

    @property
    def factory(self) -> Name:
        """What the factory is called."""
        return Name("", self.factory_zh, self.factory_en)


def happenings(
    connection: Connection,
    viewer: Viewer,
    actor: Actor | None,
    most: int,
    *,
    before: datetime | None = None,
    challenge_id: str | None = None,
) -> list[Happening]:
    """The newest facts (older than `before`, of one challenge), at most `most`, the newest first.

    `actor` is the viewer as use cases know them, None where nobody is signed in. What a project's people do
    among themselves is told to those who have a part in it, and who bids to those who may see the bid.
    """
    found: list[Happening] = []
    for fact, at, query in _questions(actor):
        newest = query.where(may_see(viewer), at.is_not(None)).order_by(at.desc()).limit(most)
        if before is not None:
            newest = newest.where(at < before)
        if challenge_id is not None:
            newest = newest.where(challenges.c.id == challenge_id)
        found += [Happening(fact=fact, **row._mapping) for row in connection.execute(newest)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]


Question = tuple[Fact, ColumnElement[Any], Select[Any]]


def _questions(actor: Actor | None) -> Iterator[Question]:
    """Each kind of fact: when it happened, and the rows that say so."""
    sees_bid = may_see_bid(actor) if actor else false()
    takes_part = has_part(actor) if actor else false()
    yield Fact.OPENED, challenges.c.opened_at, _facts(challenges.c.opened_at)
    told = announcements.c.made_at
    first = (
        select(announcements.c.challenge_id, func.min(told).label("at"), func.count().label("teams"))
        .group_by(announcements.c.challenge_id)
        .subquery()
    )
    yield (
        Fact.TOLD,
        first.c.at,
        _facts(first.c.at, count=first.c.teams).join(first, first.c.challenge_id == challenges.c.id),
    )
    sent = bids.c.submitted_at
    yield (
        Fact.BID,
        sent,
        _facts(sent, team=case((sees_bid, teams.c.title)))
        .join(bids, bids.c.challenge_id == challenges.c.id)
        .join(teams, teams.c.id == bids.c.team_id)
        .where(bids.c.state != BidState.WITHDRAWN, or_(_NOT_SECRET, sees_bid)),
    )
    for fact, at in ((Fact.TAKEN_UP, projects.c.started_at), (Fact.DELIVERED, projects.c.delivered_at)):
        project = case((takes_part, projects.c.id))
        yield (
            fact,
            at,
            _facts(at, team=teams.c.title, project=project)
            .join(projects, projects.c.challenge_id == challenges.c.id)
            .join(teams, teams.c.id == projects.c.team_id),
        )
    for fact, at in (
        (Fact.SUBMITTED, milestones.c.submitted_at),
        (Fact.SIGNED_BY_SCHOOL, milestones.c.school_signed_at),
        (Fact.SIGNED_BY_ENTERPRISE, milestones.c.enterprise_signed_at),
    ):
        yield (
            fact,
            at,
            _facts(at, team=teams.c.title, project=projects.c.id, milestone=milestones.c.title)
            .join(projects, projects.c.challenge_id == challenges.c.id)
            .join(milestones, milestones.c.project_id == projects.c.id)
            .join(teams, teams.c.id == projects.c.team_id)
            .where(takes_part),
        )


def _facts(
    at: ColumnElement[Any],
    team: ColumnElement[Any] = _NOTHING,
    project: ColumnElement[Any] = _NOTHING,
    milestone: ColumnElement[Any] = _NOTHING,
    count: ColumnElement[Any] = _NONE,
) -> Select[Any]:
    """The columns of a Happening behind its kind, with the challenge and its factory."""
    return (
        select(
            at.label("at"),
            challenges.c.id.label("challenge_id"),
            challenges.c.number,
            challenges.c.title,
            challenges.c.language,
            challenges.c.industry,
            organisations.c.name_zh.label("factory_zh"),
            organisations.c.name_en.label("factory_en"),
            team.label("team"),
            project.label("project_id"),
            milestone.label("milestone"),
            count.label("count"),
        )
        .select_from(challenges)
        .join(organisations, organisations.c.id == challenges.c.factory_id)
    )
