"""Forming and changing a team, joining and leaving it, and keeping its profile what its members can do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from domain.errors import NotAllowed, NotFound, StaleAggregate, WrongState
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor, OrganisationKind, Role
from domain.ports import UnitOfWork
from domain.students import Student
from domain.teams import Team
from domain.use_cases.mentors import require_mentor


@dataclass(frozen=True, slots=True)
class FormTeam:
    """A new team led by the actor, who asks the students of `member_ids` to join."""

    title: str
    member_ids: tuple[str, ...]
    hours_per_week: float
    school_mentor_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeTeam:
    """What the captain changes; None leaves a thing as it is.

    Members who are not in `member_ids` are let go; students in it who are no members are asked to join.
    """

    title: str | None = None
    member_ids: tuple[str, ...] | None = None
    hours_per_week: float | None = None
    school_mentor_id: str | None = None
    locked: bool | None = None
    captain_id: str | None = None


def form_team(work: UnitOfWork, actor: Actor, command: FormTeam, *, agreed: bool = False) -> Team:
    """Raises NotAllowed unless the actor is a student, NotFound for an unknown student or mentor.

    MentorElsewhere where the mentor is of no school of the team. The students of the command are only asked
    to join, unless they have `agreed`: that is for code which has their consent, never for a request.
    """
    actor.require(Role.STUDENT)
    named = [student for student in _students(work, command.member_ids) if student.id != actor.person_id]
    members = named if agreed else []
    captain = work.students.hold(actor.person_id)
    school = work.organisations.get(captain.school_id)
    schools = {captain.school_id, *(member.school_id for member in members)}
    team = Team.form(
        id=work.new_id(),
        title=command.title,
        captain=captain,
        members=members,
        hours_per_week=command.hours_per_week,
        city=school.city,
        province=school.province,
        school_mentor_id=_checked_mentor(work, command.school_mentor_id, schools),
    )
    if not agreed:
        for student in named:
            team.invite(student.id)
    work.teams.save(team)
    return team


def change_team(work: UnitOfWork, actor: Actor, team_id: str, version: int, command: ChangeTeam) -> Team:
    """Change the team that the captain read at `version`; raises StaleAggregate if it moved on.

    NotFound for an unknown member or mentor, MentorElsewhere where the mentor is of no school of the team.
    """
    team = work.teams.get(team_id)
    team.require_captain(actor.person_id)
    if team.version != version:
        raise StaleAggregate(kind=team.name, id=team.id, version=team.version)
    if command.locked is False and team.locked:
        team.unlock()
    if command.member_ids is not None:
        _ask_and_let_go(work, team, command.member_ids)
    if command.captain_id is not None:
        team.hand_over(command.captain_id)
    mentor_id = _checked_mentor(work, command.school_mentor_id, team.school_ids)
    if (command.title, command.hours_per_week, mentor_id) != (None, None, None):
        team.describe(command.title, command.hours_per_week, mentor_id)
    if command.locked and not team.locked:
        team.lock()
    work.teams.save(team)
    return team


def accept_invitation(work: UnitOfWork, actor: Actor, team_id: str, student_id: str) -> Team:
    """Join a team that asked the actor; raises NotFound where it did not, WrongState while it is locked."""
    _require_self(actor, student_id)
    team = work.teams.get(team_id)
    held = {student.id: student for student in _students(work, [*team.member_ids, student_id])}
    team.admit([held[id] for id in team.member_ids], held[student_id])
    work.teams.save(team)
    return team


def decline_invitation(work: UnitOfWork, actor: Actor, team_id: str, student_id: str) -> Team:
    """Say no to a team that asked the actor; raises NotFound where it did not."""
    _require_self(actor, student_id)
    team = work.teams.get(team_id)
    team.end_invitation(student_id)
    work.teams.save(team)
    return team


def take_back_invitation(work: UnitOfWork, actor: Actor, team_id: str, student_id: str) -> Team:
    """Ask a student no longer; the captain does. Raises NotFound where they were not asked."""
    team = work.teams.get(team_id)
    team.require_captain(actor.person_id)
    team.end_invitation(student_id)
    work.teams.save(team)
    return team


def leave_team(work: UnitOfWork, actor: Actor, team_id: str) -> Team:
    """Leave a team. Raises Conflict for its captain, who hands over first.

    WrongState where the roster is locked and a project runs: the factory counts on those people.
    """
    team = work.teams.get(team_id)
    if actor.person_id not in team.member_ids:
        raise NotAllowed(reason="only a member")
    if team.locked and work.projects.running_of_team(team.id):
        raise WrongState(state="locked", reason="locked in a running project")
    team.release(actor.person_id, _students(work, [id for id in team.member_ids if id != actor.person_id]))
    work.teams.save(team)
    return team


def rate_own_skills(work: UnitOfWork, actor: Actor, levels: Mapping[str, int], taxonomy: Taxonomy) -> Student:
    """Replace the actor's self-rated skills, and with them the profiles of the actor's teams."""
    actor.require(Role.STUDENT)
    student = work.students.hold(actor.person_id)
    student.rate_own_skills({taxonomy.skill(code).code: level for code, level in levels.items()})
    _save_with_teams(work, student)
    return student


def certify_skill(
    work: UnitOfWork, actor: Actor, student_id: str, code: str, level: int, taxonomy: Taxonomy
) -> Student:
    """Attest a student's level: a mentor or school administrator does, in the name of their organisation."""
    actor.require(Role.MENTOR, Role.SCHOOL_ADMIN)
    student = work.students.hold(student_id)
    if work.organisations.get(actor.organisation_id).kind is OrganisationKind.SCHOOL:
        actor.require(Role.MENTOR, Role.SCHOOL_ADMIN, organisation_id=student.school_id)
    student.certify(taxonomy.skill(code).code, level, by=actor.organisation_id)
    _save_with_teams(work, student)
    return student


def _save_with_teams(work: UnitOfWork, student: Student) -> None:
    work.students.save(student)
    teams = work.teams.of_students([student.id])
    members = work.students.find({m for team in teams for m in team.member_ids}) | {student.id: student}
    for team in teams:
        team.update_profile(members[m] for m in team.member_ids)
        work.teams.save(team)


def _ask_and_let_go(work: UnitOfWork, team: Team, wanted: Sequence[str]) -> None:
    students = _students(work, wanted)
    if any(id not in wanted for id in team.member_ids):
        team.keep([student for student in students if student.id in team.member_ids])
    for student in students:
        team.invite(student.id)


def _require_self(actor: Actor, student_id: str) -> None:
    if actor.person_id != student_id:
        raise NotAllowed(reason="only the student")


def _students(work: UnitOfWork, ids: Sequence[str]) -> list[Student]:
    """Held, because the team's profile is made of what they can do now; in an order that all share."""
    found = work.students.find(ids)
    for position, id in enumerate(ids):
        if id not in found:
            raise NotFound(field=f"member_ids.{position}", kind="student", id=id)
    held = {id: work.students.hold(id) for id in sorted(found)}
    return [held[id] for id in ids]


def _checked_mentor(work: UnitOfWork, mentor_id: str | None, schools: Collection[str]) -> str | None:
    if mentor_id is not None:
        require_mentor(work, mentor_id, schools, field="school_mentor_id")
    return mentor_id
