"""A small market to test with: two factories, two schools, their people, two teams. All sample data."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from domain.audience import Confidentiality, Viewer
from domain.bids import Bid, PlannedMilestone
from domain.challenges import Brief, Challenge, Kpi
from domain.matching.model import SkillNeed
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor, Organisation, OrganisationKind, Person, Role
from domain.projects import Project
from domain.students import Student
from domain.use_cases.bids import Award, Proposal, award_bid, place_bid
from domain.use_cases.challenges import PostChallenge, post_challenge
from domain.use_cases.teams import FormTeam, certify_skill, form_team, rate_own_skills
from infra.unit_of_work import SqlUnitOfWork, Store

CAPACITY = 8


@dataclass(frozen=True, slots=True)
class Market:
    """Who is in the market; teams and organisations by id.

    `team` (captain, member) is of `school` and fits `brief` well, with a certified skill; `partner_team`
    (partner_captain) is of `partner_school` and fits it less. `loner` is a student without a team.
    `other_engineer` posts and approves for `other_factory`.
    """

    factory: str
    other_factory: str
    school: str
    partner_school: str
    engineer: Actor
    approver: Actor
    enterprise_mentor: Actor
    other_engineer: Actor
    administrator: Actor
    school_admin: Actor
    school_mentor: Actor
    partner_mentor: Actor
    captain: Actor
    member: Actor
    loner: Actor
    partner_captain: Actor
    team: str
    partner_team: str


def build_market(store: Store, taxonomy: Taxonomy) -> Market:
    """Fill an empty store, in two transactions."""
    with store.begin() as work:
        people = _register(work)
        work.commit()
    with store.begin() as work:
        market = _form_teams(work, people, taxonomy)
        work.commit()
    return market


def brief(closes_at: datetime, **changes: Any) -> Brief:
    """A complete brief for vibration monitoring; `changes` replace its fields."""
    complete = Brief(
        title="数控主轴振动在线监测",
        text="主轴轴承每季度损坏一次，停机 6 小时。希望在线采集振动，提前一周报警。",
        language="zh",
        industry="machining",
        skills=(
            SkillNeed("vibration-analysis", level=3, weight=0.5, mandatory=True),
            SkillNeed("plc-programming", level=2, weight=0.3),
            SkillNeed("signal-processing", level=3, weight=0.2),
        ),
        city="苏州",
        province="江苏",
        bids_close_at=closes_at,
        teaser="一台数控机床的主轴需要在线监测。",
        reward_cny=12000,
        kpi=Kpi(name="停机时间", unit="小时/月", baseline=6.4, target=2.0),
        machine="CNC-07",
    )
    return replace(complete, **changes)


def confidential(closes_at: datetime) -> Brief:
    """The same brief under an NDA; only its teaser is for members."""
    return brief(closes_at, confidentiality=Confidentiality.NDA)


def post_open(store: Store, market: Market, taxonomy: Taxonomy, **changes: Any) -> Challenge:
    """An open challenge of `factory`; bids close in 14 days unless `changes` say otherwise."""
    with store.begin() as work:
        wanted = brief(**{"closes_at": work.now() + timedelta(days=14)} | changes)
        command = PostChallenge(wanted, publish=True, enterprise_mentor_id=market.enterprise_mentor.person_id)
        challenge = post_challenge(work, market.approver, command, taxonomy)
        work.commit()
    return challenge


def proposal(first_due: date) -> Proposal:
    """A bid's contents with two milestones, the second a week after the first."""
    plan = (
        PlannedMilestone("传感器安装与采集", first_due),
        PlannedMilestone("报警规则与验收", first_due + timedelta(days=7)),
    )
    return Proposal(approach="在主轴座加装加速度传感器，边缘侧做频谱分析。", plan=plan, hours_per_week=10)


def bid_of(store: Store, actor: Actor, team_id: str, challenge_id: str) -> Bid:
    """A submitted bid of a captain's team."""
    with store.begin() as work:
        due = (work.now() + timedelta(days=30)).date()
        bid = place_bid(work, actor, challenge_id, team_id, proposal(due))
        work.commit()
    return bid


def running_project(store: Store, market: Market, taxonomy: Taxonomy, **changes: Any) -> Project:
    """An active project of `team` for a new challenge of `factory`, with two planned milestones."""
    challenge = post_open(store, market, taxonomy, **changes)
    bid = bid_of(store, market.captain, market.team, challenge.id)
    with store.begin() as work:
        project = award_bid(work, market.engineer, bid.id, Award())
        work.commit()
    return project


def viewer_of(actor: Actor) -> Viewer:
    """The actor as the audience rule knows them, who has accepted no terms."""
    return Viewer(actor.person_id, actor.organisation_id, Role.ADMINISTRATOR in actor.roles)


def _register(work: SqlUnitOfWork) -> dict[str, Person]:
    factory = _organisation(work, OrganisationKind.FACTORY, "示例机械", "Sample Machines", "苏州", "江苏")
    other = _organisation(work, OrganisationKind.FACTORY, "示例注塑", "Sample Moulding", "东莞", "广东")
    school = _organisation(work, OrganisationKind.SCHOOL, "示例学院", "Sample College", "苏州", "江苏")
    partner = _organisation(work, OrganisationKind.SCHOOL, "示例职院", "Sample Institute", "无锡", "江苏")
    factory_side = (Role.ENGINEER, Role.FACTORY_ADMIN)
    return {
        "engineer": _person(work, factory, "engineer", "张工", Role.ENGINEER),
        "approver": _person(work, factory, "approver", "李主任", *factory_side),
        "enterprise_mentor": _person(work, factory, "enterprise-mentor", "王师傅", Role.MENTOR),
        "other_engineer": _person(work, other, "other-engineer", "赵工", *factory_side),
        "administrator": _person(work, school, "administrator", "管理员", Role.ADMINISTRATOR),
        "school_admin": _person(work, school, "school-admin", "陈主任", Role.SCHOOL_ADMIN),
        "school_mentor": _person(work, school, "school-mentor", "刘老师", Role.MENTOR),
        "partner_mentor": _person(work, partner, "partner-mentor", "孙老师", Role.MENTOR),
        "captain": _student(work, school, "captain", "周同学"),
        "member": _student(work, school, "member", "吴同学"),
        "loner": _student(work, school, "loner", "郑同学"),
        "partner_captain": _student(work, partner, "partner-captain", "钱同学"),
    }


def _form_teams(work: SqlUnitOfWork, people: dict[str, Person], taxonomy: Taxonomy) -> Market:
    actors = {name: actor_of(person) for name, person in people.items()}
    rate_own_skills(work, actors["captain"], {"plc-programming": 3, "python": 2}, taxonomy)
    rate_own_skills(work, actors["member"], {"signal-processing": 2}, taxonomy)
    member = actors["member"].person_id
    certify_skill(work, actors["school_mentor"], member, "vibration-analysis", 4, taxonomy)
    rate_own_skills(work, actors["partner_captain"], {"vibration-analysis": 3}, taxonomy)
    team = form_team(
        work,
        actors["captain"],
        FormTeam("示例一队", (member,), 10, school_mentor_id=actors["school_mentor"].person_id),
        agreed=True,
    )
    partner_mentor = actors["partner_mentor"].person_id
    partner_team = form_team(
        work, actors["partner_captain"], FormTeam("示例二队", (), 6, school_mentor_id=partner_mentor)
    )
    return Market(
        factory=people["engineer"].organisation_id,
        other_factory=people["other_engineer"].organisation_id,
        school=people["captain"].organisation_id,
        partner_school=people["partner_captain"].organisation_id,
        team=team.id,
        partner_team=partner_team.id,
        **actors,
    )


def actor_of(person: Person) -> Actor:
    """The person as use cases know them."""
    return Actor(person.id, person.organisation_id, person.roles)


def _organisation(
    work: SqlUnitOfWork, kind: OrganisationKind, zh: str, en: str, city: str, province: str
) -> Organisation:
    organisation = Organisation.register(work.new_id(), kind, zh, en, city, province)
    work.organisations.save(organisation)
    return organisation


def _person(work: SqlUnitOfWork, home: Organisation, login: str, name_zh: str, *roles: Role) -> Person:
    name_en = login.replace("-", " ").title()
    capacity = CAPACITY if Role.MENTOR in roles else 0
    person = Person.register(work.new_id(), home, login, name_zh, name_en, frozenset(roles), capacity)
    work.people.save(person)
    return person


def _student(work: SqlUnitOfWork, school: Organisation, login: str, name_zh: str) -> Person:
    person = _person(work, school, login, name_zh, Role.STUDENT)
    work.students.save(Student.enrol(person.id, school.id))
    return person
