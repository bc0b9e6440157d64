"""What processors write: announcements, inboxes, progress."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields

from sqlalchemy import Connection, bindparam, update

from domain.announcements import Announcement, Telling
from domain.matching.model import Policy
from domain.matching.score import Terms
from domain.ports import Clock, Ids, Notification
from domain.progress import ProjectProgress
from infra.outbox import Outbox
from infra.queries.match_outcomes import marked_not_relevant
from infra.sql import insert_or
from infra.tables.projections import announcements, notifications, project_progress


class SqlAnnouncements:
    """Announcements, one for each challenge, team and policy version."""

    def __init__(self, connection: Connection, clock: Clock, ids: Ids, outbox: Outbox) -> None:
        self._connection = connection
        self._clock = clock
        self._ids = ids
        self._outbox = outbox

    def announce(self, policy: Policy, found: Sequence[Announcement]) -> None:
        if not found:
            return
        by_match = {announcement.match: announcement for announcement in reversed(found)}
        for match in marked_not_relevant(self._connection, {a.challenge_id for a in found}):
            by_match.pop(match, None)
        told = self._insert_new(policy, by_match.values()) if by_match else set()
        known = [announcement for match, announcement in by_match.items() if match not in told]
        if known:
            self._update(policy, known)
        self._tell(policy, [by_match[match] for match in sorted(told)])

    def _tell(self, policy: Policy, new: Sequence[Announcement]) -> None:
        teams_told: dict[tuple[str, str], list[Announcement]] = defaultdict(list)
        for announcement in new:
            teams_told[announcement.challenge_id, announcement.cause.id].append(announcement)
        for (challenge_id, _), same in teams_told.items():
            teams = [announcement.team_id for announcement in same]
            telling = Telling.make(self._ids.new(), challenge_id, policy.version, teams)
            self._outbox.because_of(same[0].cause)
            self._outbox.append(telling, telling.take_events())

    def _insert_new(self, policy: Policy, found: Iterable[Announcement]) -> set[tuple[str, str]]:
        now = self._clock.now()
        rows = [
            {
                "challenge_id": a.challenge_id,
                "team_id": a.team_id,
                "policy_version": policy.version,
                "score": a.score,
                "rank": a.rank,
                "made_at": now,
                **a.terms._asdict(),
            }
            for a in found
        ]
        statement = (
            insert_or(self._connection, announcements)
            .on_conflict_do_nothing()
            .returning(announcements.c.challenge_id, announcements.c.team_id)
        )
        return {
            (challenge_id, team_id) for challenge_id, team_id in self._connection.execute(statement, rows)
        }

    def _update(self, policy: Policy, known: Sequence[Announcement]) -> None:
        columns = announcements.c
        self._connection.execute(
            update(announcements)
            .where(
                columns.challenge_id == bindparam("challenge"),
                columns.team_id == bindparam("team"),
                columns.policy_version == policy.version,
            )
            .values({name: bindparam(f"new_{name}") for name in ("score", "rank", *Terms._fields)}),
            [
                {
                    "challenge": a.challenge_id,
                    "team": a.team_id,
                    "new_score": a.score,
                    "new_rank": a.rank,
                    **{f"new_{name}": value for name, value in a.terms._asdict().items()},
                }
                for a in known
            ],
        )


class SqlNotifications:
    """Lines in people's inboxes."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, lines: Sequence[Notification]) -> list[Notification]:
        if not lines:
            return []
        now = self._clock.now()
        columns = notifications.c
        statement = (
            insert_or(self._connection, notifications)
            .on_conflict_do_nothing()
            .returning(columns.event_id, columns.person_id, columns.kind)
        )
        rows = [
            {
                "person_id": line.person_id,
                "kind": line.kind,
                "subject": line.subject,
                "challenge_id": line.challenge_id,
                "event_id": line.event_id,
                "created_at": now,
            }
            for line in lines
        ]
        added = {tuple(row) for row in self._connection.execute(statement, rows)}
        return [line for line in lines if (line.event_id, line.person_id, line.kind) in added]


class SqlProgress:
    """How projects stand; only a newer version replaces what is shown."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, progress: Sequence[ProjectProgress]) -> None:
        if not progress:
            return
        columns = [f.name for f in fields(ProjectProgress)]
        statement = insert_or(self._connection, project_progress)
        shown = statement.excluded
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["project_id"],
                set_={name: shown[name] for name in columns if name != "project_id"},
                where=project_progress.c.version <= shown.version,
            ),
            [{name: getattr(p, name) for name in columns} for p in progress],
        )
