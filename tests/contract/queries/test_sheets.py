"""What pages show of challenges, bids, projects, teams and people."""

from datetime import datetime

from domain.audience import ANYONE, Confidentiality, Viewer
from domain.bids import BidState
from domain.matching.taxonomy import Taxonomy
from domain.projects import MilestoneState, Side
from domain.use_cases.bids import withdraw_bid
from domain.use_cases.challenges import accept_terms
from domain.use_cases.projects import sign_milestone, submit_milestone
from infra.queries.challenge_bids import bid_of_team, bids_of_challenge, bids_of_team
from infra.queries.challenge_sheet import challenge_sheet
from infra.queries.factory_challenges import challenges_of_factory
from infra.queries.happenings import Fact, happenings
from infra.queries.mentor_choices import mentor_choices
from infra.queries.project_sheet import project_sheet
from infra.queries.projects_of_person import projects_of_person
from infra.queries.reader_card import reader_card
from infra.queries.skill_counts import demand, teams_with
from infra.queries.team_cards import team_cards
from infra.queries.visible_bids import visible_bid
from infra.unit_of_work import Store
from tests.market import CAPACITY, Market, bid_of, post_open, running_project, viewer_of


def test_an_open_challenge_has_its_people_and_no_winner(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    with store.database.read() as connection:
        sheet = challenge_sheet(connection, challenge.id)
        assert challenge_sheet(connection, "nothing") is None
    assert sheet is not None
    assert sheet.challenge == challenge
    assert (sheet.factory.zh, sheet.factory.en) == ("示例机械", "Sample Machines")
    assert sheet.author is not None
    assert sheet.author.zh == "李主任"
    assert sheet.mentor is not None
    assert sheet.mentor.id == market.enterprise_mentor.person_id
    assert sheet.places_left == CAPACITY
    assert (sheet.winner, sheet.project_id) == (None, None)


def test_an_awarded_challenge_names_the_team_and_the_project(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    project = running_project(store, market, taxonomy)
    with store.database.read() as connection:
        sheet = challenge_sheet(connection, project.challenge_id)
    assert sheet is not None
    assert (sheet.winner_id, sheet.winner, sheet.project_id) == (market.team, "示例一队", project.id)
    assert sheet.places_left == CAPACITY - 1


def test_bids_are_listed_without_withdrawn_ones(store: Store, market: Market, taxonomy: Taxonomy) -> None:
    challenge = post_open(store, market, taxonomy)
    first = bid_of(store, market.captain, market.team, challenge.id)
    second = bid_of(store, market.partner_captain, market.partner_team, challenge.id)
    with store.begin() as work:
        withdraw_bid(work, market.captain, first.id)
        work.commit()
    with store.database.read() as connection:
        assert [one.bid for one in bids_of_challenge(connection, market.engineer, challenge.id)] == [second]
        assert bids_of_challenge(connection, market.enterprise_mentor, challenge.id) == []
        own = bids_of_team(connection, market.team)
        assert bid_of_team(connection, market.team, challenge.id) is None
        assert bid_of_team(connection, market.partner_team, challenge.id) == second
        assert visible_bid(connection, market.engineer, first.id) is None
        assert visible_bid(connection, market.engineer, "nothing") is None
        known = visible_bid(connection, market.engineer, second.id)
    assert [(one.bid.state, one.challenge_number) for one in own] == [(BidState.WITHDRAWN, challenge.number)]
    assert known is not None
    assert known.team_title == "示例二队"


def test_a_project_has_both_mentors_and_its_steps(store: Store, market: Market, taxonomy: Taxonomy) -> None:
    project = running_project(store, market, taxonomy)
    first = project.milestones[0].id
    with store.begin() as work:
        submit_milestone(work, market.captain, project.id, first, "采集已上线")
        sign_milestone(work, market.school_mentor, project.id, first)
        work.commit()
    with store.database.read() as connection:
        sheet = project_sheet(connection, project.id)
        assert project_sheet(connection, "nothing") is None
    assert sheet is not None
    assert sheet.side_of(market.school_mentor.person_id) is Side.SCHOOL
    assert sheet.side_of(market.captain.person_id) is None
    assert market.captain.person_id in sheet.member_ids
    step = sheet.milestones[0]
    assert (step.state, step.note) == (MilestoneState.SUBMITTED, "采集已上线")
    assert step.waits_for(Side.ENTERPRISE)
    assert not step.waits_for(Side.SCHOOL)
    assert step.signed_completely_at is None
    assert sheet.milestones[1].state is MilestoneState.PLANNED


def test_projects_are_listed_for_those_who_have_a_part(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    project = running_project(store, market, taxonomy)
    concerned = (
        market.captain,
        market.member,
        market.school_mentor,
        market.enterprise_mentor,
        market.engineer,
        market.school_admin,
        market.administrator,
    )
    with store.database.read() as connection:
        for actor in concerned:
            assert [line.id for line in projects_of_person(connection, actor)] == [project.id]
        for actor in (market.other_engineer, market.partner_captain, market.partner_mentor, market.loner):
            assert projects_of_person(connection, actor) == []


def test_a_project_waits_for_a_mentor_since_the_first_unsigned_step(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    project = running_project(store, market, taxonomy)
    school, enterprise = market.school_mentor, market.enterprise_mentor

    def since() -> list[datetime | None]:
        with store.database.read() as connection:
            (line,) = projects_of_person(connection, market.captain)
        return [line.waits_since(actor.person_id) for actor in (school, enterprise, market.captain)]

    def submit(position: int) -> datetime:
        with store.begin() as work:
            submit_milestone(work, market.captain, project.id, project.milestones[position].id, "done")
            work.commit()
            return work.now()

    assert since() == [None, None, None]
    first = submit(0)
    assert since() == [first, first, None]
    with store.begin() as work:
        sign_milestone(work, school, project.id, project.milestones[0].id)
        work.commit()
    assert since() == [None, first, None]
    submit(1)
    assert since()[1] == first


def test_a_factory_sees_all_its_challenges(store: Store, market: Market, taxonomy: Taxonomy) -> None:
    older, newer = post_open(store, market, taxonomy), post_open(store, market, taxonomy)
    with store.database.read() as connection:
        found = challenges_of_factory(connection, market.factory)
        assert [one.challenge.id for one in found] == [newer.id, older.id]
        assert challenges_of_factory(connection, market.other_factory) == []


def test_a_reader_has_a_name_a_home_and_teams(store: Store, market: Market) -> None:
    with store.database.read() as connection:
        card = reader_card(connection, market.captain.person_id)
        assert reader_card(connection, "nobody") is None
    assert card is not None
    assert (card.name.zh, card.organisation.zh, card.unread) == ("周同学", "示例学院", 0)
    assert [(team.id, team.is_captain) for team in card.teams] == [(market.team, True)]


def test_team_cards_say_who_can_do_what(store: Store, market: Market) -> None:
    with store.database.read() as connection:
        card = team_cards(connection, [market.team, "nothing"])[market.team]
    assert [school.zh for school in card.schools] == ["示例学院"]
    assert [member.student_id for member in card.members] == [
        market.captain.person_id,
        market.member.person_id,
    ]
    assert card.members[0].skills == {"plc-programming": (3, False), "python": (2, False)}
    assert card.members[1].skills["vibration-analysis"] == (4, True)


def test_mentors_are_offered_with_the_room_they_have(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    running_project(store, market, taxonomy)
    with store.database.read() as connection:
        (mentor,) = mentor_choices(connection, [market.factory])
    assert (mentor.id, mentor.places_left) == (market.enterprise_mentor.person_id, CAPACITY - 1)


def test_demand_and_supply_are_counted(store: Store, market: Market, taxonomy: Taxonomy) -> None:
    post_open(store, market, taxonomy)
    post_open(store, market, taxonomy, confidentiality=Confidentiality.MEMBERS)
    with store.database.read() as connection:
        assert demand(connection, ANYONE)["plc-programming"] == 1
        assert demand(connection, Viewer("x", market.school))["plc-programming"] == 2
        assert teams_with(connection, ["vibration-analysis", "python", "welding-robot"]) == {
            "vibration-analysis": 2,
            "python": 1,
        }
        assert teams_with(connection, []) == {}


def test_what_happened_is_told_to_those_who_may_know(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    project = running_project(store, market, taxonomy)
    with store.begin() as work:
        submit_milestone(work, market.captain, project.id, project.milestones[0].id, "采集已上线")
        work.commit()
    with store.database.read() as connection:
        everybody = happenings(connection, ANYONE, None, 20)
        team = happenings(connection, viewer_of(market.captain), market.captain, 20)
        mentor = happenings(connection, viewer_of(market.enterprise_mentor), market.enterprise_mentor, 20)
        earlier = happenings(connection, ANYONE, None, 20, before=team[-1].at)
    assert {one.fact for one in everybody} == {Fact.OPENED, Fact.BID, Fact.TAKEN_UP}
    assert all(one.team is None for one in everybody if one.fact is Fact.BID)
    assert all(one.project_id is None for one in everybody)
    assert {one.fact for one in team} == {Fact.OPENED, Fact.BID, Fact.TAKEN_UP, Fact.SUBMITTED}
    assert {one.team for one in team if one.fact is Fact.BID} == {"示例一队"}
    assert Fact.SUBMITTED in {one.fact for one in mentor}
    assert earlier == []


def test_a_confidential_challenge_does_not_tell_who_competes(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy, confidentiality=Confidentiality.NDA)
    with store.begin() as work:
        accept_terms(work, market.captain, challenge.id, str(challenge.terms))
        work.commit()
    bid_of(store, market.captain, market.team, challenge.id)
    with store.database.read() as connection:
        other = happenings(connection, viewer_of(market.partner_captain), market.partner_captain, 20)
        own = happenings(connection, viewer_of(market.engineer), market.engineer, 20)
        assert happenings(connection, ANYONE, None, 20) == []
    assert [one.fact for one in other] == [Fact.OPENED]
    assert {one.fact for one in own} == {Fact.OPENED, Fact.BID}
