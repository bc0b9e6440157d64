"""What the catalogue comes to hold, and when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.audience import Audience, Confidentiality
from domain.challenges import Challenge
from domain.local_skills import SkillWords
from domain.matching.model import SkillNeed
from domain.matching.taxonomy import Side, Taxonomy
from domain.use_cases.bids import withdraw_bid
from domain.use_cases.challenges import PostChallenge, cancel_challenge, post_challenge
from domain.use_cases.local_skills import add_local_skill, change_local_skill
from domain.use_cases.organisations import rename_organisation
from infra.database import Database
from infra.taxonomies import Taxonomies, extended
from infra.unit_of_work import SqlUnitOfWork, Store
from search.documents import CatalogueDocument
from search.errors import CatalogueUnavailable
from search.sqlite_catalogue import SqliteCatalogue
from streams.guard import Guard, event_guard
from streams.processors.indexer import Indexer, beside_the_transaction, in_the_transaction, scan
from tests.contract.streams.log import letters, messages_after
from tests.fakes.catalogue import FakeCatalogue
from tests.fakes.stop import FakeStop
from tests.market import Market, bid_of, brief, post_open


class Indexing:
    """An indexer that `run` brings up with the log, and the catalogue that it writes."""

    def __init__(self, store: Store, database: Database, taxonomy: Taxonomy, stop: FakeStop) -> None:
        self.catalogue = FakeCatalogue()
        self._database = database
        self._guard = event_guard(
            store, Indexer(beside_the_transaction(self.catalogue), Taxonomies(taxonomy)), 1, stop
        )

    def run(self) -> None:
        self._guard.run(messages_after(self._database))

    def document(self, challenge: Challenge) -> CatalogueDocument:
        return self.catalogue.documents[challenge.id]


@pytest.fixture
def indexing(store: Store, database: Database, taxonomy: Taxonomy, stop: FakeStop) -> Indexing:
    return Indexing(store, database, taxonomy, stop)


def draft(store: Store, market: Market, taxonomy: Taxonomy, **changes: Any) -> Challenge:
    with store.begin() as work:
        wanted = brief(work.now() + timedelta(days=14), **changes)
        challenge = post_challenge(work, market.engineer, PostChallenge(wanted), taxonomy)
        work.commit()
    return challenge


def test_an_open_challenge_is_listed_with_all_that_it_shows(
    indexing: Indexing, store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    indexing.run()
    found = indexing.document(challenge)
    assert (found.number, found.title, found.summary) == (
        challenge.number,
        challenge.brief.title,
        challenge.brief.text,
    )
    assert (found.audience, found.owner_id, found.state) == (Audience.PUBLIC, market.factory, "open")
    assert (found.factory_zh, found.factory_en, found.city) == ("示例机械", "Sample Machines", "苏州")
    assert found.skill_codes == tuple(need.skill for need in challenge.brief.skills)
    assert "PLC" in found.skills[1].names, "every name of a skill finds it"
    assert (found.reward_cny, found.posted_at, found.deadline, found.bid_count) == (
        12000,
        challenge.opened_at,
        challenge.brief.bids_close_at,
        0,
    )


def test_of_a_confidential_challenge_only_the_teaser_is_indexed(
    indexing: Indexing, store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy, confidentiality=Confidentiality.NDA)
    indexing.run()
    found = indexing.document(challenge)
    assert (found.summary, found.audience) == (challenge.brief.teaser, Audience.MEMBERS)
    assert challenge.brief.text not in repr(found)


def test_a_draft_is_never_listed_and_a_cancelled_one_leaves_a_tombstone(
    indexing: Indexing, store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = draft(store, market, taxonomy)
    indexing.run()
    assert challenge.id not in indexing.catalogue.documents
    with store.begin() as work:
        cancel_challenge(work, market.engineer, challenge.id)
        work.commit()
    indexing.run()
    tombstone = indexing.document(challenge)
    assert tombstone == CatalogueDocument.tombstone(challenge.id, tombstone.doc_version)


def test_bids_are_counted(indexing: Indexing, store: Store, market: Market, taxonomy: Taxonomy) -> None:
    challenge = post_open(store, market, taxonomy)
    bid = bid_of(store, market.captain, market.team, challenge.id)
    indexing.run()
    assert indexing.document(challenge).bid_count == 1
    with store.begin() as work:
        withdraw_bid(work, market.captain, bid.id)
        work.commit()
    indexing.run()
    assert indexing.document(challenge).bid_count == 0


def test_a_renamed_factory_is_renamed_on_all_its_challenges(
    indexing: Indexing, store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    posted = [post_open(store, market, taxonomy) for _ in range(3)]
    indexing.run()
    with store.begin() as work:
        rename_organisation(work, market.approver, market.factory, "示例重工", "Sample Heavy Works")
        work.commit()
    indexing.run()
    assert {indexing.document(challenge).factory_zh for challenge in posted} == {"示例重工"}


def test_a_renamed_skill_is_renamed_on_every_challenge_that_asks_for_it(
    indexing: Indexing, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    enamel = SkillWords("搪瓷烧成", "Enamel firing", ("搪烧",), Side.OT, "moulding.injection")
    with store.begin() as work:
        add_local_skill(work, market.administrator, "local-enamel", enamel, taxonomy)
        other = replace(enamel, zh="珐琅", en="Cloisonné", aliases=())
        add_local_skill(work, market.administrator, "local-enamel-2", other, taxonomy)
        known = extended(taxonomy, work.local_skills.all())
        work.commit()
    others = (SkillNeed("plc-programming", 2, 0.5), SkillNeed("local-enamel-2", 2, 0.5))
    asking = (SkillNeed("vibration-analysis", 3, 0.5), SkillNeed("local-enamel", 2, 0.5))
    wanted = [post_open(store, market, known, skills=asking) for _ in range(2)]
    unconcerned = post_open(store, market, known, skills=others)
    indexing.run()
    before = dict(indexing.catalogue.documents)
    with store.begin() as work:
        renamed = replace(enamel, zh="搪瓷上釉", aliases=())
        change_local_skill(work, market.administrator, "local-enamel", 1, renamed, taxonomy)
        change_local_skill(work, market.administrator, "local-enamel", 2, renamed, taxonomy)
        work.commit()
    indexing.run()
    for challenge in wanted:
        document = indexing.document(challenge)
        assert document.doc_version == before[challenge.id].doc_version + 1
        assert document.skills[1].names == ("搪瓷上釉", "Enamel firing")
    assert indexing.document(unconcerned) == before[unconcerned.id]
    scanned = [document for chunk in scan(database, Taxonomies(taxonomy)) for document in chunk]
    assert {document.id: document for document in scanned} == indexing.catalogue.documents


def test_a_catalogue_that_is_down_is_waited_for(
    indexing: Indexing, store: Store, database: Database, market: Market, taxonomy: Taxonomy, stop: FakeStop
) -> None:
    challenge = post_open(store, market, taxonomy)
    indexing.catalogue.failure = CatalogueUnavailable("no node answers")

    def come_back() -> None:
        if len(stop.waits) == 5:
            indexing.catalogue.failure = None

    stop.while_waiting = come_back
    indexing.run()
    assert indexing.document(challenge).state == "open"
    assert letters(database) == []


def test_a_scan_holds_what_the_indexer_wrote(
    indexing: Indexing, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    for number in range(3):
        bid_of(store, market.captain, market.team, post_open(store, market, taxonomy).id)
        draft(store, market, taxonomy, title=f"草稿 {number}")
    indexing.run()
    scanned = [document for chunk in scan(database, Taxonomies(taxonomy)) for document in chunk]
    assert {d.id: d for d in scanned if not d.deleted} == indexing.catalogue.documents
    assert sum(d.deleted for d in scanned) == 3


@pytest.mark.parametrize("database", ["sqlite_url"], indirect=True, ids=["sqlite"])
def test_sqlites_documents_are_committed_with_what_says_so(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy, stop: FakeStop
) -> None:
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    challenge = post_open(store, market, taxonomy)
    guard: Guard[Any] = event_guard(store, Indexer(in_the_transaction, Taxonomies(taxonomy)), 1, stop)
    seen: list[dict[str, int]] = []

    def fail_once(work: SqlUnitOfWork) -> None:
        seen.append(dict(catalogue.versions([challenge.id])))
        if len(seen) == 1:
            raise TimeoutError

    guard.run(messages_after(database), also=fail_once)
    assert seen == [{}, {}], "nothing shows before the commit, nor after a rollback"
    assert list(catalogue.versions([challenge.id])) == [challenge.id]
