"""Taking in what factories' systems send: drafts for their people to look at, or a reason why not."""

from collections.abc import Mapping, Sequence

from domain.challenges import Brief, Challenge, Source
from domain.errors import Invalid
from domain.intake import IntakeChallenge, Reason, Rejected, parse, to_brief
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Organisation, OrganisationKind
from domain.ports import DeadLetter, IntakeMessage, UnitOfWork
from domain.use_cases.challenges import checked

CONSUMER = "intake"


def take_in(work: UnitOfWork, messages: Sequence[IntakeMessage], taxonomy: Taxonomy) -> list[Challenge]:
    """Draft a challenge from each message that is new by its factory, source system and source id.

    A message that can never be accepted becomes a dead letter with what is wrong with it. Returns the
    drafts. Raises Conflict where somebody else drafted one of them at the same time.
    """
    letters: list[DeadLetter] = []
    parsed: list[tuple[IntakeMessage, IntakeChallenge]] = []
    for message in messages:
        try:
            parsed.append((message, parse(message.value, message.headers, work.now())))
        except Rejected as rejected:
            letters.append(_letter(message, rejected))
    factories = _factories(work, [challenge.factory_id for _, challenge in parsed])
    ready: dict[tuple[str, Source], Brief] = {}
    for message, challenge in parsed:
        try:
            brief = _brief(message, challenge, factories, taxonomy)
        except Rejected as rejected:
            letters.append(_letter(message, rejected))
        else:
            ready.setdefault((challenge.factory_id, challenge.source), brief)
    work.dead_letters.add(letters)
    return _draft(work, ready)


def _factories(work: UnitOfWork, ids: Sequence[str]) -> Mapping[str, Organisation]:
    found = work.organisations.find(ids)
    return {id: o for id, o in found.items() if o.kind is OrganisationKind.FACTORY}


def _brief(
    message: IntakeMessage,
    challenge: IntakeChallenge,
    factories: Mapping[str, Organisation],
    taxonomy: Taxonomy,
) -> Brief:
    if message.factory_id is not None and challenge.factory_id != message.factory_id:
        raise Rejected(
            Reason.ANOTHER_FACTORY,
            {"factory_id": f"is {challenge.factory_id!r}, but the sender belongs to another factory"},
        )
    factory = factories.get(challenge.factory_id)
    if factory is None:
        raise Rejected(
            Reason.UNKNOWN_FACTORY, {"factory_id": f"no factory has the id {challenge.factory_id!r}"}
        )
    brief = to_brief(challenge, factory.city, factory.province, taxonomy)
    try:
        return checked(brief, taxonomy)
    except Invalid as error:
        problems = {error.field or "(message)": str(error)}
        raise Rejected(Reason.WRONG_SCHEMA, problems, challenge.factory_id) from error


def _draft(work: UnitOfWork, ready: Mapping[tuple[str, Source], Brief]) -> list[Challenge]:
    known = work.challenges.known_sources(ready)
    drafts = []
    for (factory_id, source), brief in ready.items():
        if (factory_id, source) in known:
            continue
        challenge = Challenge.draft(
            id=work.new_id(),
            number=work.challenges.next_number(),
            factory_id=factory_id,
            author_id=None,
            brief=brief,
            now=work.now(),
            source=source,
        )
        work.challenges.save(challenge)
        drafts.append(challenge)
    return drafts


def _letter(message: IntakeMessage, rejected: Rejected) -> DeadLetter:
    return DeadLetter(
        origin=message.origin,
        consumer=CONSUMER,
        value=message.value,
        headers=message.headers,
        reason=rejected.reason,
        details=rejected.problems,
        factory_id=message.factory_id or rejected.factory_id,
    )
