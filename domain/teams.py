"""Teams of students with a captain and a lockable roster."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from domain.aggregate import Aggregate
from domain.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from domain.events import (
    TeamChanged,
    TeamFormed,
    TeamInvitationEnded,
    TeamInvited,
    TeamLocked,
    TeamUnlocked,
)
from domain.matching.model import Levels, Supply
from domain.matching.profile import pack_profile, unpack_profile
from domain.students import Student

MOST_MEMBERS = 8


@dataclass(kw_only=True)
class Team(Aggregate):
    """A captain and members, from one school or several.

    `invited_ids` are students who were asked to join and have not answered: nothing of theirs is the team's.
    `profile` is what the matching engine knows of the team: its best levels, packed as text. It changes in
    the transaction that changes a member's skills.
    """

    name: ClassVar[str] = "team"

    title: str
    captain_id: str
    member_ids: tuple[str, ...]
    school_ids: tuple[str, ...]
    hours_per_week: float
    city: str
    province: str
    school_mentor_id: str | None = None
    locked: bool = False
    profile: str = ""
    invited_ids: tuple[str, ...] = ()

    @classmethod
    def form(
        cls,
        id: str,
        title: str,
        captain: Student,
        members: Sequence[Student],
        hours_per_week: float,
        city: str,
        province: str,
        school_mentor_id: str | None = None,
    ) -> "Team":
        """A team of `captain` and those `members` who have agreed to be in it."""
        team = cls(
            id=id,
            title=title,
            captain_id=captain.id,
            member_ids=(),
            school_ids=(),
            hours_per_week=hours_per_week,
            city=city,
            province=province,
            school_mentor_id=school_mentor_id,
        )
        team._set_roster([captain, *(m for m in members if m.id != captain.id)])
        team.record(TeamFormed(captain_id=captain.id))
        return team

    @property
    def supply(self) -> Supply:
        """The team as the matching engine sees it."""
        return Supply(
            team_id=self.id,
            version=self.version,
            skills=unpack_profile(self.profile),
            schools=frozenset(self.school_ids),
            hours_per_week=self.hours_per_week,
            city=self.city,
            province=self.province,
            available=not self.locked,
        )

    def require_captain(self, person_id: str) -> None:
        """Raise NotAllowed unless the person leads this team."""
        if person_id != self.captain_id:
            raise NotAllowed(reason="only the captain")

    def keep(self, members: Sequence[Student]) -> None:
        """Let go whoever is not among `members`; raises WrongState while locked, Invalid for the captain."""
        self._require_unlocked()
        self._set_roster(members)
        self.record(TeamChanged())

    def invite(self, student_id: str) -> None:
        """Ask a student to join; raises WrongState while locked, Invalid where the team gets too big."""
        self._require_unlocked()
        if student_id in self.member_ids or student_id in self.invited_ids:
            return
        if len(self.member_ids) + len(self.invited_ids) >= MOST_MEMBERS:
            raise Invalid(field="member_ids", reason="too many", most=MOST_MEMBERS)
        self.invited_ids = (*self.invited_ids, student_id)
        self.record(TeamInvited(student_id=student_id))

    def admit(self, members: Sequence[Student], student: Student) -> None:
        """Take in a student who accepted, beside the present `members`.

        Raises NotFound where they are not invited, WrongState while locked.
        """
        self._require_invited(student.id)
        self._require_unlocked()
        self.invited_ids = tuple(id for id in self.invited_ids if id != student.id)
        self._set_roster([*members, student])
        self.record(TeamChanged())

    def end_invitation(self, student_id: str) -> None:
        """The student declined, or the captain thought better of it; raises NotFound where none stands."""
        self._require_invited(student_id)
        self.invited_ids = tuple(id for id in self.invited_ids if id != student_id)
        self.record(TeamInvitationEnded(student_id=student_id))

    def release(self, student_id: str, staying: Sequence[Student]) -> None:
        """Let a member go who wants to, of a locked roster, too; raises Conflict for the captain."""
        if student_id == self.captain_id:
            raise Conflict(reason="the captain hands over first")
        self._set_roster(staying)
        self.record(TeamChanged())

    def hand_over(self, student_id: str) -> None:
        """Make another member the captain; raises Invalid for somebody who is no member."""
        if student_id not in self.member_ids:
            raise Invalid(field="captain_id", reason="no member")
        if student_id != self.captain_id:
            self.captain_id = student_id
            self.record(TeamChanged())

    def update_profile(self, members: Iterable[Student]) -> None:
        """Take over what the members can do now."""
        self.profile = packed_levels(members)
        self.record(TeamChanged())

    def describe(
        self,
        title: str | None = None,
        hours_per_week: float | None = None,
        school_mentor_id: str | None = None,
    ) -> None:
        """Change what the captain may change, keeping what is not given."""
        self.title = title if title is not None else self.title
        self.hours_per_week = hours_per_week if hours_per_week is not None else self.hours_per_week
        self.school_mentor_id = school_mentor_id if school_mentor_id is not None else self.school_mentor_id
        self.record(TeamChanged())

    def lock(self) -> None:
        """Close the roster; the team takes no further challenges until unlocked."""
        if self.locked:
            raise WrongState(state="locked")
        self.locked = True
        self.record(TeamLocked())

    def unlock(self) -> None:
        if not self.locked:
            raise WrongState(state="unlocked")
        self.locked = False
        self.record(TeamUnlocked())

    def _require_unlocked(self) -> None:
        if self.locked:
            raise WrongState(state="locked")

    def _require_invited(self, student_id: str) -> None:
        if student_id not in self.invited_ids:
            raise NotFound(kind="invitation", id=student_id)

    def _set_roster(self, members: Sequence[Student]) -> None:
        ids = tuple(dict.fromkeys(m.id for m in members))
        if self.captain_id not in ids:
            raise Invalid(field="member_ids", reason="the captain is a member")
        if len(ids) > MOST_MEMBERS:
            raise Invalid(field="member_ids", reason="too many", most=MOST_MEMBERS)
        self.member_ids = ids
        self.school_ids = tuple(sorted({m.school_id for m in members}))
        self.profile = packed_levels(members)


def packed_levels(members: Iterable[Student]) -> str:
    """The best certified and the best self-rated level of each skill among `members`, as a profile."""
    best: dict[str, Levels] = {}
    for member in members:
        for code, skill in member.skills.items():
            known = best.get(code, Levels())
            best[code] = Levels(
                certified=max(known.certified, skill.level if skill.certified else 0),
                self_rated=max(known.self_rated, 0 if skill.certified else skill.level),
            )
    return pack_profile(best)
