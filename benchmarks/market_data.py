"""The seeded market that the benchmarks run on: schools, teams with skewed skills, a factory that posts."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, insert

from domain.challenges import Brief
from domain.matching.model import Levels, SkillNeed
from domain.matching.profile import pack_profile
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor, Organisation, OrganisationKind, Person, Role
from domain.ports import Clock
from infra.database import Database
from infra.tables.market import people, student_skills, students, team_members, teams
from infra.unit_of_work import Store

SEED = 20260302
MEMBERS = 2
SKILLS = 10
CITIES = (("苏州", "江苏"), ("无锡", "江苏"), ("宁波", "浙江"), ("东莞", "广东"))
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class BenchmarkMarket:
    """Who posts, and how many teams there are to be told."""

    engineer: Actor
    factory_id: str
    teams: int


class Generator:
    """Draws teams and briefs; the same seed draws the same ones."""

    def __init__(self, taxonomy: Taxonomy, seed: int = SEED) -> None:
        self._random = random.Random(seed)
        self._codes = [skill.code for skill in taxonomy]
        self._trades = [trade.code for trade in taxonomy.trades]
        self._random.shuffle(self._codes)
        # Popularity falls with the rank, as it does among people: a few skills that many have.
        self._popularity = [1 / (rank + 3) for rank in range(len(self._codes))]

    def skills(self, count: int) -> list[str]:
        """Distinct skills, popular ones more often."""
        chosen: dict[str, None] = {}
        while len(chosen) < count:
            chosen.update(dict.fromkeys(self._random.choices(self._codes, self._popularity, k=count)))
        return list(chosen)[:count]

    def levels(self) -> Levels:
        """A level, certified for about a third."""
        level = self._random.choices((1, 2, 3, 4, 5), (25, 35, 25, 10, 5))[0]
        return Levels(certified=level) if self._random.random() < 0.33 else Levels(self_rated=level)

    def place(self) -> tuple[str, str]:
        return self._random.choice(CITIES)

    def brief(self, clock: Clock, number: int) -> Brief:
        """A brief that asks for four to six skills, one of them mandatory at level 1."""
        codes = self.skills(self._random.randint(4, 6))
        city, province = self.place()
        return Brief(
            title=f"样例难题 {number}：换模时间过长，停机 {number % 50} 分钟",
            text="样例数据。主轴振动在换刀后明显升高，希望在线判断刀具磨损。" * 3,
            language="zh",
            industry=self._random.choice(self._trades),
            skills=tuple(
                SkillNeed(code, 1 if position == 0 else self._random.randint(2, 4), 1.0, position == 0)
                for position, code in enumerate(codes)
            ),
            city=city,
            province=province,
            bids_close_at=clock.now() + timedelta(days=21),
            reward_cny=self._random.randrange(1_000, 50_000, 500),
        )


def fill(store: Store, taxonomy: Taxonomy, team_count: int, seed: int = SEED) -> BenchmarkMarket:
    """Fill an empty database; rows are written directly, as teams that were there before."""
    generator = Generator(taxonomy, seed)
    with store.begin() as work:
        factory = _organisation(work.new_id(), OrganisationKind.FACTORY)
        school = _organisation(work.new_id(), OrganisationKind.SCHOOL)
        work.organisations.save(factory)
        work.organisations.save(school)
        roles = frozenset({Role.ENGINEER, Role.FACTORY_ADMIN})
        engineer = Person.register(work.new_id(), factory, "bench-engineer", "样例", "Sample", roles)
        work.people.save(engineer)
        work.commit()
    for start in range(0, team_count, BATCH):
        numbers = range(start, min(team_count, start + BATCH))
        _write(store.database, _rows(generator, school.id, numbers))
    return BenchmarkMarket(Actor(engineer.id, factory.id, roles), factory.id, team_count)


def _organisation(id: str, kind: OrganisationKind) -> Organisation:
    return Organisation.register(id, kind, f"样例 {kind}", f"Sample {kind}", "苏州", "江苏")


def _rows(generator: Generator, school_id: str, numbers: Sequence[int]) -> dict[Table, list[dict[str, Any]]]:
    rows: dict[Table, list[dict[str, Any]]] = {
        table: [] for table in (people, students, student_skills, teams, team_members)
    }
    for number in numbers:
        members = [f"{number:012d}-member-{place}" for place in range(MEMBERS)]
        profile = {code: generator.levels() for code in generator.skills(SKILLS)}
        for place, member in enumerate(members):
            rows[people].append(_person(member, school_id))
            rows[students].append({"id": member, "version": 1, "school_id": school_id})
            for code, levels in list(profile.items())[place::MEMBERS]:
                rows[student_skills].append(
                    {
                        "student_id": member,
                        "skill": code,
                        "level": levels.best,
                        "certified_by": school_id if levels.certified else None,
                    }
                )
        city, province = generator.place()
        team_id = f"{number:012d}-team"
        rows[teams].append(
            {
                "id": team_id,
                "version": 1,
                "title": f"样例团队 {number}",
                "captain_id": members[0],
                "school_ids": (school_id,),
                "hours_per_week": 4 + number % 12,
                "city": city,
                "province": province,
                "locked": False,
                "profile": pack_profile(profile),
            }
        )
        rows[team_members] += [
            {"team_id": team_id, "student_id": member, "position": place}
            for place, member in enumerate(members)
        ]
    return rows


def _person(id: str, school_id: str) -> dict[str, Any]:
    return {
        "id": id,
        "version": 1,
        "organisation_id": school_id,
        "login": id,
        "name_zh": "样例学生",
        "name_en": "Sample student",
        "roles": frozenset({Role.STUDENT}),
        "capacity": 0,
    }


def _write(database: Database, rows: dict[Table, list[dict[str, Any]]]) -> None:
    with database.write() as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)
        connection.commit()
