"""The sample data: plausible, complete, there whole or not at all, and the same every time."""

import re
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Row, Table, func, select

from domain.audience import Confidentiality
from domain.bids import BidState
from domain.challenges import ChallengeState
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Organisation, OrganisationKind, Role
from domain.projects import MilestoneState, ProjectState
from infra.accounts import Passwords, password_of
from infra.database import Database
from infra.digests import digest
from infra.outbox import decode_message
from infra.tables.access import api_tokens
from infra.tables.log import outbox, timers
from infra.tables.market import (
    bids,
    challenges,
    milestones,
    organisations,
    people,
    projects,
    student_skills,
    students,
    teams,
)
from infra.unit_of_work import Store
from jiebang.sample.load import SampleSignIns, load_sample
from tests.fakes.clock import START, CountingIds, FakeClock

JUST_AFTER_MIDNIGHT_IN_CHINA = datetime(2026, 3, 1, 16, 5, tzinfo=UTC)
SENTENCE_END = re.compile(r"[。！？]|[.!?](?=\s|$)")


@dataclass(frozen=True)
class Loaded:
    """A store that was filled, and where its token is kept."""

    database: Database
    store: Store
    sign_ins: SampleSignIns
    home: Path

    def rows(self, table: Table) -> list[Row[Any]]:
        """All rows of a table, in the order of their first column."""
        with self.database.read() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    """Real hashes, cheap ones."""
    return Passwords(PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)))


def fill(
    url: str, home: Path, taxonomy: Taxonomy, passwords: Passwords, now: datetime = START
) -> Iterator[Loaded]:
    database = Database(url)
    store = Store(database, FakeClock(now), CountingIds())
    sign_ins = load_sample(store, taxonomy, passwords, home)
    assert sign_ins is not None
    yield Loaded(database, store, sign_ins, home)
    database.close()


@pytest.fixture(scope="module")
def loaded(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy, passwords: Passwords
) -> Iterator[Loaded]:
    """The sample data in SQLite, for tests that only read it."""
    home = tmp_path_factory.mktemp("sample")
    file = home / "jiebang.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    yield from fill(f"sqlite:///{file}", home, taxonomy, passwords)


def test_the_cast_is_as_large_as_promised(loaded: Loaded) -> None:
    kinds = Counter(row.kind for row in loaded.rows(organisations))
    assert kinds == {OrganisationKind.SCHOOL: 3, OrganisationKind.FACTORY: 6}
    assert len(loaded.rows(teams)) == 40
    assert len(loaded.rows(students)) == 160
    assert len(loaded.rows(challenges)) >= 60


def test_each_factory_can_post_approve_and_mentor(loaded: Loaded) -> None:
    for factory in loaded.rows(organisations):
        if factory.kind is OrganisationKind.FACTORY:
            roles = [p.roles for p in loaded.rows(people) if p.organisation_id == factory.id]
            for role in (Role.ENGINEER, Role.FACTORY_ADMIN, Role.MENTOR):
                assert any(role in held for held in roles), (factory.name_en, role)


def test_names_are_in_both_languages_and_nobody_is_there_twice(loaded: Loaded) -> None:
    everybody = loaded.rows(people)
    assert len({p.name_zh for p in everybody}) == len(everybody)
    for person in everybody:
        assert re.fullmatch(r"[\u4e00-\u9fff]{2,4}", person.name_zh)
        assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", person.name_en)
    for organisation in loaded.rows(organisations):
        assert organisation.name_zh.startswith("示例")
        assert organisation.name_en.startswith("Sample ")


def test_challenges_are_written_in_either_language(loaded: Loaded) -> None:
    languages = Counter(row.language for row in loaded.rows(challenges))
    assert 0.25 < languages["en"] / languages.total() < 0.4
    for row in loaded.rows(challenges):
        has_han = re.search(r"[\u4e00-\u9fff]", row.title + row.text + row.kpi.unit) is not None
        assert has_han == (row.language == "zh"), row.title


def test_challenges_say_enough(loaded: Loaded, taxonomy: Taxonomy) -> None:
    for row in loaded.rows(challenges):
        assert 2 <= len(SENTENCE_END.findall(row.text)) <= 5, row.title
        assert (row.confidentiality is Confidentiality.NDA) == bool(row.teaser), row.title
        assert row.kpi.baseline != row.kpi.target, row.title
        assert row.machine
        assert row.reward_cny > 0
        assert sum(skill.weight for skill in row.skills) == pytest.approx(1)
    assert {row.industry for row in loaded.rows(challenges)} == {trade.code for trade in taxonomy.trades}
    audiences = Counter(row.confidentiality for row in loaded.rows(challenges))
    assert audiences[Confidentiality.NDA] >= 6
    assert audiences[Confidentiality.MEMBERS] >= 4
    assert audiences[Confidentiality.PUBLIC] > audiences.total() / 2


def test_every_state_that_lasts_can_be_seen(loaded: Loaded) -> None:
    # A challenge is `awarded` only within the transaction that starts its project.
    assert {row.state for row in loaded.rows(challenges)} == set(ChallengeState) - {ChallengeState.AWARDED}
    assert {row.state for row in loaded.rows(bids)} == set(BidState) - {BidState.DRAFT}
    assert {row.state for row in loaded.rows(milestones)} == set(MilestoneState)
    running = Counter(row.state for row in loaded.rows(projects))
    assert running[ProjectState.ACTIVE] >= 6
    assert running[ProjectState.DELIVERED] >= 1
    assert running[ProjectState.ACCEPTED] >= 2


def test_milestones_wait_for_each_side_and_for_both(loaded: Loaded) -> None:
    submitted = [m for m in loaded.rows(milestones) if m.state is MilestoneState.SUBMITTED]
    signed_by = {(m.school_signed_at is not None, m.enterprise_signed_at is not None) for m in submitted}
    assert signed_by == {(False, False), (True, False), (False, True)}
    assert any(m.overdue for m in loaded.rows(milestones) if m.state is MilestoneState.PLANNED)


def test_the_people_to_sign_in_as_have_something_to_do(loaded: Loaded) -> None:
    id_of = {row.login: row.id for row in loaded.rows(people)}
    waiting = {m.project_id: m for m in loaded.rows(milestones) if m.state is MilestoneState.SUBMITTED}
    mine = {row.id: row for row in loaded.rows(projects)}
    assert any(
        mine[id].school_mentor_id == id_of["mentor"] and m.school_signed_at is None
        for id, m in waiting.items()
    )
    assert any(
        mine[id].enterprise_mentor_id == id_of["plant-mentor"] and m.enterprise_signed_at is None
        for id, m in waiting.items()
    )
    captains_team = next(row.id for row in loaded.rows(teams) if row.captain_id == id_of["captain"])
    assert any(row.team_id == captains_team for row in loaded.rows(projects))
    assert any(row.author_id == id_of["engineer"] for row in loaded.rows(challenges))


def test_skills_are_in_the_taxonomy_and_some_are_certified(loaded: Loaded, taxonomy: Taxonomy) -> None:
    held = loaded.rows(student_skills)
    assert all(row.skill in taxonomy for row in held)
    certified = sum(row.certified_by is not None for row in held)
    assert 0.15 < certified / len(held) < 0.6


def test_history_is_in_order(loaded: Loaded) -> None:
    records = [decode_message(row.key, row.headers, row.value) for row in loaded.rows(outbox)]
    assert [record.time for record in records] == sorted(record.time for record in records)
    assert records[-1].time <= START
    versions: Counter[tuple[str, str]] = Counter()
    for record in records:
        # A student has the person's id, and is an aggregate of its own.
        aggregate = (record.subject, record.event.type.split(".")[1])
        versions[aggregate] += 1
        assert record.sequence == versions[aggregate]
    opened = {row.id: row.opened_at for row in loaded.rows(challenges)}
    assert all(opened[row.challenge_id] < row.submitted_at for row in loaded.rows(bids))


def test_deadlines_to_come_have_their_timers(loaded: Loaded) -> None:
    still_open = {row.id for row in loaded.rows(challenges) if row.state is ChallengeState.OPEN}
    timed = loaded.rows(timers)
    assert still_open == {row.aggregate_id for row in timed if row.kind == "bids_close"}
    assert all(row.due_at > START for row in timed)


def test_the_token_is_the_engineers_and_only_its_hash_is_stored(loaded: Loaded) -> None:
    (token,) = loaded.rows(api_tokens)
    assert token.token_hash == digest(loaded.sign_ins.token)
    engineer = next(row for row in loaded.rows(people) if row.login == "engineer")
    assert token.person_id == engineer.id
    assert {Role.ENGINEER, Role.FACTORY_ADMIN} <= engineer.roles
    file = loaded.home / "sample-token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_everybody_signs_in_with_the_password(loaded: Loaded, passwords: Passwords) -> None:
    logins = [sign_in.login for sign_in in loaded.sign_ins.people]
    assert logins[0] == "engineer"
    assert {"approver", "captain", "student", "mentor", "plant-mentor", "admin", "college"} <= set(logins)
    with loaded.database.read() as connection:
        for login in logins:
            found = password_of(connection, login)
            assert found is not None
            assert passwords.fits(loaded.sign_ins.password, found[1])


def test_a_second_load_changes_nothing_and_says_the_same(
    loaded: Loaded, taxonomy: Taxonomy, passwords: Passwords
) -> None:
    before = len(loaded.rows(outbox))
    assert load_sample(loaded.store, taxonomy, passwords, loaded.home) == loaded.sign_ins
    assert len(loaded.rows(outbox)) == before


@pytest.mark.parametrize("now", [START, JUST_AFTER_MIDNIGHT_IN_CHINA])
def test_the_same_moment_gives_the_same_history(
    sqlite_url: str,
    loaded: Loaded,
    tmp_path: Path,
    taxonomy: Taxonomy,
    passwords: Passwords,
    now: datetime,
) -> None:
    (again,) = [
        [tuple(row) for row in filled.rows(outbox)]
        for filled in fill(sqlite_url, tmp_path, taxonomy, passwords, now)
    ]
    same = again == [tuple(row) for row in loaded.rows(outbox)]
    assert same == (now == START)
    assert len(again) == len(loaded.rows(outbox))


def test_both_databases_take_it(
    store: Store, database: Database, tmp_path: Path, taxonomy: Taxonomy, passwords: Passwords
) -> None:
    told = []
    store.on_messages = lambda: told.append(True)
    assert load_sample(store, taxonomy, passwords, tmp_path) is not None
    assert told == [True]
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(projects)).scalar_one() >= 10


def test_a_store_in_use_is_left_alone(
    sqlite_url: str, tmp_path: Path, taxonomy: Taxonomy, passwords: Passwords
) -> None:
    database = Database(sqlite_url)
    store = Store(database, FakeClock(), CountingIds())
    with store.begin() as work:
        factory = Organisation.register(
            work.new_id(), OrganisationKind.FACTORY, "厂", "Plant", "常州", "江苏"
        )
        work.organisations.save(factory)
        work.commit()
    assert load_sample(store, taxonomy, passwords, tmp_path) is None
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(organisations)).scalar_one() == 1
    assert list(tmp_path.glob("sample-token")) == []
    database.close()


def test_a_load_that_fails_leaves_nothing(
    sqlite_url: str, tmp_path: Path, taxonomy: Taxonomy, passwords: Passwords
) -> None:
    database = Database(sqlite_url)
    store = Store(database, FakeClock(), CountingIds())
    with pytest.raises(FileNotFoundError):
        load_sample(store, taxonomy, passwords, tmp_path / "not there")
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(outbox)).scalar_one() == 0
    assert load_sample(store, taxonomy, passwords, tmp_path) is not None
    database.close()
