"""What `jiebang people` reads: a table of people, checked as a whole against the store's organisations."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from domain.errors import DomainError
from domain.organisations import Organisation, Role
from domain.ports import UnitOfWork
from domain.use_cases.registering import LoginTaken, NewPerson, add_person
from producers.tables.faults import Fault, FaultyFile, UnreadableFile
from producers.tables.layout import Column, Language, Layout, Strict, fold, listed
from producers.tables.reading import Row, read_sheets, rows_of

ROLES = {
    "工程师": Role.ENGINEER,
    "工厂管理员": Role.FACTORY_ADMIN,
    "学生": Role.STUDENT,
    "导师": Role.MENTOR,
    "院校管理员": Role.SCHOOL_ADMIN,
    "平台管理员": Role.ADMINISTRATOR,
}
Text = Annotated[str, Field(min_length=1, max_length=200)]
Explain = Callable[[DomainError, Language], str]


class PersonRow(Strict):
    """Somebody; the organisation by its id or its name in either language."""

    organisation: Text
    login: Annotated[Text, Field(coerce_numbers_to_str=True)]
    name_zh: Text
    name_en: Text
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    capacity: int = 0


def _roles(text: str) -> list[str]:
    return [ROLES.get(part, part.casefold()) for part in listed(text)]


PEOPLE = Layout(
    "人员",
    "people",
    (
        Column("organisation", "单位", "organisation"),
        Column("login", "登录名", "login"),
        Column("name_zh", "中文名", "name_zh"),
        Column("name_en", "英文名", "name_en"),
        Column("roles", "角色", "roles", _roles),
        Column("capacity", "同时带的项目", "capacity"),
    ),
    PersonRow,
    (
        ("产业学院", "20260301", "学生甲", "Student A", "student", ""),
        ("产业学院", "mentor.b", "导师乙", "Mentor B", "mentor", "3"),
        ("产业学院", "office.c", "管理员丙", "Administrator C", "school_admin", ""),
    ),
)


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody who can be let in."""

    person_id: str
    login: str


def read_people(path: Path) -> list[tuple[Row[PersonRow], PersonRow]]:
    """The rows of the file. Raises UnreadableFile, OSError, and FaultyFile with all that is wrong."""
    sheets = read_sheets(path)
    if len(sheets) != 1:
        raise UnreadableFile("文件里只能有一张表。", "There has to be one sheet in the file.")
    read = rows_of(sheets[0], PEOPLE)
    if read.faults:
        raise FaultyFile(tuple(sorted(read.faults)))
    return read.good


def add_people(
    work: UnitOfWork,
    organisations: list[Organisation],
    rows: list[tuple[Row[PersonRow], PersonRow]],
    explain: Explain,
) -> list[Added]:
    """Register everybody, or raise FaultyFile with all that the rules have against it."""
    known, faults, added = Known(organisations), list[Fault](), list[Added]()
    taken = Counter(person.login for _, person in rows)
    for row, person in rows:
        try:
            organisation = known.organisation(row, person)
            if taken[person.login] > 1:
                raise LoginTaken(field="login", login=person.login)
            wanted = NewPerson(
                person.login, person.name_zh, person.name_en, frozenset(person.roles), person.capacity
            )
            added.append(Added(add_person(work, organisation, wanted).id, person.login))
        except FaultyFile as error:
            faults += error.faults
        except DomainError as error:
            faults.append(row.fault(error.field or "", explain(error, "zh"), explain(error, "en")))
    if faults:
        raise FaultyFile(tuple(faults))
    return added


class Known:
    """Organisations by what a file may call them."""

    def __init__(self, organisations: list[Organisation]) -> None:
        self._by_name: Mapping[str, list[Organisation]] = _by_name(organisations)

    def organisation(self, row: Row[PersonRow], person: PersonRow) -> Organisation:
        """The one that the row means. Raises FaultyFile where there is none or more than one."""
        found = self._by_name.get(fold(person.organisation), [])
        if len(found) == 1:
            return found[0]
        zh, en = (
            ("有几个单位叫这个名字，写编号。", "Several organisations are called so: write its id.")
            if found
            else ("没有这个单位，先登记它。", "There is no such organisation: register it first.")
        )
        raise FaultyFile((row.fault("organisation", zh, en),))


def _by_name(organisations: list[Organisation]) -> Mapping[str, list[Organisation]]:
    found: dict[str, list[Organisation]] = {}
    for name, organisation in _names(organisations):
        found.setdefault(fold(name), []).append(organisation)
    return found


def _names(organisations: list[Organisation]) -> Iterator[tuple[str, Organisation]]:
    for one in organisations:
        for name in {fold(one.id), fold(one.name_zh), fold(one.name_en)}:
            yield name, one
