"""Who finds what in their inbox."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.events import AnnouncementMade, Event
from domain.matching.taxonomy import Taxonomy
from domain.notices import Notice
from domain.organisations import Actor
from domain.ports import UnitOfWork
from domain.projects import Project
from domain.use_cases.bids import revise_bid
from domain.use_cases.challenges import cancel_challenge
from domain.use_cases.closing import stop_project
from domain.use_cases.projects import (
    accept_project,
    return_milestone,
    sign_milestone,
    submit_milestone,
)
from domain.use_cases.teams import FormTeam, form_team, take_back_invitation
from infra.database import Database
from infra.tables.projections import notifications
from infra.unit_of_work import Store
from streams.guard import event_guard
from streams.processors.notifier import Notifier
from tests.contract.streams.log import message, messages_after
from tests.fakes.stop import FakeStop
from tests.market import Market, bid_of, post_open, proposal, running_project


class Inboxes:
    """Who was told what by the events since the last look."""

    def __init__(self, store: Store, database: Database) -> None:
        self._database = database
        self._guard = event_guard(store, Notifier(), 1, FakeStop())
        self._seen = 0
        self.look()

    def look(self) -> set[tuple[Notice, str, str]]:
        """Kind, person, subject of what is new."""
        batch = messages_after(self._database, self._seen)
        self._seen = batch[-1].position if batch else self._seen
        with self._database.read() as connection:
            before = connection.execute(select(notifications.c.id)).scalars().all()
        self._guard.run(batch)
        query = select(notifications).where(notifications.c.id.not_in(before))
        with self._database.read() as connection:
            return {(Notice(r.kind), r.person_id, r.subject) for r in connection.execute(query)}


@pytest.fixture
def inboxes(store: Store, database: Database, market: Market) -> Inboxes:
    return Inboxes(store, database)


def act(store: Store, use_case: Callable[[UnitOfWork], object]) -> None:
    with store.begin() as work:
        use_case(work)
        work.commit()


def to(notice: Notice, subject: str, *actors: Actor) -> set[tuple[Notice, str, str]]:
    return {(notice, actor.person_id, subject) for actor in actors}


def test_an_announcement_tells_every_member_of_the_teams(
    store: Store, database: Database, market: Market, inboxes: Inboxes
) -> None:
    made = AnnouncementMade(challenge_id="c1", policy_version=1, team_ids=[market.team, market.partner_team])
    event_guard(store, Notifier(), 1, FakeStop()).run([message(1, made)])
    with database.read() as connection:
        lines = connection.execute(select(notifications)).all()
    assert {(line.person_id, line.kind, line.subject) for line in lines} == {
        (actor.person_id, "challenge_fits", "c1")
        for actor in (market.captain, market.member, market.partner_captain)
    }


def test_bids_tell_the_author_and_the_decision_tells_the_teams(
    store: Store, market: Market, taxonomy: Taxonomy, inboxes: Inboxes
) -> None:
    challenge = post_open(store, market, taxonomy)
    bid = bid_of(store, market.captain, market.team, challenge.id)
    assert inboxes.look() == to(Notice.BID_RECEIVED, bid.id, market.approver)
    due = bid.plan[0].due_on
    act(store, lambda work: revise_bid(work, market.captain, bid.id, proposal(due)))
    assert inboxes.look() == to(Notice.BID_REVISED, bid.id, market.approver)
    act(store, lambda work: cancel_challenge(work, market.approver, challenge.id))
    assert inboxes.look() == to(Notice.BID_DECLINED, bid.id, market.captain, market.member)


def test_a_systems_challenge_tells_the_factorys_engineers(
    store: Store, market: Market, taxonomy: Taxonomy, inboxes: Inboxes
) -> None:
    challenge = post_open(store, market, taxonomy)
    with store.begin() as work:
        again = work.challenges.get(challenge.id)
        again.author_id = None
        again.amend(replace(again.brief, title="改过的题目"))
        work.challenges.save(again)
        work.commit()
    bid = bid_of(store, market.captain, market.team, challenge.id)
    assert inboxes.look() == to(Notice.BID_RECEIVED, bid.id, market.engineer, market.approver)


def milestone_story(project: Project, market: Market) -> list[tuple[Callable[[UnitOfWork], object], str]]:
    first, second = (m.id for m in project.milestones)
    captain, school, enterprise = market.captain, market.school_mentor, market.enterprise_mentor
    return [
        (lambda w: submit_milestone(w, captain, project.id, first, "完成"), "submitted"),
        (lambda w: return_milestone(w, school, project.id, first, "缺记录"), "returned"),
        (lambda w: submit_milestone(w, captain, project.id, first, "补齐"), "submitted"),
        (lambda w: sign_milestone(w, school, project.id, first), "half signed"),
        (lambda w: sign_milestone(w, enterprise, project.id, first), "signed"),
        (lambda w: submit_milestone(w, captain, project.id, second, "完成"), "submitted"),
        (lambda w: sign_milestone(w, enterprise, project.id, second), "half signed"),
        (lambda w: sign_milestone(w, school, project.id, second), "delivered"),
        (lambda w: accept_project(w, market.engineer, project.id), "accepted"),
    ]


def test_a_project_tells_those_whom_it_waits_for_and_those_who_waited(
    store: Store, market: Market, taxonomy: Taxonomy, inboxes: Inboxes
) -> None:
    project = running_project(store, market, taxonomy)
    inboxes.look()
    mentors, team = (market.school_mentor, market.enterprise_mentor), (market.captain, market.member)
    signed = to(Notice.MILESTONE_SIGNED, project.id, *team)
    expected = {
        "submitted": to(Notice.MILESTONE_SUBMITTED, project.id, *mentors),
        "returned": to(Notice.MILESTONE_RETURNED, project.id, *team),
        "half signed": set(),
        "signed": signed,
        "delivered": signed | to(Notice.PROJECT_DELIVERED, project.id, market.approver),
        "accepted": to(Notice.PROJECT_ACCEPTED, project.id, *team),
    }
    for use_case, step in milestone_story(project, market):
        act(store, use_case)
        assert inboxes.look() == expected[step], step


def test_a_late_milestone_tells_the_team_and_both_mentors(
    store: Store, market: Market, taxonomy: Taxonomy, inboxes: Inboxes
) -> None:
    project = running_project(store, market, taxonomy)
    inboxes.look()
    with store.begin() as work:
        late = work.projects.get(project.id)
        assert late.mark_overdue(late.milestones[0].id, late.milestones[0].overdue_from)
        work.projects.save(late)
        work.commit()
    everybody = (market.captain, market.member, market.school_mentor, market.enterprise_mentor)
    assert inboxes.look() == to(Notice.MILESTONE_OVERDUE, project.id, *everybody)


def test_a_stopped_project_tells_everybody_concerned(
    store: Store, market: Market, taxonomy: Taxonomy, inboxes: Inboxes
) -> None:
    project = running_project(store, market, taxonomy)
    inboxes.look()
    act(store, lambda work: stop_project(work, market.school_admin, project.id, "产线停了"))
    concerned = (market.captain, market.member, market.school_mentor, market.enterprise_mentor)
    assert inboxes.look() == to(Notice.PROJECT_STOPPED, project.id, *concerned, market.approver)


def test_an_invitation_is_told_to_who_was_asked_while_it_stands(
    store: Store, market: Market, inboxes: Inboxes
) -> None:
    asked = (market.captain.person_id, market.partner_captain.person_id)
    with store.begin() as work:
        team = form_team(work, market.loner, FormTeam("新队", asked, 6))
        work.commit()
    act(store, lambda work: take_back_invitation(work, market.loner, team.id, asked[0]))
    assert inboxes.look() == to(Notice.TEAM_INVITATION, team.id, market.partner_captain)


def test_every_kind_of_news_is_consumed() -> None:
    assert all(issubclass(event, Event) for event in Notifier.consumes)
    assert len(Notifier.consumes) == len(Notice)
