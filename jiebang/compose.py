"""The two forms, put together: the only place that constructs engines, replicas, feeds and hosts.

Each function is a context manager: what it yields runs until the context ends, and is then stopped in the
reverse order of its start.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from random import SystemRandom
from threading import Event
from typing import Any

from fastapi import FastAPI

from api.app import create_app
from api.hub import Hub
from api.services import Services
from domain.audience import Reach
from domain.events import EventRecord
from domain.matching.compiled import keep_compiled_in
from domain.matching.taxonomy import Taxonomy
from domain.processing import Processor
from infra.accounts import Passwords
from infra.database import Database
from infra.file_sweeper import FileSweeper
from infra.files import FileStore
from infra.mail import SmtpMailer, SmtpServer
from infra.outbox import EVENTS, INTAKE
from infra.queries.reach import reach_of
from infra.scanner import scanner_at
from infra.schema import require_current
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from jiebang.metrics_server import metrics_served
from producers.relay import Relay
from search.catalogue import Catalogue
from search.sqlite_catalogue import SqliteCatalogue
from streams.clock import ClockLoop
from streams.feed import ChangeFeed, OutboxFeed
from streams.guard import EventHandler, Guard, event_guard, intake_guard
from streams.housekeeping import Housekeeping
from streams.local_host import Lane, LocalHost
from streams.processors.indexer import Indexer, beside_the_transaction, in_the_transaction
from streams.processors.intake import Intake
from streams.processors.matcher import Matcher
from streams.processors.notifier import Notifier
from streams.processors.progress import Progress
from streams.replica import ReplicaKeeper
from streams.sender import Sender

INDEX_LINGER_SECONDS = 0.02


MAY_BEGIN_ANEW = frozenset({Indexer.name, Progress.name})
"""Consumers that only bring rows up with other rows. The others tell people, or create what they are told."""


class WrongForm(Exception):
    """A command of the other form; the message says which settings it needs."""


class NeverAnew(Exception):
    """A new generation of a consumer that has none; the message says which have and why."""


@dataclass(frozen=True, slots=True)
class Core:
    """What every process has, whatever it does."""

    settings: Settings
    database: Database
    store: Store
    taxonomies: Taxonomies

    @property
    def taxonomy(self) -> Taxonomy:
        """The skills as this process knows them now."""
        return self.taxonomies.current


@contextmanager
def core(settings: Settings) -> Iterator[Core]:
    """The database of either form; nothing is checked or started."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep_compiled_in(settings.home / "compiled")
    with closing(Database(settings.store_url)) as database:
        yield Core(
            settings, database, Store(database, SystemClock(), Uuid7Ids()), Taxonomies(shipped_taxonomy())
        )


@cache
def shipped_taxonomy() -> Taxonomy:
    """Read once, because a start needs it more than once and nothing changes it."""
    return Taxonomy.load()


@contextmanager
def catalogue(of: Core) -> Iterator[Catalogue]:
    """The catalogue's backend for the form."""
    settings = of.settings
    if settings.elasticsearch is None:
        yield SqliteCatalogue(of.database)
        return
    from search.elasticsearch_catalogue import ElasticsearchCatalogue  # imports its client

    elasticsearch = ElasticsearchCatalogue(
        settings.elasticsearch, new_id=Uuid7Ids().new, name=f"{settings.index_prefix}-catalogue"
    )
    with closing(elasticsearch):
        yield elasticsearch


@contextmanager
def embedded(settings: Settings) -> Iterator[FastAPI]:
    """Everything in this process: the application, and behind it processors, feed, clock and sender."""
    require_embedded(settings)
    with ExitStack() as running:
        of = running.enter_context(core(settings))
        require_current(of.database)
        feed = OutboxFeed(of.database)
        index = running.enter_context(catalogue(of))
        replica = ReplicaKeeper(feed, of.database, of.taxonomies)
        host, clock = _local_host(of, replica)
        services = _services(of, feed, index, replica, host.states)
        of.store.on_messages = _both(feed.wake, host.wake)
        running.callback(services.hub.close)
        feed.start()
        running.callback(feed.stop)
        replica.load()
        host.start()
        running.callback(host.stop)
        clock.start()
        running.callback(clock.stop)
        running.enter_context(_sending(of))
        yield create_app(services)


def _local_host(of: Core, replica: ReplicaKeeper) -> tuple[LocalHost, ClockLoop]:
    """Processors in two lanes, so that the catalogue's bulk does not delay who is told; and the clock."""
    stop = Event()
    core_guards = _core_guards(of, replica, stop)
    indexer = _guards(of, [Indexer(in_the_transaction, of.taxonomies)], stop)
    lanes = [
        Lane("core", [*core_guards[INTAKE], *core_guards[EVENTS]]),
        Lane("index", indexer, linger=INDEX_LINGER_SECONDS),
    ]
    host = LocalHost(of.store, lanes, stop)
    return host, _clock(of, stop, host.consumers)


def _core_guards(of: Core, replica: ReplicaKeeper, stop: Event) -> dict[str, list[Guard[Any]]]:
    """By topic. Raises NeverAnew."""
    intake = intake_guard(of.store, Intake(of.taxonomies), generation_of(of.settings, Intake.name), stop)
    return {INTAKE: [intake], EVENTS: _guards(of, core_processors(of.settings, replica), stop)}


def _guards(of: Core, processors: Sequence[EventHandler], stop: Event) -> list[Guard[Any]]:
    """Raises NeverAnew."""
    return [event_guard(of.store, p, generation_of(of.settings, p.name), stop) for p in processors]


def generation_of(settings: Settings, consumer: str) -> int:
    """The generation that a consumer is in. Raises NeverAnew where any consumer has one that must not."""
    wrong = sorted(settings.generations.keys() - MAY_BEGIN_ANEW)
    if wrong:
        raise NeverAnew(
            f"JIEBANG_GENERATIONS names {', '.join(wrong)}, but only {' and '.join(sorted(MAY_BEGIN_ANEW))} "
            "may begin anew: every other consumer would tell people again what they were told long ago."
        )
    return settings.generations.get(consumer, 1)


def _clock(of: Core, stop: Event, consumers: Sequence[str] = ()) -> ClockLoop:
    sweeper = FileSweeper(_files(of.settings), of.database, SystemClock())
    return ClockLoop(of.store, Housekeeping(of.store, of.settings, sweeper, consumers), stop)


def _files(settings: Settings) -> FileStore:
    return FileStore(settings.home / "files")


def core_processors(settings: Settings, replica: ReplicaKeeper) -> list[Processor]:
    """Those of domain events whose effects are rows and further events."""
    return [Matcher(replica), Notifier(mails=settings.smtp_url is not None), Progress()]


@contextmanager
def _sending(of: Core) -> Iterator[None]:
    """A sender beside the processors, where mail is set up; any number of processes may have one."""
    url, public_url = of.settings.smtp_url, of.settings.public_url
    if url is None or public_url is None:
        yield
        return
    server = SmtpServer.parse(url.get_secret_value())
    mailer = SmtpMailer(server, of.settings.mail_from, SystemClock())
    sender = Sender(of.store, mailer, public_url, Event(), SystemRandom().random)
    sender.start()
    try:
        yield
    finally:
        sender.stop()


def _both(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    def call() -> None:
        one()
        other()

    return call


def _reach(database: Database, records: Sequence[EventRecord]) -> Mapping[str, Reach]:
    with database.read() as connection:
        return reach_of(connection, records)


def _services(
    of: Core,
    feed: ChangeFeed,
    index: Catalogue,
    replica: ReplicaKeeper,
    consumers: Callable[[], Mapping[str, str]] = dict,
) -> Services:
    hub = Hub(feed, lambda records: _reach(of.database, records))
    feed.subscribe(hub.publish)
    return Services(
        settings=of.settings,
        clock=SystemClock(),
        database=of.database,
        store=of.store,
        taxonomies=of.taxonomies,
        rankings=replica,
        catalogue=index,
        hub=hub,
        files=_files(of.settings),
        scanner=scanner_at(of.settings.clamd),
        passwords=Passwords(),
        consumers=consumers,
    )


@contextmanager
def relay(settings: Settings) -> Iterator[Relay]:
    """The relay to run, with the clock beside it: both may have stand-ins, and both serve everybody."""
    _require_scaled(settings, "relay")
    from producers.kafka_publisher import kafka_relay  # imports Kafka's client

    with metrics_served(settings), core(settings) as of, ExitStack() as running:
        require_current(of.database)
        clock = _clock(of, Event())
        clock.start()
        running.callback(clock.stop)
        yield kafka_relay(of.database, settings)


@contextmanager
def api(settings: Settings) -> Iterator[FastAPI]:
    """The application of the scaled form; the log comes to it through Kafka."""
    _require_scaled(settings, "api")
    from streams.kafka_feed import KafkaFeed  # imports aiokafka

    with ExitStack() as running:
        of = running.enter_context(core(settings))
        require_current(of.database)
        feed = KafkaFeed(settings)
        index = running.enter_context(catalogue(of))
        services = _services(of, feed, index, replica := ReplicaKeeper(feed, of.database, of.taxonomies))
        running.callback(services.hub.close)
        feed.start()
        running.callback(feed.stop)
        replica.load()
        yield create_app(services)


def run_core_worker(settings: Settings) -> None:
    """Processors whose effects are rows and events, until a signal; ends the process."""
    _require_scaled(settings, "worker core")
    from streams.faust_host import run_worker  # imports Faust
    from streams.kafka_feed import KafkaFeed

    with metrics_served(settings), core(settings) as of:
        require_current(of.database)
        feed = KafkaFeed(settings)
        replica = ReplicaKeeper(feed, of.database, of.taxonomies)
        stop = Event()
        guards = _core_guards(of, replica, stop)
        feed.start()
        replica.load()
        with _sending(of):
            run_worker("core", settings, guards, stop)


def run_index_worker(settings: Settings) -> None:
    """The indexer, apart because it may wait for Elasticsearch; until a signal; ends the process."""
    _require_scaled(settings, "worker index")
    from streams.faust_host import run_worker  # imports Faust

    with metrics_served(settings), core(settings) as of, catalogue(of) as index:
        require_current(of.database)
        stop = Event()
        indexer = Indexer(beside_the_transaction(index), of.taxonomies)
        run_worker("index", settings, {EVENTS: _guards(of, [indexer], stop)}, stop)


def require_embedded(settings: Settings) -> None:
    """Raises WrongForm where the three services are set."""
    if settings.scaled:
        raise WrongForm(
            "`jiebang run` is the embedded form. With JIEBANG_KAFKA set, run `jiebang api`, `jiebang relay`, "
            "`jiebang worker core` and `jiebang worker index`, or unset the three services."
        )


def _require_scaled(settings: Settings, command: str) -> None:
    if not settings.scaled:
        raise WrongForm(
            f"`jiebang {command}` belongs to the scaled form: set JIEBANG_DATABASE_URL, JIEBANG_KAFKA and "
            "JIEBANG_ELASTICSEARCH, or use `jiebang run`."
        )
