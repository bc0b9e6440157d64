"""Which passwords are taken: long enough, and none that a guesser tries first.

The rule follows NIST SP 800-63B: a least length and a list of common ones, no demands on kinds of characters.
"""

from collections.abc import Sequence

from domain.errors import Invalid

LEAST, MOST = 10, 200
FEWEST_CHARACTERS = 4
"""So many different ones at least: aaaaaaaaaa and 1212121212 are no passwords."""
RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
)
"""Rows of a keyboard and of the alphabet; any part of one, forwards or backwards, is common."""
COMMON = frozenset(
    {
        "administrator",
        "changeme123",
        "iloveyou123",
        "jiebang-sample",
        "letmein123",
        "p@ssw0rd123",
        "passw0rd123",
        "password01",
        "password1!",
        "password12",
        "password123",
        "password1234",
        "qwerty12345",
        "qwerty123456",
        "welcome123",
        "woaini1314",
        "woaini520520",
    }
)


class WeakPassword(Invalid):
    """The password is one that others guess."""

    code = "weak_password"


def check_new_password(password: str, login: str, field: str | None = None) -> None:
    """Raise WeakPassword, which names the `field`, for one that the person of `login` should not have."""
    if len(password) < LEAST:
        raise WeakPassword(field=field, reason="too short a password", least=LEAST)
    if len(password) > MOST:
        raise WeakPassword(field=field, reason="too long a password", most=MOST)
    if _is_common(password.casefold(), login.casefold()):
        raise WeakPassword(field=field)


def _is_common(password: str, login: str) -> bool:
    in_a_row: Sequence[str] = [*RUNS, *(run[::-1] for run in RUNS)]
    return (
        password in COMMON
        or len(set(password)) < FEWEST_CHARACTERS
        or any(password in run for run in in_a_row)
        or (len(login) >= FEWEST_CHARACTERS and password.replace(login, "").isdecimal())
        or password in (login, login * 2)
    )
