"""Random instances: few skills, places and schools, so that ties, gates and substitutes abound."""

from random import Random

import numpy as np
from hypothesis import strategies as st

from domain.matching.model import Levels, Member, Need, Policy, SkillNeed, Supply, TeamRow
from domain.matching.profile import pack_levels, pack_profile
from domain.matching.table import keys_of
from domain.matching.taxonomy import Taxonomy
from domain.matching.team_arrays import TeamArrays
from domain.matching.validation import normalise_weights

TAXONOMY = Taxonomy.load()
CODES = (
    "plc-programming",
    "siemens-s7",
    "ladder-logic",
    "servo-control",
    "scada",
    "opc-ua",
    "modbus",
    "profinet",
    "python",
    "java",
    "git",
    "vibration-analysis",
    "bearing-diagnosis",
    "data-acquisition",
)
codes = st.sampled_from(CODES)
ids = st.sampled_from([f"t{number:02}" for number in range(25)] + ["团队甲", "Ω", "t1", "t10x"])
places = st.sampled_from([None, "宁波", "杭州", "合肥"])
provinces = st.sampled_from([None, "浙江", "安徽"])
schools = st.frozensets(st.sampled_from(["college", "north", "south"]), max_size=3)
hours = st.sampled_from([0.0, 2.0, 3.5, 8.0, 12.0])
levels = st.builds(Levels, st.integers(0, 5), st.integers(0, 5))

supplies = st.builds(
    Supply,
    ids,
    st.integers(1, 3),
    st.dictionaries(codes, levels, max_size=8),
    schools,
    hours,
    places,
    provinces,
    st.sampled_from([True, True, True, False]),
)


def supply_lists(most: int = 20) -> st.SearchStrategy[list[Supply]]:
    """Teams with distinct ids."""
    return st.lists(supplies, max_size=most, unique_by=lambda supply: supply.team_id)


@st.composite
def needs(draw: st.DrawFn, challenge_id: str | None = None) -> Need:
    wanted = draw(st.lists(codes, min_size=1, max_size=6, unique=True))
    skills = [
        SkillNeed(
            code,
            draw(st.integers(1, 5)),
            draw(st.sampled_from([0.5, 1.0, 1.0, 2.0, 3.0])),
            draw(st.sampled_from([False, False, False, True])),
        )
        for code in wanted
    ]
    return Need(
        challenge_id or draw(ids),
        draw(st.integers(1, 3)),
        normalise_weights(skills),
        draw(hours),
        draw(places),
        draw(provinces),
        draw(st.booleans()),
        draw(schools),
    )


def need_lists(most: int = 20) -> st.SearchStrategy[list[Need]]:
    """Challenges with distinct ids."""
    return st.lists(needs(), max_size=most, unique_by=lambda need: need.challenge_id)


policies = st.sampled_from(
    [
        Policy(),
        Policy(substitutes=False),
        Policy(version=2, coverage=1.0, focus=0.0, balance=0.0, availability=0.0, site=0.0),
        Policy(version=3, coverage=0.4, focus=0.3, balance=0.3, uncertified=0.5, sibling=0.7, cousin=0.7),
        Policy(version=4, uncertified=1.0, sibling=0.3, cousin=0.0),
    ]
)

members = st.lists(
    st.builds(
        Member,
        st.sampled_from(["ada", "bo", "cai", "dan"]),
        st.just("学生"),
        st.just("student"),
        st.dictionaries(codes, st.tuples(st.integers(1, 5), st.booleans()), max_size=5),
    ),
    max_size=4,
    unique_by=lambda member: member.student_id,
)


def arrays_of(teams: list[Supply]) -> TeamArrays:
    """Teams as columns."""
    cells = [
        (TAXONOMY.index_of(code), pack_levels(held)) for team in teams for code, held in team.skills.items()
    ]
    skills, packed = np.array(cells, dtype=np.int32).reshape(-1, 2).T
    return TeamArrays(
        ids=keys_of(team.team_id for team in teams),
        versions=np.array([team.version for team in teams], dtype=np.int32),
        starts=np.cumsum([0, *(len(team.skills) for team in teams)]),
        skills=skills,
        levels=packed,
        hours_per_week=np.array([team.hours_per_week for team in teams], dtype=np.float64),
        places=np.arange(len(teams)),
        place_values=[(team.city, team.province) for team in teams],
        schools=np.arange(len(teams)),
        school_values=[team.schools for team in teams],
        available=np.array([team.available for team in teams], dtype=np.bool_),
    )


def many_teams(count: int, seed: int) -> list[TeamRow]:
    """Stored rows with few different profiles' parts, so that scores tie often."""
    random = Random(seed)
    names = [skill.code for skill in TAXONOMY][:120]
    rows = []
    for number in range(count):
        held = {code: Levels(random.randrange(6), random.randrange(6)) for code in random.sample(names, 4)}
        rows.append(
            TeamRow(
                f"t{number:07}",
                1,
                pack_profile(held),
                (random.choice(["college", "north", "south"]),),
                float(random.randrange(0, 12, 4)),
                random.choice(["宁波", "杭州", None]),
                random.choice(["浙江", None]),
                random.random() < 0.9,
            )
        )
    return rows


def many_needs(count: int, seed: int) -> list[Need]:
    """Needs over the skills of `many_teams`, every other one with a mandatory skill."""
    random = Random(seed)
    names = [skill.code for skill in TAXONOMY][:120]
    return [
        Need(
            f"c{number}",
            1,
            normalise_weights(
                [
                    SkillNeed(code, random.randint(1, 5), random.choice([1.0, 2.0]), number % 2 == place == 0)
                    for place, code in enumerate(random.sample(names, 5))
                ]
            ),
            8.0,
            "宁波",
            "浙江",
            number % 3 == 0,
        )
        for number in range(count)
    ]
