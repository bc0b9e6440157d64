"""What is done beside serving: bringing a store to this release, filling it, rebuilding its catalogue."""

from dataclasses import dataclass

from infra.accounts import Passwords
from infra.queries.emptiness import is_empty
from infra.schema import migrate, require_current
from infra.settings import Settings
from jiebang.compose import catalogue, core
from jiebang.sample.load import SampleSignIns, load_sample
from search.catalogue import RebuildProgress, Report
from streams.processors.indexer import scan


class SamplesWithinReach(Exception):
    """Others would reach accounts whose password is published; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a start finds: how to sign in to sample data, or that nobody can sign in yet.

    `withheld` says that sample data was wanted and left out, because others can reach this installation.
    """

    samples: SampleSignIns | None = None
    vacant: bool = False
    withheld: bool = False


def prepare(settings: Settings) -> None:
    """Bring rows, topics and the catalogue's index to this release; safe at every start."""
    with core(settings) as of:
        migrate(of.database)
        with catalogue(of) as index:
            index.prepare()
    if settings.scaled:
        from producers.topics import ensure_topics  # imports Kafka's client

        ensure_topics(settings)


def fill_with_samples(settings: Settings) -> SampleSignIns | None:
    """Fill an empty store; None where it holds something else."""
    with core(settings) as of:
        require_current(of.database)
        return load_sample(of.store, of.taxonomy, Passwords(), settings.home)


def begin(settings: Settings) -> Beginning:
    """Fill an empty store with sample data where that is wanted and nobody else can reach it.

    Raises SamplesWithinReach where the store holds sample data and others can.
    """
    exposed = settings.reached_by_others
    if (exposed or not settings.samples) and is_vacant(settings):
        return Beginning(vacant=True, withheld=settings.samples)
    samples = fill_with_samples(settings)
    if samples is not None and exposed:
        raise SamplesWithinReach(
            "This folder holds sample data, whose password is published: serve it on 127.0.0.1 without "
            "JIEBANG_PUBLIC_URL, or begin with another JIEBANG_HOME."
        )
    return Beginning(samples)


def is_vacant(settings: Settings) -> bool:
    """Whether nobody is registered yet."""
    with core(settings) as of:
        require_current(of.database)
        with of.database.read() as connection:
            return is_empty(connection)


def rebuild_catalogue(settings: Settings, report: Report) -> RebuildProgress:
    """Build the catalogue anew from the rows, while searches and writes go on."""
    with core(settings) as of, catalogue(of) as index:
        require_current(of.database)
        return index.rebuild(scan(of.database, of.taxonomies), report)
