"""What an API process holds: made once by the composition, read by every request."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import HTTPConnection

from api.hub import Hub
from domain.matching.model import Hit, Need, Policy, Supply
from domain.matching.replica import Replica
from domain.matching.taxonomy import Taxonomy
from domain.ports import Clock
from infra.accounts import Passwords
from infra.database import Database
from infra.files import FileStore
from infra.scanner import FileScanner
from infra.settings import Settings
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from search.catalogue import Catalogue


class Ranking(Protocol):
    """Who fits whom at one moment and under one policy."""

    @property
    def replica(self) -> Replica: ...

    @property
    def policy(self) -> Policy: ...

    @property
    def full_schools(self) -> frozenset[str]: ...

    def rank_teams(self, challenge: str | Need, k: int) -> list[Hit]: ...

    def rank_challenges(self, team: str | Supply, k: int) -> list[Hit]: ...

    def score_for_team(
        self, team: str | Supply, challenge_ids: Iterable[str]
    ) -> Mapping[str, float | None]: ...


class Rankings(Protocol):
    """This process's replica of teams and open challenges."""

    @property
    def ready(self) -> bool: ...

    def now(self) -> Ranking:
        """What the replica says now; what was committed a moment ago may not be in it yet."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Singletons of the process. Nothing here belongs to a request.

    `consumers` says what each processor of this process does; {} where none runs here.
    """

    settings: Settings
    clock: Clock
    database: Database
    store: Store
    taxonomies: Taxonomies
    rankings: Rankings
    catalogue: Catalogue
    hub: Hub
    files: FileStore
    scanner: FileScanner
    passwords: Passwords
    consumers: Callable[[], Mapping[str, str]] = dict

    @property
    def taxonomy(self) -> Taxonomy:
        """The skills as this process knows them now, the installation's own among them."""
        return self.taxonomies.current


async def services_of(connection: HTTPConnection) -> Services:
    """The services of the application that serves this connection; a dependency of routes."""
    services: Services = connection.app.state.services
    return services
