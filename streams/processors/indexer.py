"""Keeps the catalogue's documents up with their challenges."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from domain import events
from domain.audience import Audience, Confidentiality
from domain.events import Event, EventRecord
from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.queries.documents import Listing, all_listings, listings, listings_asking, listings_of_factories
from infra.taxonomies import Taxonomies
from infra.unit_of_work import SqlUnitOfWork
from search.catalogue import CatalogueWriter
from search.documents import CatalogueDocument, SkillLabel
from search.sqlite_catalogue import SqliteCatalogue

CHALLENGE_EVENTS = (
    events.ChallengeOpened,
    events.ChallengeAmended,
    events.ChallengeBiddingClosed,
    events.ChallengeAwarded,
    events.ChallengeStarted,
    events.ChallengeDelivered,
    events.ChallengeAccepted,
    events.ChallengeClosedUnawarded,
    events.ChallengeCancelled,
)
BID_EVENTS = (events.BidSubmitted, events.BidWithdrawn)

WriterOf = Callable[[SqlUnitOfWork], CatalogueWriter]


class Indexer:
    """A processor: writes the documents before the transaction that says so commits, or as part of it."""

    name: ClassVar[str] = "indexer"
    consumes: ClassVar[tuple[type[Event], ...]] = (
        *CHALLENGE_EVENTS,
        *BID_EVENTS,
        events.OrganisationRenamed,
        events.SkillChanged,
    )

    def __init__(self, writer_of: WriterOf, taxonomies: Taxonomies) -> None:
        self._writer_of = writer_of
        self._taxonomies = taxonomies

    def handle(self, batch: Sequence[EventRecord], work: SqlUnitOfWork) -> None:
        challenges, factories, skills = set[str](), set[str](), set[str]()
        for record in batch:
            match record.event:
                case events.BidSubmitted() | events.BidWithdrawn():
                    challenges.add(record.event.challenge_id)
                case events.OrganisationRenamed():
                    factories.add(record.subject)
                case events.SkillChanged():
                    skills.add(record.event.code)
                case _:
                    challenges.add(record.subject)
        found = [
            *listings(work.connection, challenges),
            *listings_of_factories(work.connection, factories),
            *listings_asking(work.connection, skills),
        ]
        if found:
            # After the rows: a name that has changed since then raises their versions once more.
            taxonomy = self._taxonomies.refresh(work.connection)
            self._writer_of(work).write([document_of(listing, taxonomy) for listing in found])


def in_the_transaction(work: SqlUnitOfWork) -> CatalogueWriter:
    """Write to SQLite's catalogue so that documents and rows commit together."""
    return SqliteCatalogue.within(work.connection)


def beside_the_transaction(catalogue: CatalogueWriter) -> WriterOf:
    """Write to a catalogue elsewhere: writing again is harmless, so it comes before the commit."""
    return lambda _: catalogue


def scan(database: Database, taxonomies: Taxonomies) -> Iterator[Sequence[CatalogueDocument]]:
    """All documents as the rows are now, lazily, for a rebuild of the catalogue."""
    for chunk in all_listings(database):
        with database.read() as connection:
            taxonomy = taxonomies.refresh(connection)
        yield [document_of(listing, taxonomy) for listing in chunk]


def document_of(listing: Listing, taxonomy: Taxonomy) -> CatalogueDocument:
    """What the catalogue shows; a tombstone for what only its owner may know of.

    Of a confidential brief it holds the teaser alone.
    """
    challenge, brief = listing.challenge, listing.challenge.brief
    if challenge.audience is Audience.OWNER:
        return CatalogueDocument.tombstone(challenge.id, listing.doc_version)
    confidential = brief.confidentiality is Confidentiality.NDA
    known = (taxonomy.skill(need.skill) for need in brief.skills if need.skill in taxonomy)
    return CatalogueDocument(
        id=challenge.id,
        doc_version=listing.doc_version,
        number=challenge.number,
        title=brief.title,
        summary=brief.teaser if confidential else brief.text,
        language=brief.language,
        audience=challenge.audience,
        owner_id=challenge.factory_id,
        factory_zh=listing.factory_zh,
        factory_en=listing.factory_en,
        state=challenge.state,
        industry=brief.industry,
        skills=tuple(SkillLabel(s.code, s.zh, s.en, s.aliases) for s in known),
        reward_cny=brief.reward_cny,
        posted_at=listing.posted_at,
        deadline=brief.bids_close_at,
        bid_count=listing.bid_count,
        city=brief.city,
    )
