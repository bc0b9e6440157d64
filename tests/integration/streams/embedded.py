"""The embedded form's parts around one file, and a way to wait for them."""

import threading
from functools import partial
from typing import Any

from domain.matching.taxonomy import Taxonomy
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from search.sqlite_catalogue import SqliteCatalogue
from streams.feed import OutboxFeed
from streams.guard import Guard, event_guard, intake_guard
from streams.local_host import Lane, LocalHost
from streams.processors.indexer import Indexer, in_the_transaction
from streams.processors.intake import Intake
from streams.processors.matcher import Matcher
from streams.processors.notifier import Notifier
from streams.processors.progress import Progress
from streams.replica import ReplicaKeeper
from tests import waiting

wait_until = partial(waiting.wait_until, seconds=20.0)


class Embedded:
    """Feed, replica and local host as one process has them; `start` and `stop` once."""

    def __init__(self, store: Store, taxonomy: Taxonomy) -> None:
        self.store = store
        self.feed = OutboxFeed(store.database)
        self.keeper = ReplicaKeeper(self.feed, store.database, Taxonomies(taxonomy))
        self.catalogue = SqliteCatalogue(store.database)
        self.catalogue.prepare()
        stop = threading.Event()
        self.core: list[Guard[Any]] = [
            intake_guard(store, Intake(Taxonomies(taxonomy)), 1, stop),
            *(event_guard(store, p, 1, stop) for p in (Matcher(self.keeper), Notifier(), Progress())),
        ]
        index = [event_guard(store, Indexer(in_the_transaction, Taxonomies(taxonomy)), 1, stop)]
        self.host = LocalHost(store, [Lane("core", self.core), Lane("index", index, linger=0.02)], stop)

    def start(self) -> None:
        self.store.on_messages = self.wake
        self.feed.start()
        self.keeper.load()
        self.host.start()

    def stop(self) -> None:
        self.host.stop()
        self.feed.stop()

    def wake(self) -> None:
        self.feed.wake()
        self.host.wake()

    def drained(self) -> bool:
        """Whether every consumer has seen the whole log."""
        return not any(self.host.lag().values())
