"""Nobody is in a team who has not agreed to be, and nobody is held in one."""

import pytest

from domain.audience import Viewer
from domain.errors import Conflict, NotAllowed, NotFound, WrongState
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor
from domain.teams import Team
from domain.use_cases.closing import stop_project
from domain.use_cases.teams import (
    ChangeTeam,
    FormTeam,
    accept_invitation,
    change_team,
    decline_invitation,
    form_team,
    leave_team,
    rate_own_skills,
    take_back_invitation,
)
from infra.queries.student_sheet import student_sheet
from infra.queries.team_cards import team_cards
from infra.queries.teams_of_viewer import teams_of_viewer
from infra.unit_of_work import Store
from tests.market import Market, running_project, viewer_of


@pytest.fixture
def asking(store: Store, market: Market) -> Team:
    """A team of `loner`, who has asked the captain of the partner school's team to join."""
    with store.begin() as work:
        team = form_team(work, market.loner, FormTeam("新队", (market.partner_captain.person_id,), 6))
        work.commit()
    return team


def team_of(store: Store, team_id: str) -> Team:
    with store.begin() as work:
        return work.teams.get(team_id)


def change(store: Store, captain: Actor, team_id: str, command: ChangeTeam) -> Team:
    with store.begin() as work:
        team = change_team(work, captain, team_id, work.teams.get(team_id).version, command)
        work.commit()
    return team


def knows(store: Store, viewer: Viewer, student: Actor) -> bool:
    with store.begin() as work:
        return student_sheet(work.connection, viewer, student.person_id) is not None


def test_who_was_asked_is_no_member_and_stays_a_stranger(
    store: Store, market: Market, asking: Team, taxonomy: Taxonomy
) -> None:
    invited = market.partner_captain
    with store.begin() as work:
        rate_own_skills(work, invited, {"python": 5}, taxonomy)
        work.commit()
    known = team_of(store, asking.id)
    assert known.member_ids == (market.loner.person_id,)
    assert known.invited_ids == (invited.person_id,)
    assert (known.school_ids, dict(known.supply.skills)) == ((market.school,), {})
    assert not knows(store, viewer_of(market.loner), invited)
    assert not knows(store, viewer_of(invited), market.loner)
    with store.begin() as work:
        assert asking.id not in teams_of_viewer(work.connection, viewer_of(invited))[0]
        card = team_cards(work.connection, [asking.id])[asking.id]
    assert [member.student_id for member in card.members] == [market.loner.person_id]


def test_who_accepts_is_a_member_with_all_they_bring(store: Store, market: Market, asking: Team) -> None:
    invited = market.partner_captain
    with store.begin() as work:
        accept_invitation(work, invited, asking.id, invited.person_id)
        work.commit()
    joined = team_of(store, asking.id)
    assert joined.member_ids == (market.loner.person_id, invited.person_id)
    assert (joined.invited_ids, set(joined.school_ids)) == ((), {market.school, market.partner_school})
    assert set(joined.supply.skills) == {"vibration-analysis"}
    assert knows(store, viewer_of(market.loner), invited)
    with store.begin() as work, pytest.raises(NotFound):
        accept_invitation(work, invited, asking.id, invited.person_id)


def test_nobody_answers_for_somebody_else(store: Store, market: Market, asking: Team) -> None:
    invited = market.partner_captain.person_id
    for stranger in (market.loner, market.captain, market.administrator):
        for answer in (accept_invitation, decline_invitation):
            with store.begin() as work, pytest.raises(NotAllowed):
                answer(work, stranger, asking.id, invited)
    with store.begin() as work, pytest.raises(NotFound):
        accept_invitation(work, market.member, asking.id, market.member.person_id)
    with store.begin() as work, pytest.raises(NotAllowed):
        take_back_invitation(work, market.captain, asking.id, invited)
    assert team_of(store, asking.id).invited_ids == (invited,)


def test_an_invitation_is_declined_or_taken_back(store: Store, market: Market, asking: Team) -> None:
    invited = market.partner_captain.person_id
    with store.begin() as work:
        decline_invitation(work, market.partner_captain, asking.id, invited)
        work.commit()
    assert team_of(store, asking.id).invited_ids == ()
    again = ChangeTeam(member_ids=(market.loner.person_id, invited))
    assert change(store, market.loner, asking.id, again).invited_ids == (invited,)
    with store.begin() as work:
        take_back_invitation(work, market.loner, asking.id, invited)
        work.commit()
    with store.begin() as work, pytest.raises(NotFound):
        accept_invitation(work, market.partner_captain, asking.id, invited)


def test_a_member_leaves_and_takes_their_skills_along(store: Store, market: Market) -> None:
    with store.begin() as work:
        leave_team(work, market.member, market.team)
        work.commit()
    left = team_of(store, market.team)
    assert left.member_ids == (market.captain.person_id,)
    assert set(left.supply.skills) == {"plc-programming", "python"}
    with store.begin() as work, pytest.raises(NotAllowed):
        leave_team(work, market.member, market.team)


def test_the_captain_hands_over_before_leaving(store: Store, market: Market) -> None:
    with store.begin() as work, pytest.raises(Conflict):
        leave_team(work, market.captain, market.team)
    change(store, market.captain, market.team, ChangeTeam(captain_id=market.member.person_id))
    with store.begin() as work:
        leave_team(work, market.captain, market.team)
        work.commit()
    left = team_of(store, market.team)
    assert (left.captain_id, left.member_ids) == (market.member.person_id, (market.member.person_id,))


def test_a_locked_roster_holds_its_people_only_while_a_project_runs(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    project = running_project(store, market, taxonomy)
    change(store, market.captain, market.team, ChangeTeam(locked=True))
    with store.begin() as work, pytest.raises(WrongState):
        leave_team(work, market.member, market.team)
    with store.begin() as work:
        stop_project(work, market.approver, project.id, "产线停了")
        work.commit()
    with store.begin() as work:
        leave_team(work, market.member, market.team)
        work.commit()
    assert team_of(store, market.team).member_ids == (market.captain.person_id,)
