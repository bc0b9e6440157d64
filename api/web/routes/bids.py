"""Bidding: a captain's proposal, the bids that came in, and the award."""

from fastapi import APIRouter
from starlette.responses import Response

from api.fits import ranking_now
from api.web.forms import Errors, Form, FormOf
from api.web.i18n import gettext
from api.web.ids import Id
from api.web.shell import Place
from api.web.views.bidding import (
    BidForm,
    empty_bid,
    form_as_typed,
    form_of_bid,
    proposal_of,
    ranked_bids,
)
from api.web.views.challenge import ChallengeView, challenge_for, challenge_view
from api.web.visit import Visit, VisitOf
from domain.bids import Bid, BidState
from domain.challenges import Challenge
from domain.errors import DomainError, NotFound
from domain.use_cases.bids import Award, award_bid, place_bid, revise_bid, shortlist_bid, withdraw_bid
from domain.use_cases.closing import close_unawarded
from infra.queries.challenge_bids import SentBid
from infra.queries.mentor_choices import mentor_choices
from infra.queries.team_cards import team_cards
from infra.queries.visible_bids import CHOOSERS, VisibleBid, visible_bid

router = APIRouter()

CHANGEABLE = (BidState.SUBMITTED, BidState.REVISED)
MOST_FEEDBACK = 2_000


@router.get("/challenges/{challenge_id}/bid")
def own_bid(visit: VisitOf, challenge_id: Id) -> Response:
    """The bid of the reader's team, or the form for it."""
    view = _view(visit, challenge_id)
    form = form_of_bid(view.bid) if view.bid else empty_bid(view.challenge.brief.hours_per_week)
    return _bid_page(visit, view, form, Errors())


@router.post("/challenges/{challenge_id}/bid")
def send_bid(visit: VisitOf, form: FormOf, challenge_id: Id) -> Response:
    """Send the bid, or change the one that was sent."""
    view = _view(visit, challenge_id)
    typed = form_as_typed(form)
    if form.raw("do") == "more":
        return _bid_page(visit, view, typed, form.errors)
    proposal = proposal_of(form, typed)
    if proposal is not None and view.team is not None:
        try:
            with visit.services.store.begin() as work:
                if view.bid is None:
                    place_bid(work, visit.me, challenge_id, view.team.id, proposal)
                else:
                    revise_bid(work, visit.me, view.bid.id, proposal)
                work.commit()
        except DomainError as error:
            form.blame(error)
        else:
            return visit.go(f"/challenges/{challenge_id}/bid", "bid_revised" if view.bid else "bid_sent")
    return _bid_page(visit, view, typed, form.errors)


@router.post("/bids/{bid_id}/withdraw")
def withdraw(visit: VisitOf, form: FormOf, bid_id: Id) -> Response:
    """Take a bid back, once that was confirmed."""
    sent = _bid(visit, bid_id)
    path = f"/challenges/{sent.bid.challenge_id}"
    if not form.flag("sure"):
        return visit.go(f"{path}/bid")
    with visit.services.store.begin() as work:
        withdraw_bid(work, visit.me, bid_id)
        work.commit()
    return visit.go(path, "bid_withdrawn")


@router.get("/challenges/{challenge_id}/bids")
def bids(visit: VisitOf, challenge_id: Id) -> Response:
    """The bids that came in, for the challenge's factory."""
    view = _view(visit, challenge_id)
    _require_chooser(visit, view.challenge)
    return _bids_page(visit, view, None)


@router.post("/challenges/{challenge_id}/close")
def close(visit: VisitOf, form: FormOf, challenge_id: Id) -> Response:
    """End it without a winner, once that was confirmed."""
    view = _view(visit, challenge_id)
    _require_chooser(visit, view.challenge)
    feedback = form.text("feedback", MOST_FEEDBACK)
    if not form.flag("sure"):
        form.refuse("sure", gettext("Tick that no bid is chosen."))
    if form.accepted:
        try:
            with visit.services.store.begin() as work:
                close_unawarded(work, visit.me, challenge_id, feedback)
                work.commit()
        except DomainError as error:
            form.blame(error)
        else:
            return visit.go(view.href, "closed_unawarded")
    return _bids_page(visit, view, form)


@router.post("/bids/{bid_id}/shortlist")
def shortlist(visit: VisitOf, bid_id: Id) -> Response:
    """Mark a bid as one to look at more closely."""
    sent = _bid(visit, bid_id)
    with visit.services.store.begin() as work:
        shortlist_bid(work, visit.me, bid_id)
        work.commit()
    return visit.go(f"/challenges/{sent.bid.challenge_id}/bids", "shortlisted")


@router.get("/bids/{bid_id}/award")
def award_form(visit: VisitOf, bid_id: Id) -> Response:
    """Who sees the project through, and what the other teams are told."""
    return _award_page(visit, bid_id, None)


@router.post("/bids/{bid_id}/award")
def award(visit: VisitOf, form: FormOf, bid_id: Id) -> Response:
    """Choose the winner and start the project."""
    others = form.rows("other")
    for mentor in ("school_mentor_id", "enterprise_mentor_id"):
        if not form.raw(mentor):
            form.refuse(mentor, gettext("Choose a mentor."))
    command = Award(
        school_mentor_id=form.raw("school_mentor_id") or None,
        enterprise_mentor_id=form.raw("enterprise_mentor_id") or None,
        feedback={id: form.text(f"feedback.{id}", MOST_FEEDBACK) for id in others},
        reserve=tuple(id for id in others if form.flag(f"reserve.{id}")),
    )
    if form.accepted:
        _bid(visit, bid_id)
        try:
            with visit.services.store.begin() as work:
                project = award_bid(work, visit.me, bid_id, command)
                work.commit()
        except DomainError as error:
            form.blame(error)
        else:
            return visit.go(f"/projects/{project.id}", "awarded")
    return _award_page(visit, bid_id, form)


def _view(visit: Visit, challenge_id: str) -> ChallengeView:
    visit.require_signed_in()
    return challenge_view(visit, challenge_for(visit, challenge_id), ranking_now(visit.services))


def _bid(visit: Visit, bid_id: str) -> VisibleBid:
    """A bid that the reader may see; raises NotFound."""
    with visit.services.database.read() as connection:
        found = visible_bid(connection, visit.me, bid_id)
    if found is None:
        raise NotFound(kind=Bid.name, id=bid_id)
    return found


def _require_chooser(visit: Visit, challenge: Challenge) -> None:
    visit.me.require(*CHOOSERS, organisation_id=challenge.factory_id)


def _bid_page(visit: Visit, view: ChallengeView, form: BidForm, errors: Errors) -> Response:
    if view.team is None or (not view.readable and view.bid is None):
        return visit.go(view.href)
    changeable = view.bid is None or view.bid.state in CHANGEABLE
    still_open = view.state == "open" and visit.now < view.challenge.brief.bids_close_at
    context = {
        "form": form,
        "errors": errors,
        "may_change": changeable and still_open and view.team.is_captain,
    }
    return _page(visit, view, "bid", context, 422 if errors else 200)


def _bids_page(visit: Visit, view: ChallengeView, form: Form | None) -> Response:
    context: dict[str, object] = {
        "bids": ranked_bids(visit, view.challenge),
        "typed": form,
        "errors": form.errors if form else Errors(),
    }
    return _page(visit, view, "bids", context, 422 if form else 200)


def _page(
    visit: Visit, view: ChallengeView, tab: str, context: dict[str, object], status: int = 200
) -> Response:
    shown = {"view": view, "tab": tab, "approves": view.is_own and visit.approves, **context}
    place: Place = "mine" if view.is_own else "notices"
    return visit.page(f"pages/challenge_{tab}.html", place, shown, status)


def _award_page(visit: Visit, bid_id: str, form: Form | None) -> Response:
    sent = _bid(visit, bid_id)
    view = _view(visit, sent.bid.challenge_id)
    _require_chooser(visit, view.challenge)
    with visit.services.database.read() as connection:
        team = team_cards(connection, [sent.bid.team_id])[sent.bid.team_id]
        context = {
            "view": view,
            "sent": sent,
            "team": team,
            "others": [one for one in ranked_bids(visit, view.challenge) if _competes(one.sent, bid_id)],
            "school_mentors": mentor_choices(connection, [school.id for school in team.schools]),
            "enterprise_mentors": mentor_choices(connection, [view.challenge.factory_id]),
            "typed": form,
            "errors": form.errors if form else Errors(),
        }
    return visit.page("pages/award.html", "mine", context, 422 if form else 200)


def _competes(sent: SentBid, bid_id: str) -> bool:
    return sent.bid.id != bid_id and sent.bid.in_the_running
