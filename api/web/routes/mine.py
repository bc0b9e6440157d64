"""A factory's own challenges by state, and the messages of its systems that could not be accepted."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.web.i18n import called
from api.web.views.letters import shown_letters
from api.web.visit import Visit, VisitOf
from domain.challenges import ChallengeState
from domain.errors import NotFound
from domain.organisations import Role
from infra.dead_letters import list_letters, requeue_letter, show_letter
from infra.queries.documents import Listing
from infra.queries.factory_challenges import challenges_of_factory
from infra.queries.letter_count import count_letters
from infra.queries.names import names_of_organisations

router = APIRouter()

MOST_LETTERS = 50
LetterId = Annotated[int, Path(ge=1, le=2**53)]
GROUPS = (
    ("draft", (ChallengeState.DRAFT,)),
    ("review", (ChallengeState.IN_REVIEW,)),
    ("open", (ChallengeState.OPEN,)),
    ("judging", (ChallengeState.JUDGING,)),
    ("taken", (ChallengeState.AWARDED, ChallengeState.IN_PROGRESS, ChallengeState.DELIVERED)),
    ("ended", (ChallengeState.ACCEPTED, ChallengeState.CLOSED_UNAWARDED, ChallengeState.CANCELLED)),
)


@router.get("/mine")
def mine(visit: VisitOf) -> Response:
    """All challenges of the reader's factory, what waits for them first."""
    visit.require_signed_in()
    found: list[Listing] = []
    letters = 0
    if visit.posts:
        with visit.services.database.read() as connection:
            found = challenges_of_factory(connection, visit.me.organisation_id)
            letters = count_letters(connection, factory_id=visit.me.organisation_id, requeued=False)
    groups = {name: [one for one in found if one.challenge.state in states] for name, states in GROUPS}
    to_approve = sorted(groups["review"], key=lambda one: one.challenge.created_at)
    to_choose = sorted(groups["judging"], key=lambda one: one.challenge.brief.bids_close_at)
    waiting = [*(to_approve if visit.approves else []), *to_choose]
    context = {"groups": groups, "waiting": waiting, "approves": visit.approves, "letters": letters}
    return visit.page("pages/mine.html", "mine", context)


@router.get("/dead-letters")
def dead_letters(visit: VisitOf, before: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> Response:
    """What the factory's systems sent and nobody could accept, the newest first, with the reasons."""
    _require_keeper(visit)
    whose = _whose(visit)
    with visit.services.database.read() as connection:
        found = list_letters(
            connection, factory_id=whose, requeued=True, before=before, limit=MOST_LETTERS + 1
        )
        senders = {one.factory_id for one in found if one.factory_id} if whose is None else set()
        names = {id: called(name) for id, name in names_of_organisations(connection, senders).items()}
    letters = found[:MOST_LETTERS]
    more = letters[-1].id if len(found) > len(letters) else None
    context = {"letters": shown_letters(letters, names), "more": more}
    return visit.page("pages/dead_letters.html", "mine", context)


@router.post("/dead-letters/{letter_id}/requeue")
def requeue(visit: VisitOf, letter_id: LetterId) -> Response:
    """Send a message through again."""
    _require_keeper(visit)
    with visit.services.database.read() as connection:
        letter = show_letter(connection, letter_id)
    if _whose(visit) not in (None, letter.factory_id):
        raise NotFound(kind="dead letter", id=letter_id)
    with visit.services.store.begin() as work:
        requeue_letter(work, letter_id)
        work.commit()
    return visit.go("/dead-letters", "requeued")


def _whose(visit: Visit) -> str | None:
    """The factory whose letters the reader sees; None for all of them."""
    return None if visit.viewer.is_administrator else visit.me.organisation_id


def _require_keeper(visit: Visit) -> None:
    visit.me.require(Role.ENGINEER, Role.FACTORY_ADMIN)
