"""What is done beside serving: bringing a store to this release, filling it, rebuilding its catalogue."""

from infra.accounts import Passwords
from infra.schema import migrate, require_current
from infra.settings import Settings
from jiebang.compose import catalogue, core
from jiebang.sample.load import SampleSignIns, load_sample
from search.catalogue import RebuildProgress, Report
from streams.processors.indexer import scan


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


def rebuild_catalogue(settings: Settings, report: Report) -> RebuildProgress:
    """Build the catalogue anew from the rows, while searches and writes go on."""
    with core(settings) as of, catalogue(of) as index:
        require_current(of.database)
        return index.rebuild(scan(of.database, of.taxonomies), report)
