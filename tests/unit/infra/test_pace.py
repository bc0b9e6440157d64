"""How much is done at a time."""

from infra.pace import Pace


def test_a_slow_step_halves_the_next_and_none_is_empty() -> None:
    pace = Pace(aim=0.01, first=20, most=100)
    pace.learn(20, 10.0)
    assert pace.size == 10
    for _ in range(20):
        pace.learn(pace.size, 10.0)
    assert pace.size == 1


def test_a_quick_step_doubles_the_next_up_to_the_most() -> None:
    pace = Pace(aim=0.01, first=20, most=100)
    pace.learn(20, 0.0)
    assert pace.size == 40
    for _ in range(20):
        pace.learn(pace.size, 0.0)
    assert pace.size == 100


def test_a_step_that_was_not_full_does_not_enlarge_the_next() -> None:
    pace = Pace(aim=0.01, first=20, most=100)
    pace.learn(3, 0.0)
    assert pace.size == 20
