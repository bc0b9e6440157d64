"""How deliveries are named and put off, and what an e-mail address is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contacts import Contact
from domain.deliveries import LONGEST_WAIT, MOST_ATTEMPTS, delivery_id, wait_after
from domain.errors import Invalid


@pytest.mark.parametrize(
    "email",
    ["a@b", "zhang.gong@example.com", "o'neil+jiebang@mail.example-factory.cn", f"{'l' * 64}@example.com"],
)
def test_addresses_that_any_server_takes_are_accepted(email: str) -> None:
    assert Contact(email).email == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "zhang",
        "@example.com",
        "zhang@",
        "zhang@@example.com",
        ".zhang@example.com",
        "zhang..gong@example.com",
        "zhang gong@example.com",
        "zhang@example..com",
        "zhang@-example.com",
        "zhang@example.com\n",
        "zhang@example.com\r\nBcc: everybody@example.com",
        "zhang@example.com, li@example.com",
        "<zhang@example.com>",
        '"zhang gong"@example.com',
        "zhang@[127.0.0.1]",
        "张工@example.com",
        f"{'l' * 65}@example.com",
        f"zhang@{'d' * 60}.{'d' * 60}.{'d' * 60}.{'d' * 60}.{'d' * 10}",
    ],
)
def test_everything_else_is_refused_at_its_field(email: str) -> None:
    with pytest.raises(Invalid) as refused:
        Contact(email)
    assert refused.value.field == "email"


def test_the_same_news_has_the_same_id_and_other_news_another() -> None:
    first = delivery_id("mail", "event-1", "person-1")
    assert first == delivery_id("mail", "event-1", "person-1")
    others = {
        delivery_id("robot", "event-1", "person-1"),
        delivery_id("mail", "event-2", "person-1"),
        delivery_id("mail", "event-1", "person-2"),
    }
    assert first not in others
    assert len(others) == 3


def test_waits_double_up_to_the_longest() -> None:
    minutes = [wait_after(attempt, 0) / timedelta(minutes=1) for attempt in range(1, MOST_ATTEMPTS)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]


@given(attempt=st.integers(1, 10_000), chance=st.floats(0, 1))
def test_chance_takes_at_most_half_away(attempt: int, chance: float) -> None:
    whole = wait_after(attempt, 0)
    assert whole / 2 <= wait_after(attempt, chance) <= whole <= LONGEST_WAIT
