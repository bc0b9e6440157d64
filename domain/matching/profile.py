"""A team's skills in compact forms: a byte for the levels of one skill, a line of text for all of them."""

from collections.abc import Iterable, Mapping

from domain.matching.errors import InvalidLevel, InvalidProfile
from domain.matching.model import HIGHEST_LEVEL, LOWEST_LEVEL, Levels, Member, Supply, TeamRow

_SHIFT, _MASK = 3, 0b111


def pack_levels(levels: Levels) -> int:
    """Both levels in one byte: certified in bits 3-5, self-rated in bits 0-2. Raises InvalidLevel."""
    for level in (levels.certified, levels.self_rated):
        if not 0 <= level <= HIGHEST_LEVEL:
            raise InvalidLevel(level, 0, HIGHEST_LEVEL)
    return levels.certified << _SHIFT | levels.self_rated


def unpack_levels(byte: int) -> Levels:
    """The inverse of `pack_levels`. Raises InvalidLevel for a byte that it never makes."""
    certified, self_rated = byte >> _SHIFT, byte & _MASK
    if not (0 <= certified <= HIGHEST_LEVEL and self_rated <= HIGHEST_LEVEL):
        raise InvalidLevel(byte, 0, HIGHEST_LEVEL)
    return Levels(certified, self_rated)


def pack_profile(skills: Mapping[str, Levels]) -> str:
    """The text "code:byte code:byte", ordered by code. Raises InvalidLevel."""
    return " ".join(f"{code}:{pack_levels(skills[code])}" for code in sorted(skills))


def unpack_profile(profile: str) -> dict[str, Levels]:
    """The inverse of `pack_profile`. Raises InvalidProfile or InvalidLevel."""
    return dict(map(unpack_item, profile.split()))


def unpack_item(item: str) -> tuple[str, Levels]:
    """The skill code and the levels of "code:byte". Raises InvalidProfile or InvalidLevel."""
    code, _, byte = item.rpartition(":")
    if not code or not byte.isdecimal():
        raise InvalidProfile(item)
    return code, unpack_levels(int(byte))


def supply_of_row(row: TeamRow) -> Supply:
    """The supply that a stored row stands for."""
    return Supply(
        row.team_id,
        row.version,
        unpack_profile(row.profile),
        frozenset(row.schools),
        row.hours_per_week,
        row.city,
        row.province,
        row.available,
    )


def team_skills(members: Iterable[Member]) -> dict[str, Levels]:
    """The best certified and uncertified level of each skill over the members. Raises InvalidLevel."""
    best: dict[str, Levels] = {}
    for member in members:
        for code, (level, certified) in member.skills.items():
            if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
                raise InvalidLevel(level, LOWEST_LEVEL, HIGHEST_LEVEL, field=f"{member.student_id}.{code}")
            found = Levels(certified=level) if certified else Levels(self_rated=level)
            best[code] = best.get(code, Levels()) | found
    return best


def supply_of(
    team_id: str,
    version: int,
    members: Iterable[Member],
    *,
    schools: Iterable[str],
    hours_per_week: float,
    city: str | None = None,
    province: str | None = None,
    available: bool = True,
) -> Supply:
    """A team as the engine sees it; its members' skills combine by maximum. Raises InvalidLevel."""
    return Supply(
        team_id, version, team_skills(members), frozenset(schools), hours_per_week, city, province, available
    )
