"""One transaction with its repositories; the outbox is written with it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from domain.ports import (
    Announcements,
    Bids,
    Challenges,
    Clock,
    DeadLetters,
    Deliveries,
    Ids,
    LocalSkills,
    Notifications,
    Organisations,
    Outcomes,
    People,
    Policies,
    Progress,
    Projects,
    Students,
    Teams,
    Timers,
)
from infra.database import Database
from infra.outbox import Outbox
from infra.repositories.bids import SqlBids
from infra.repositories.challenges import SqlChallenges
from infra.repositories.deliveries import SqlDeliveries
from infra.repositories.derived import SqlAnnouncements, SqlNotifications, SqlProgress
from infra.repositories.local_skills import SqlLocalSkills
from infra.repositories.log import IdempotencyKeys, Inbox, SqlDeadLetters, SqlTimers
from infra.repositories.organisations import SqlOrganisations, SqlPeople, SqlStudents
from infra.repositories.outcomes import SqlOutcomes
from infra.repositories.policies import SqlPolicies
from infra.repositories.projects import SqlProjects
from infra.repositories.teams import SqlTeams


class _FixedClock:
    """The time at which a unit of work began: all of it happens at once."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


class SqlUnitOfWork:
    """The domain's unit of work over one connection; made by `Store.begin`."""

    def __init__(
        self, connection: Connection, clock: Clock, ids: Ids, correlation_id: str | None = None
    ) -> None:
        fixed = _FixedClock(clock.now())
        self._began = time.monotonic()
        self.connection = connection
        self.outbox = Outbox(connection, fixed, ids, correlation_id)
        self._clock = fixed
        self._ids = ids
        self.wrote_messages = False
        self.organisations: Organisations = SqlOrganisations(connection, self.outbox)
        self.people: People = SqlPeople(connection, self.outbox)
        self.students: Students = SqlStudents(connection, self.outbox)
        self.teams: Teams = SqlTeams(connection, self.outbox)
        self.challenges: Challenges = SqlChallenges(connection, self.outbox)
        self.bids: Bids = SqlBids(connection, self.outbox)
        self.projects: Projects = SqlProjects(connection, self.outbox)
        self.local_skills: LocalSkills = SqlLocalSkills(connection, self.outbox)
        self.policies: Policies = SqlPolicies(connection, fixed)
        self.announcements: Announcements = SqlAnnouncements(connection, fixed, ids, self.outbox)
        self.outcomes: Outcomes = SqlOutcomes(connection, fixed)
        self.notifications: Notifications = SqlNotifications(connection, fixed)
        self.deliveries: Deliveries = SqlDeliveries(connection, fixed)
        self.progress: Progress = SqlProgress(connection)
        self.timers: Timers = SqlTimers(connection)
        self.dead_letters: DeadLetters = SqlDeadLetters(connection, fixed)
        self.inbox = Inbox(connection, fixed)
        self.idempotency = IdempotencyKeys(connection, fixed)

    def now(self) -> datetime:
        return self._clock.now()

    @property
    def age(self) -> float:
        """Seconds since it began, for which SQLite lets nobody else write."""
        return time.monotonic() - self._began

    def new_id(self) -> str:
        return self._ids.new()

    def commit(self) -> None:
        self.wrote_messages = self.outbox.flush() > 0
        self.connection.commit()


class Store:
    """Begins units of work; `on_messages` is called after each commit that left something in the outbox."""

    def __init__(
        self, database: Database, clock: Clock, ids: Ids, on_messages: Callable[[], None] = lambda: None
    ) -> None:
        self.database = database
        self._clock = clock
        self._ids = ids
        self.on_messages = on_messages

    @contextmanager
    def begin(self, correlation_id: str | None = None) -> Iterator[SqlUnitOfWork]:
        """A transaction; without `commit` it rolls back."""
        with self.database.write() as connection:
            work = SqlUnitOfWork(connection, self._clock, self._ids, correlation_id)
            yield work
        if work.wrote_messages:
            self.on_messages()
