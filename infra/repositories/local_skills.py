"""Local skills as rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from domain.errors import NotFound
from domain.local_skills import LocalSkill
from infra.repositories.base import SqlRepository
from infra.tables.market import local_skills


def local_skills_of(connection: Connection) -> list[LocalSkill]:
    """All of the installation, ordered by code."""
    query = select(local_skills).order_by(local_skills.c.code)
    return [LocalSkill(**row._mapping) for row in connection.execute(query)]


def local_skill(connection: Connection, code: str) -> LocalSkill:
    """The one with this code. Raises NotFound."""
    row = connection.execute(select(local_skills).where(local_skills.c.code == code)).one_or_none()
    if row is None:
        raise NotFound(kind=LocalSkill.name, id=code)
    return LocalSkill(**row._mapping)


class SqlLocalSkills(SqlRepository[LocalSkill]):
    table = local_skills
    kind = LocalSkill

    def all(self) -> list[LocalSkill]:
        return local_skills_of(self.connection)

    def of_code(self, code: str) -> LocalSkill:
        return local_skill(self.connection, code)

    def to_values(self, aggregate: LocalSkill) -> dict[str, Any]:
        return {"code": aggregate.code, "words": aggregate.words}

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[LocalSkill]:
        return [LocalSkill(**row._mapping) for row in rows]
