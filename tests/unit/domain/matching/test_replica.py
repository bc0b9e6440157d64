"""The replica keeps the highest version of everything, whatever the order in which news arrives."""

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.errors import InvalidPolicy, NotInReplica, UnknownSkill
from domain.matching.model import Levels, Need, Policy, SkillNeed, Supply, TeamRow
from domain.matching.replica import Replica
from tests.unit.domain.matching.instances import TAXONOMY

NEED = Need("c1", 1, (SkillNeed("opc-ua", 3, 1.0),), 4, None, None, True)


def team(key: str, version: int, level: int) -> Supply:
    return Supply(key, version, {"opc-ua": Levels(level)}, frozenset({"college"}), 4, None, None)


News = tuple[str, int, bool]
news = st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(1, 6), st.booleans())


@given(st.lists(news, max_size=15), st.randoms(use_true_random=False))
def test_news_in_any_order_ends_in_the_same_state(arrived: list[News], order: st.DataObject) -> None:
    """One thing has one fact at each version, as aggregates do."""
    facts = {(key, version): gone for key, version, gone in arrived}
    shuffled = [*facts.items(), *facts.items()]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    replica = Replica(TAXONOMY)
    for (key, version), gone in shuffled:
        if gone:
            replica.apply_teams([], {key: version})
        else:
            replica.apply_teams([team(key, version, version % 5 + 1)])
    highest: dict[str, int] = {}
    for key, version in facts:
        highest[key] = max(version, highest.get(key, 0))
    for key in ("a", "b", "c"):
        assert replica.team_version(key) == highest.get(key)
        gone = key not in highest or facts[key, highest[key]]
        expected = None if gone else team(key, highest[key], highest[key] % 5 + 1)
        assert replica.teams.supply(key) == expected


def test_one_batch_may_hold_several_versions_and_the_removal() -> None:
    replica = Replica(TAXONOMY)
    replica.apply_teams([team("a", 2, 2), team("a", 3, 3), team("b", 1, 1)], {"b": 2, "a": 1})
    assert replica.team_version("a") == 3
    assert "b" not in replica.teams
    replica.apply_teams([team("b", 2, 5)])
    assert "b" not in replica.teams
    replica.apply_teams([team("b", 3, 5)])
    assert [hit.id for hit in replica.rank_teams(NEED, 5)] == ["a", "b"]


def test_both_directions_and_a_page_of_scores() -> None:
    replica = Replica(TAXONOMY)
    rows = [
        TeamRow(key, 1, f"opc-ua:{level << 3}", ("college",), 4, None, None)
        for key, level in (("a", 1), ("b", 3))
    ]
    replica.load_teams(rows)
    closed = replace(NEED, challenge_id="c2", eligible_schools=frozenset({"north"}))
    replica.apply_challenges([NEED, closed])
    assert [hit.id for hit in replica.rank_teams("c1", 5)] == ["b", "a"]
    (best,) = replica.rank_challenges("b", 5)
    assert best.id == "c1"
    assert replica.score_for_team("b", ["c1", "c2", "c3"]) == {"c1": best.score, "c2": None, "c3": None}
    assert replica.rank_teams("c1", 5, full_schools=frozenset({"college"})) == []
    replica.apply_challenges([], {"c1": 2})
    assert replica.challenge_version("c1") == 2
    with pytest.raises(NotInReplica):
        replica.rank_teams("c1", 5)
    with pytest.raises(NotInReplica):
        replica.rank_challenges("z", 5)


def test_a_bad_need_leaves_everything_as_it_was() -> None:
    replica = Replica(TAXONOMY)
    bad = replace(NEED, challenge_id="c2", skills=(SkillNeed("telegraphy", 1, 1.0),))
    with pytest.raises(UnknownSkill):
        replica.apply_challenges([NEED, bad], {"c3": 1})
    assert (replica.challenge_version("c1"), replica.challenge_version("c3")) == (None, None)


def test_warming_up_changes_nothing() -> None:
    replica = Replica(TAXONOMY)
    replica.warm_up()
    assert len(replica.teams) == len(replica.challenges) == 0


def test_the_policy_changes_at_once_and_is_checked() -> None:
    replica = Replica(TAXONOMY)
    replica.apply_teams([team("a", 1, 3)])
    before = replica.rank_teams(NEED, 1)[0].score
    replica.policy = Policy(version=2, coverage=0.1)
    assert replica.rank_teams(NEED, 1)[0].score < before
    with pytest.raises(InvalidPolicy):
        replica.policy = Policy(cousin=2)


def test_readers_see_whole_states_while_a_writer_changes_them() -> None:
    """Each change raises all teams together, so a reader that saw half of one would see two levels."""
    replica = Replica(TAXONOMY)
    keys = [f"t{number}" for number in range(20)]
    replica.apply_teams([team(key, 1, 1) for key in keys])
    torn: list[set[float]] = []
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        while not done.is_set():
            scores = {hit.score for hit in replica.rank_teams(NEED, 20)}
            if len(scores) != 1:
                torn.append(scores)
            reading.set()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    assert reading.wait(10)
    for version in range(2, 120):
        replica.apply_teams([team(key, version, version % 5 + 1) for key in keys])
    done.set()
    for reader in readers:
        reader.join(10)
    assert not torn
