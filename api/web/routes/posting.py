"""Posting a challenge: the form, what it would meet, and the steps from draft to open notice."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from api.web.forms import Errors, Form, FormOf
from api.web.i18n import gettext
from api.web.ids import Id
from api.web.views.challenge import challenge_for
from api.web.views.posting import (
    Draft,
    Trouble,
    brief_of,
    draft_of_brief,
    draft_of_form,
    empty_draft,
    skill_choices,
    usual_measures,
)
from api.web.views.prospects import prospects
from api.web.visit import Visit, VisitOf
from domain.challenges import UNPUBLISHED, Brief, Challenge, ChallengeState
from domain.errors import DomainError, NotAllowed, StaleAggregate, WrongState
from domain.organisations import Actor, OrganisationKind, Role
from domain.use_cases.challenges import (
    PostChallenge,
    amend_challenge,
    cancel_challenge,
    post_challenge,
    publish_challenge,
    return_challenge,
    submit_challenge,
)
from infra.queries.factory_challenges import challenges_of_factory
from infra.queries.mentor_choices import mentor_choices
from infra.queries.organisation_lines import organisation_line, organisations_of_kind
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter()

SAVES = {"draft": "draft_saved", "review": "sent_for_review", "publish": "published", "amend": "amended"}
CHANGEABLE = UNPUBLISHED | {ChallengeState.OPEN}


@router.get("/post")
def new(visit: VisitOf) -> Response:
    """An empty form."""
    factory_id = _factory(visit)
    with visit.services.database.read() as connection:
        home = organisation_line(connection, factory_id)
        last = challenges_of_factory(connection, factory_id, most=1)
    query = dict(visit.request.query_params)
    trade = last[0].challenge.brief.industry if last else ""
    draft = empty_draft(
        home.city if home else "", home.province if home else "", {"industry": trade, **query}
    )
    return _page(visit, None, draft, Errors(), trade_of_last=bool(trade) and "industry" not in query)


@router.post("/post")
def post(visit: VisitOf, form: FormOf) -> Response:
    """Save, send or publish a new challenge; or show the form with a skill more or less."""
    _factory(visit)
    draft = draft_of_form(form, visit.services.taxonomy)
    asked = form.raw("do")
    brief = brief_of(form, draft) if asked in SAVES else None
    if brief is not None:
        try:
            return visit.go(f"/challenges/{_posted(visit, form, brief, asked).id}", SAVES[asked])
        except DomainError as error:
            form.blame(error)
    return _page(visit, None, draft, form.errors)


@router.post("/post/preview")
def preview(visit: VisitOf, form: FormOf) -> Response:
    """What teams would see, and who could take it, as the form stands."""
    return _part(visit, form, "preview")


@router.post("/post/skills")
def skills(visit: VisitOf, form: FormOf) -> Response:
    """The form's skills after one was added or taken away."""
    return _part(visit, form, "skills")


@router.get("/challenges/{challenge_id}/edit")
def edit(visit: VisitOf, challenge_id: Id) -> Response:
    """The form of a challenge that may still change."""
    challenge = _own(visit, challenge_id)
    return _page(visit, challenge, draft_of_brief(challenge.brief, visit.services.taxonomy), Errors())


@router.post("/challenges/{challenge_id}/edit")
def change(visit: VisitOf, form: FormOf, challenge_id: Id) -> Response:
    """Save a changed challenge, and take it a step further where asked."""
    challenge = _own(visit, challenge_id)
    draft = draft_of_form(form, visit.services.taxonomy)
    asked = form.raw("do")
    brief = brief_of(form, draft, former=challenge.brief) if asked in SAVES else None
    if brief is not None:
        try:
            _amended(visit, form, challenge, brief, asked)
        except StaleAggregate:
            form.refuse("stale", gettext("Somebody changed this notice while you wrote."))
            challenge = _own(visit, challenge_id)
        except DomainError as error:
            form.blame(error)
        else:
            said = "amended" if challenge.state is ChallengeState.OPEN else SAVES[asked]
            return visit.go(f"/challenges/{challenge_id}", said)
    return _page(visit, challenge, draft, form.errors)


@router.post("/challenges/{challenge_id}/submit")
def submit(visit: VisitOf, challenge_id: Id) -> Response:
    """Hand a draft to the approver."""
    return _step(visit, challenge_id, submit_challenge, "sent_for_review")


@router.post("/challenges/{challenge_id}/publish")
def publish(visit: VisitOf, challenge_id: Id) -> Response:
    """Open a challenge, from review or straight from its draft."""
    return _step(visit, challenge_id, publish_challenge, "published")


@router.post("/challenges/{challenge_id}/return")
def send_back(visit: VisitOf, challenge_id: Id) -> Response:
    """Give a challenge in review back to its author."""
    return _step(visit, challenge_id, return_challenge, "returned_to_author")


@router.post("/challenges/{challenge_id}/cancel")
def cancel(visit: VisitOf, form: FormOf, challenge_id: Id) -> Response:
    """Take a challenge back for good, once that was confirmed."""
    if not form.flag("sure"):
        return visit.go(f"/challenges/{challenge_id}")
    return _step(visit, challenge_id, cancel_challenge, "cancelled")


Step = Callable[[SqlUnitOfWork, Actor, str], Challenge]


def _step(visit: Visit, challenge_id: str, act: Step, said: str) -> Response:
    challenge_for(visit, challenge_id)
    with visit.services.store.begin() as work:
        act(work, visit.me, challenge_id)
        work.commit()
    return visit.go(f"/challenges/{challenge_id}", said)


def _posted(visit: Visit, form: Form, brief: Brief, asked: str) -> Challenge:
    mentor = form.raw("enterprise_mentor_id") or None
    command = PostChallenge(brief, publish=asked == "publish", enterprise_mentor_id=mentor)
    with visit.services.store.begin() as work:
        challenge = post_challenge(work, visit.me, command, visit.services.taxonomy)
        if asked == "review":
            submit_challenge(work, visit.me, challenge.id)
        work.commit()
    return challenge


def _amended(visit: Visit, form: Form, challenge: Challenge, brief: Brief, asked: str) -> None:
    version = form.whole("version", 0, 2**31, 0)
    with visit.services.store.begin() as work:
        amend_challenge(work, visit.me, challenge.id, version, brief, visit.services.taxonomy)
        if asked == "review" and challenge.state is ChallengeState.DRAFT:
            submit_challenge(work, visit.me, challenge.id)
        elif asked == "publish":
            publish_challenge(work, visit.me, challenge.id)
        work.commit()


def _factory(visit: Visit) -> str:
    """The factory for which the reader posts; raises Refusal (401) or NotAllowed."""
    if not visit.posts:
        visit.require_signed_in()
        raise NotAllowed(reason="only a factory posts challenges")
    return visit.me.organisation_id


def _own(visit: Visit, challenge_id: str) -> Challenge:
    """A challenge that the reader may change; raises NotFound, NotAllowed or WrongState."""
    challenge = challenge_for(visit, challenge_id).challenge
    visit.me.require(Role.ENGINEER, Role.FACTORY_ADMIN, organisation_id=challenge.factory_id)
    if challenge.state not in CHANGEABLE:
        raise WrongState(state=challenge.state, allowed=sorted(CHANGEABLE))
    return challenge


def _page(
    visit: Visit, challenge: Challenge | None, draft: Draft, errors: Errors, *, trade_of_last: bool = False
) -> Response:
    factory_id = challenge.factory_id if challenge else _factory(visit)
    with visit.services.database.read() as connection:
        context: dict[str, object] = {
            "challenge": challenge,
            "trade_of_last": trade_of_last,
            "mentors": mentor_choices(connection, [factory_id]),
            "schools": organisations_of_kind(connection, OrganisationKind.SCHOOL),
            "factory": organisation_line(connection, factory_id),
        }
    context |= _shown(visit, draft, factory_id, errors)
    context |= {"approves": visit.approves, "skill_names": skill_choices(visit.services.taxonomy)}
    return visit.page("pages/post.html", "mine", context, 422 if errors else 200)


def _part(visit: Visit, form: Form, part: str) -> Response:
    factory_id = _factory(visit)
    draft = draft_of_form(form, visit.services.taxonomy)
    with visit.services.database.read() as connection:
        factory = organisation_line(connection, factory_id)
    context = {"factory": factory, "part": part, **_shown(visit, draft, factory_id, form.errors)}
    return visit.fragment("fragments/post_part.html", context)


def _shown(visit: Visit, draft: Draft, factory_id: str, errors: Errors) -> dict[str, object]:
    return {
        "draft": draft,
        "errors": errors,
        "prospects": prospects(visit, draft, factory_id),
        "troubles": list(Trouble),
        "measures": usual_measures(),
    }
