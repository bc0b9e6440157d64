"""The form of a bid, and the bids that came in for a challenge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.fits import ranking_now
from api.web.figures import FitPart
from api.web.forms import Form
from api.web.i18n import current_reader, gettext
from api.web.views.challenge import need_of
from api.web.views.fit import fit_of
from api.web.views.notices import supply_of
from api.web.visit import Visit
from domain.bids import MOST_MILESTONES, Bid, PlannedMilestone
from domain.challenges import Challenge
from domain.use_cases.bids import Proposal
from infra.queries.challenge_bids import SentBid, bids_of_challenge
from infra.queries.team_cards import TeamCard, team_cards

SPARE_STEPS = 2
FIRST_STEPS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the plan as it was typed."""

    title: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class BidForm:
    """What the form shows; behind the steps there is room for more."""

    approach: str
    hours: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class RankedBid:
    """A bid beside the fit of its team; `score` is None where the team no longer passes a gate."""

    sent: SentBid
    team: TeamCard
    score: float | None
    parts: tuple[FitPart, ...]


def empty_bid(hours: float) -> BidForm:
    """A new form."""
    return BidForm("", f"{hours:g}", (Step(),) * FIRST_STEPS)


def form_of_bid(bid: Bid) -> BidForm:
    """The form of a bid that was sent."""
    steps = tuple(Step(step.title, step.due_on.isoformat()) for step in bid.plan)
    return BidForm(bid.approach, f"{bid.hours_per_week:g}", _with_room(steps))


def form_as_typed(form: Form) -> BidForm:
    """The form as it came back."""
    titles, days = form.rows("step.title"), form.rows("step.due")
    steps = tuple(Step(title, due) for title, due in zip(titles, days, strict=False))
    return BidForm(form.raw("approach"), form.raw("hours_per_week"), _with_room(steps))


def _with_room(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    filled = tuple(step for step in steps if step.title or step.due)
    room = max(FIRST_STEPS - len(filled), SPARE_STEPS)
    return (filled + (Step(),) * room)[:MOST_MILESTONES]


def proposal_of(form: Form, typed: BidForm) -> Proposal | None:
    """The proposal; None where a field is wrong, which `form.errors` then says."""
    hours = form.number("hours_per_week", 0, 168, 0.0)
    approach = form.text("approach", 10_000, required=True)
    plan = []
    reader = current_reader()
    today = reader.local(reader.now).date()
    for position, step in enumerate(step for step in typed.steps if step.title or step.due):
        due = _day(step.due)
        if due is None:
            form.refuse(f"plan.{position}.due", gettext("Say by which day."))
        elif not step.title.strip():
            form.refuse(f"plan.{position}.title", gettext("Say what is done by then."))
        elif due < today:
            form.refuse(f"plan.{position}.due", gettext("This day is past."))
        else:
            plan.append(PlannedMilestone(step.title.strip()[:200], due))
    if not plan and form.accepted:
        form.refuse("plan", gettext("A plan has at least one step with a day."))
    return Proposal(approach, tuple(plan), hours or 0.0) if form.accepted else None


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def ranked_bids(visit: Visit, challenge: Challenge) -> Sequence[RankedBid]:
    """The bids of a challenge that the reader may see beside their teams' fits, the best fit first."""
    with visit.services.database.read() as connection:
        sent = bids_of_challenge(connection, visit.me, challenge.id)
        teams: Mapping[str, TeamCard] = team_cards(connection, [one.bid.team_id for one in sent])
    ranking, need = ranking_now(visit.services), need_of(challenge)
    found = []
    for one in sent:
        supply = supply_of(ranking, one.bid.team_id)
        fit = fit_of(need, supply, ranking) if need and supply else None
        score, parts = (fit.score, fit.parts) if fit else (None, ())
        found.append(RankedBid(one, teams[one.bid.team_id], score, parts))
    return sorted(found, key=lambda one: -1.0 if one.score is None else -one.score)
