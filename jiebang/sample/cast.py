"""Who there is: organisations, their people, students and teams."""

from dataclasses import dataclass, field
from datetime import time
from itertools import cycle

from domain.organisations import Actor, Organisation, OrganisationKind, Person, Role
from domain.ports import UnitOfWork
from domain.teams import Team
from domain.use_cases.teams import FormTeam, form_team
from jiebang.sample.entries import MemberEntry, Names, TeamEntry, read_organisations, read_teams, read_tracks
from jiebang.sample.history import History
from jiebang.sample.students import StudentMaker

REGISTERED, ENROLLED, FORMED = -130, -128, -125
MORNING = time(9, 30)


@dataclass
class Cast:
    """Everybody: organisations, people and teams by the keys of the files, actors by their persons' ids."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    _logins: dict[str, str] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """The person with this key, about to do something."""
        return self.actors[self.people[key].id]

    def captain(self, team: Team) -> Actor:
        """Who leads that team."""
        return self.actors[team.captain_id]

    def signing_in_as(self, login: str) -> str:
        """The id of the person with that login."""
        return self._logins[login]

    def first(self, plant: str, role: Role) -> Actor:
        """The first of a plant's people with that role."""
        plant_id = self.organisations[plant].id
        return next(a for a in self.actors.values() if a.organisation_id == plant_id and role in a.roles)

    def register(
        self,
        work: UnitOfWork,
        organisation: Organisation,
        name: Names,
        roles: frozenset[Role],
        login: str | None = None,
        capacity: int = 0,
    ) -> Person:
        """A new person; the login is made of the English name where none is given."""
        name_zh, name_en = name
        login = self._free(login or name_en.lower().replace(" ", "."))
        person = Person.register(
            work.new_id(), organisation, login, name_zh, name_en, roles, capacity=capacity
        )
        work.people.save(person)
        self._logins[login] = person.id
        self.actors[person.id] = Actor(person.id, organisation.id, roles)
        return person

    def _free(self, login: str) -> str:
        return login if login not in self._logins else f"{login}.{len(self._logins)}"


def register_organisations(cast: Cast, history: History) -> None:
    """Schools and factories with their people."""
    with history.moment(history.time_of(REGISTERED, MORNING)) as work:
        for kind, entry in read_organisations().by_kind():
            city, province = entry.place
            organisation = Organisation.register(work.new_id(), kind, *entry.name, city, province)
            work.organisations.save(organisation)
            cast.organisations[entry.key] = organisation
            for person in entry.people:
                cast.people[person.key] = cast.register(
                    work, organisation, person.name, person.roles, person.login, person.capacity
                )


def form_teams(cast: Cast, history: History, students: StudentMaker) -> None:
    """Students, and the teams that most of them are in."""
    with history.moment(history.time_of(ENROLLED, MORNING)) as work:
        rosters = [(team, _enrol_members(cast, work, students, team)) for team in read_teams().teams]
        for school, track in read_tracks().unteamed:
            _enrol(cast, work, students, school, students.invent(track))
    with history.moment(history.time_of(FORMED, MORNING)) as work:
        for team, members in rosters:
            captain = cast.actors[members[0]]
            command = FormTeam(team.title, tuple(members), team.hours, cast.people[team.mentor].id)
            cast.teams[team.key] = form_team(work, captain, command, agreed=True)


def _enrol_members(cast: Cast, work: UnitOfWork, students: StudentMaker, team: TeamEntry) -> list[str]:
    invented = (students.invent(track) for track in team.tracks[len(team.members) :])
    return [
        _enrol(cast, work, students, school, member)
        for school, member in zip(cycle(team.schools), [*team.members, *invented], strict=False)
    ]


def _enrol(cast: Cast, work: UnitOfWork, students: StudentMaker, school: str, entry: MemberEntry) -> str:
    organisation = cast.organisations[school]
    person = cast.register(work, organisation, entry.name, frozenset({Role.STUDENT}), entry.login)
    factories = [o.id for o in cast.organisations.values() if o.kind is OrganisationKind.FACTORY]
    work.students.save(students.enrol(person.id, organisation.id, entry, factories))
    return person.id
