"""Skills of students, and what they add up to in a team."""

import pytest

from domain.errors import Invalid, NotAllowed, WrongState
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
        team(captain, other).change_roster([other])


def test_a_roster_has_a_limit() -> None:
    with pytest.raises(Invalid):
        team(*(student(f"s{n}") for n in range(MOST_MEMBERS + 1)))


def test_a_locked_roster_does_not_change() -> None:
    captain = student("s1")
    locked = team(captain)
    locked.lock()
    assert not locked.supply.available
    with pytest.raises(WrongState):
        locked.change_roster([captain, student("s2")])
    locked.unlock()
    locked.change_roster([captain, student("s2")])
    assert locked.member_ids == ("s1", "s2")


def test_only_the_captain_leads() -> None:
    with pytest.raises(NotAllowed):
        team(student("s1"), student("s2")).require_captain("s2")
