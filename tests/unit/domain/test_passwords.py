"""Passwords that are refused, and that none is refused which nobody guesses."""

import pytest

from domain.passwords import LEAST, MOST, WeakPassword, check_new_password


@pytest.mark.parametrize(
    "password",
    [
        "",
        "a" * (LEAST - 1),
        "短" * (LEAST - 1),
        "x9!" * MOST,
        "aaaaaaaaaaaa",
        "121212121212",
        "1234567890",
        "09876543210",
        "qwertyuiop",
        "Password123",
        "jiebang-sample",
        "engineer01",
        "engineer1234",
        "ENGINEERENGINEER",
    ],
)
def test_what_a_guesser_tries_first_is_refused_at_its_field(password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_new_password(password, "engineer", field="new_password")
    assert refused.value.field == "new_password"


@pytest.mark.parametrize(
    "password", ["correct horse battery", "主轴每天早上抖三次真烦人", "k3#vR9!mQz", "x9!q" * 50]
)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    check_new_password(password, "engineer")
