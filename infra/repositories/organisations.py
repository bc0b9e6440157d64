"""Organisations, people and students."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from domain.organisations import Organisation, Person
from domain.students import Student, StudentSkill
from infra.accounts import accept_terms
from infra.repositories.base import SqlRepository
from infra.tables.market import accepted_terms, organisations, people, student_skills, students


class SqlOrganisations(SqlRepository[Organisation]):
    table = organisations
    kind = Organisation

    def to_values(self, aggregate: Organisation) -> dict[str, Any]:
        return {
            "kind": aggregate.kind,
            "name_zh": aggregate.name_zh,
            "name_en": aggregate.name_en,
            "city": aggregate.city,
            "province": aggregate.province,
        }

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[Organisation]:
        return [Organisation(**row._mapping) for row in rows]


class SqlPeople(SqlRepository[Person]):
    table = people
    kind = Person

    def to_values(self, aggregate: Person) -> dict[str, Any]:
        return {
            "organisation_id": aggregate.organisation_id,
            "login": aggregate.login,
            "name_zh": aggregate.name_zh,
            "name_en": aggregate.name_en,
            "roles": aggregate.roles,
            "capacity": aggregate.capacity,
        }

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[Person]:
        return [Person(**row._mapping) for row in rows]

    def of_organisations(self, organisation_ids: Iterable[str]) -> list[Person]:
        wanted = set(organisation_ids)
        if not wanted:
            return []
        return self.load(select(people).where(people.c.organisation_id.in_(wanted)).order_by(people.c.id))

    def logins_among(self, logins: Iterable[str]) -> set[str]:
        query = select(people.c.login).where(people.c.login.in_(set(logins)))
        return set(self.connection.execute(query).scalars())

    def accept_terms(self, person_id: str, terms: str, now: datetime) -> None:
        accept_terms(self.connection, person_id, terms, now)

    def has_accepted(self, person_id: str, terms: str) -> bool:
        accepted = select(accepted_terms.c.terms).where(
            accepted_terms.c.person_id == person_id, accepted_terms.c.terms == terms
        )
        return self.connection.execute(accepted).first() is not None


class SqlStudents(SqlRepository[Student]):
    table = students
    kind = Student

    def to_values(self, aggregate: Student) -> dict[str, Any]:
        return {"school_id": aggregate.school_id}

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[Student]:
        found = {row.id: Student(**row._mapping) for row in rows}
        if found:
            skills = select(student_skills).where(student_skills.c.student_id.in_(found))
            for skill in self.connection.execute(skills):
                found[skill.student_id].skills[skill.skill] = StudentSkill(skill.level, skill.certified_by)
        return list(found.values())

    def save_parts(self, aggregate: Student) -> None:
        mine = student_skills.c.student_id == aggregate.id
        self.connection.execute(delete(student_skills).where(mine))
        if aggregate.skills:
            self.connection.execute(
                insert(student_skills),
                [
                    {
                        "student_id": aggregate.id,
                        "skill": code,
                        "level": skill.level,
                        "certified_by": skill.certified_by,
                    }
                    for code, skill in aggregate.skills.items()
                ],
            )
