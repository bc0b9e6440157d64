"""What happens to the sample challenges: each act of a story is a use case, done by the right person."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import groupby

from domain.bids import PlannedMilestone
from domain.challenges import Brief
from domain.matching.model import DEFAULT_POLICY, SkillNeed
from domain.matching.taxonomy import Taxonomy
from domain.matching.team_index import TeamIndex
from domain.organisations import Actor, Role
from domain.ports import UnitOfWork
from domain.projects import Project, Side
from domain.teams import Team
from domain.use_cases import bids, challenges, projects
from domain.use_cases.bids import Award, Proposal
from domain.use_cases.challenges import PostChallenge
from jiebang.sample.cast import Cast
from jiebang.sample.entries import ActEntry, ChallengeEntry, Deed, SkillEntry
from jiebang.sample.history import History

HOURS: Mapping[Deed, time] = {
    Deed.DRAFT: time(8, 20),
    Deed.SUBMIT_DRAFT: time(9, 5),
    Deed.OPEN: time(9, 40),
    Deed.POST: time(10, 15),
    Deed.SUBMIT: time(11, 30),
    Deed.BID: time(13, 10),
    Deed.REVISE: time(14, 0),
    Deed.WITHDRAW: time(14, 20),
    Deed.SIGN: time(15, 5),
    Deed.RETURN: time(15, 40),
    Deed.SHORTLIST: time(16, 10),
    Deed.AWARD: time(16, 45),
    Deed.CANCEL: time(17, 0),
    Deed.ACCEPT: time(17, 20),
}
AMONG_BEST = 8

USUAL_PLAN = {
    "zh": ("现场调研，测准基线", "样机在实训室跑通", "现场试用两周", "对照基线测指标，交接"),
    "en": (
        "Baseline measured on site",
        "Prototype works in the lab",
        "Two weeks on the line",
        "KPI and handover",
    ),
}
DAYS_OF_A_STEP = 14


@dataclass
class Tale:
    """A challenge as it goes on; bids in the order in which they were sent."""

    trade: str
    entry: ChallengeEntry
    challenge_id: str = ""
    bid_ids: list[str] = field(default_factory=list)
    bidders: list[Team] = field(default_factory=list)
    project_id: str = ""


class Storyteller:
    """Lets the acts of all tales happen in the order of their times, by those whose part it is."""

    def __init__(self, cast: Cast, history: History, taxonomy: Taxonomy) -> None:
        self._cast = cast
        self._history = history
        self._taxonomy = taxonomy
        self._index = TeamIndex.build([team.supply for team in cast.teams.values()], taxonomy)
        self._bids_of: Counter[str] = Counter()
        self._deeds: Mapping[Deed, Callable[[UnitOfWork, Tale, ActEntry], None]] = {
            Deed.DRAFT: self._draft,
            Deed.SUBMIT_DRAFT: self._submit_draft,
            Deed.OPEN: self._open,
            Deed.POST: self._post,
            Deed.BID: self._bid,
            Deed.REVISE: self._revise,
            Deed.WITHDRAW: self._withdraw,
            Deed.SHORTLIST: self._shortlist,
            Deed.AWARD: self._award,
            Deed.CANCEL: self._cancel,
            Deed.SUBMIT: self._submit,
            Deed.RETURN: self._return,
            Deed.SIGN: self._sign,
            Deed.ACCEPT: self._accept,
        }

    def tell(self, tales: Sequence[Tale]) -> None:
        """Everything that happened until now, one unit of work for each time at which something did."""
        acts = [(self._time_of(act), tale, act) for tale in tales for act in tale.entry.story]
        acts.sort(key=lambda timed: timed[0])
        for when, together in groupby(acts, key=lambda timed: timed[0]):
            with self._history.moment(when) as work:
                for _, tale, act in together:
                    self._deeds[act.act](work, tale, act)

    def _time_of(self, act: ActEntry) -> datetime:
        return self._history.time_of(act.day, HOURS[act.act])

    def _draft(self, work: UnitOfWork, tale: Tale, _: ActEntry) -> None:
        entry = tale.entry
        mentor = self._cast.actor(entry.mentor) if entry.mentor else self._at(tale, Role.MENTOR)
        command = PostChallenge(self._brief(tale), enterprise_mentor_id=mentor.person_id)
        engineer = self._at(tale, Role.ENGINEER)
        tale.challenge_id = challenges.post_challenge(work, engineer, command, self._taxonomy).id

    def _submit_draft(self, work: UnitOfWork, tale: Tale, _: ActEntry) -> None:
        challenges.submit_challenge(work, self._at(tale, Role.ENGINEER), tale.challenge_id)

    def _open(self, work: UnitOfWork, tale: Tale, _: ActEntry) -> None:
        challenges.publish_challenge(work, self._at(tale, Role.FACTORY_ADMIN), tale.challenge_id)

    def _post(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        for deed in (self._draft, self._submit_draft, self._open):
            deed(work, tale, act)

    def _cancel(self, work: UnitOfWork, tale: Tale, _: ActEntry) -> None:
        challenges.cancel_challenge(work, self._at(tale, Role.FACTORY_ADMIN), tale.challenge_id)

    def _bid(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        team = self._cast.teams[act.team] if act.team else self._best_bidder(work, tale)
        self._bids_of[team.id] += 1
        tale.bidders.append(team)
        captain = self._cast.captain(team)
        terms = work.challenges.get(tale.challenge_id).terms
        if terms is not None:
            challenges.accept_terms(work, captain, tale.challenge_id, terms)
        proposal = Proposal(act.text, self._plan(tale, act), team.hours_per_week)
        bid = bids.place_bid(work, captain, tale.challenge_id, team.id, proposal)
        tale.bid_ids.append(bid.id)

    def _best_bidder(self, work: UnitOfWork, tale: Tale) -> Team:
        """Of the best that have not bid for this challenge, the one that has bid least so far."""
        need = work.challenges.get(tale.challenge_id).need
        teams = {team.id: team for team in self._cast.teams.values() if team not in tale.bidders}
        hits = [hit.id for hit in self._index.rank(need, len(self._cast.teams), DEFAULT_POLICY)]
        best = [id for id in hits if id in teams][:AMONG_BEST]
        return teams[min(best, key=lambda id: self._bids_of[id])]

    def _revise(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        team = tale.bidders[act.bid - 1]
        proposal = Proposal(act.text, self._plan(tale, act), team.hours_per_week)
        bids.revise_bid(work, self._cast.captain(team), tale.bid_ids[act.bid - 1], proposal)

    def _withdraw(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        captain = self._cast.captain(tale.bidders[act.bid - 1])
        bids.withdraw_bid(work, captain, tale.bid_ids[act.bid - 1])

    def _shortlist(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        bids.shortlist_bid(work, self._at(tale, Role.ENGINEER), tale.bid_ids[act.bid - 1])

    def _award(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        award = Award(
            feedback={tale.bid_ids[number - 1]: text for number, text in act.feedback.items()},
            reserve=tuple(tale.bid_ids[number - 1] for number in act.reserve),
        )
        engineer = self._at(tale, Role.ENGINEER)
        tale.project_id = bids.award_bid(work, engineer, tale.bid_ids[act.bid - 1], award).id

    def _submit(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        project = work.projects.get(tale.project_id)
        captain = self._cast.captain(work.teams.get(project.team_id))
        projects.submit_milestone(work, captain, project.id, _milestone_id(project, act), act.text)

    def _sign(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        project = work.projects.get(tale.project_id)
        mentor = self._cast.actors[_mentor_id(project, act.side)]
        projects.sign_milestone(work, mentor, project.id, _milestone_id(project, act))

    def _return(self, work: UnitOfWork, tale: Tale, act: ActEntry) -> None:
        project = work.projects.get(tale.project_id)
        mentor = self._cast.actors[_mentor_id(project, act.side)]
        projects.return_milestone(work, mentor, project.id, _milestone_id(project, act), act.text)

    def _accept(self, work: UnitOfWork, tale: Tale, _: ActEntry) -> None:
        projects.accept_project(work, self._at(tale, Role.FACTORY_ADMIN), tale.project_id)

    def _at(self, tale: Tale, role: Role) -> Actor:
        return self._cast.first(tale.entry.plant, role)

    def _brief(self, tale: Tale) -> Brief:
        entry = tale.entry
        plant = self._cast.organisations[entry.plant]
        return Brief(
            title=entry.title,
            text=entry.text,
            language=entry.language,
            industry=tale.trade,
            skills=tuple(_skill_need(skill) for skill in entry.skills),
            city=plant.city,
            province=plant.province,
            bids_close_at=self._history.deadline(entry.closes),
            teaser=entry.teaser,
            confidentiality=entry.confidentiality,
            remote=entry.remote,
            hours_per_week=entry.hours,
            eligible_schools=tuple(self._cast.organisations[key].id for key in entry.schools),
            reward_cny=entry.reward,
            kpi=entry.kpi,
            machine=entry.machine,
        )

    def _plan(self, tale: Tale, act: ActEntry) -> tuple[PlannedMilestone, ...]:
        steps = [(step.title, step.due) for step in act.plan] or [
            (title, tale.entry.closes + DAYS_OF_A_STEP * number)
            for number, title in enumerate(USUAL_PLAN[tale.entry.language], start=1)
        ]
        return tuple(PlannedMilestone(title, self._history.day(due)) for title, due in steps)


def _skill_need(entry: SkillEntry) -> SkillNeed:
    code, level, percent, *must = entry
    return SkillNeed(code, level, percent / 100, mandatory=bool(must))


def _milestone_id(project: Project, act: ActEntry) -> str:
    return project.milestones[act.milestone - 1].id


def _mentor_id(project: Project, side: Side) -> str:
    return project.school_mentor_id if side is Side.SCHOOL else project.enterprise_mentor_id
