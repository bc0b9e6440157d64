"""Skills of students, and what they add up to in a team."""

import pytest

from domain.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from domain.events import TeamInvited
from domain.matching.model import Levels
from domain.matching.profile import unpack_profile
from domain.students import Student
from domain.teams import MOST_MEMBERS, Team


def student(id: str, school: str = "college", **levels: int) -> Student:
    student = Student.enrol(id, school)
    student.rate_own_skills(levels)
    return student


def team(*members: Student) -> Team:
    return Team.form("t", "星火七队", members[0], members, 12, "苏州", "江苏")


def test_a_certified_level_stays_until_a_higher_one_is_claimed() -> None:
    one = student("s1")
    one.certify("plc", 3, by="college")
    one.rate_own_skills({"plc": 2})
    assert (one.skills["plc"].level, one.skills["plc"].certified) == (3, True)
    one.rate_own_skills({"plc": 4})
    assert (one.skills["plc"].level, one.skills["plc"].certified) == (4, False)


@pytest.mark.parametrize("level", [0, 6, -1])
def test_a_level_lies_between_one_and_five(level: int) -> None:
    with pytest.raises(Invalid) as refusal:
        student("s1", plc=level)
    assert refusal.value.field == "skills.plc"


def test_a_team_has_the_best_of_its_members() -> None:
    one, other = student("s1", plc=2, spc=1), student("s2", plc=4)
    other.certify("spc", 3, by="college")
    profile = unpack_profile(team(one, other).profile)
    assert profile == {"plc": Levels(0, 4), "spc": Levels(3, 1)}


def test_the_schools_of_a_team_are_those_of_its_members() -> None:
    assert team(student("s1", "college"), student("s2", "tech")).school_ids == ("college", "tech")


def test_the_captain_stays_in_the_roster() -> None:
    captain, other = student("s1"), student("s2")
    with pytest.raises(Invalid):
        team(captain, other).keep([other])


def test_a_roster_has_a_limit() -> None:
    with pytest.raises(Invalid):
        team(*(student(f"s{n}") for n in range(MOST_MEMBERS + 1)))


def test_a_locked_roster_does_not_change() -> None:
    captain, other, third = student("s1"), student("s2"), student("s3")
    locked = team(captain, other)
    locked.invite(third.id)
    locked.lock()
    assert not locked.supply.available
    with pytest.raises(WrongState):
        locked.keep([captain])
    with pytest.raises(WrongState):
        locked.invite("s4")
    with pytest.raises(WrongState):
        locked.admit([captain, other], third)
    assert (locked.member_ids, locked.invited_ids) == (("s1", "s2"), ("s3",))
    locked.unlock()
    locked.admit([captain, other], third)
    assert (locked.member_ids, locked.invited_ids) == (("s1", "s2", "s3"), ())


def test_nothing_of_an_invited_student_is_the_teams_before_they_accept() -> None:
    captain, other = student("s1", plc=1), student("s2", "tech", spc=4)
    asking = team(captain)
    asking.invite(other.id)
    asking.invite(other.id)
    assert (asking.member_ids, asking.school_ids) == (("s1",), ("college",))
    assert set(asking.supply.skills) == {"plc"}
    with pytest.raises(NotFound):
        asking.admit([captain], student("s3"))
    asking.admit([captain], other)
    assert (asking.member_ids, asking.school_ids) == (("s1", "s2"), ("college", "tech"))
    assert set(asking.supply.skills) == {"plc", "spc"}
    invited = [event for _, event in asking.take_events() if isinstance(event, TeamInvited)]
    assert invited == [TeamInvited(student_id="s2")]


def test_an_invitation_ends_once() -> None:
    asking = team(student("s1"))
    asking.invite("s2")
    asking.end_invitation("s2")
    assert asking.invited_ids == ()
    with pytest.raises(NotFound):
        asking.end_invitation("s2")


def test_invitations_count_towards_the_limit() -> None:
    asking = team(student("s1"))
    for n in range(2, MOST_MEMBERS + 1):
        asking.invite(f"s{n}")
    with pytest.raises(Invalid):
        asking.invite("one-too-many")


def test_a_member_leaves_and_the_captain_hands_over_first() -> None:
    captain, other = student("s1", plc=1), student("s2", spc=4)
    left = team(captain, other)
    with pytest.raises(Conflict):
        left.release("s1", [other])
    with pytest.raises(Invalid):
        left.hand_over("stranger")
    left.hand_over("s2")
    left.release("s1", [other])
    assert (left.captain_id, left.member_ids) == ("s2", ("s2",))
    assert set(left.supply.skills) == {"spc"}


def test_only_the_captain_leads() -> None:
    with pytest.raises(NotAllowed):
        team(student("s1"), student("s2")).require_captain("s2")
