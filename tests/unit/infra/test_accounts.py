"""Passwords: what fits, and that an unknown login takes as long as a known one."""

from typing import cast

import pytest
from pwdlib import PasswordHash

from infra.accounts import Passwords


class CountingHash:
    """Stands for Argon2, of which one check costs as much as any other; notes what is done."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def hash(self, password: str) -> str:
        self.done.append("hash")
        return f"hash of {password}"

    def verify(self, password: str, stored: str) -> bool:
        self.done.append("verify")
        return stored == f"hash of {password}"


@pytest.mark.parametrize("stored", ["hash of a", "hash of b", None], ids=["right", "wrong", "unknown login"])
def test_every_check_does_the_same_work(stored: str | None) -> None:
    counting = CountingHash()
    passwords = Passwords(cast(PasswordHash, counting))
    assert counting.done == []
    answers = [passwords.fits("a", stored) for _ in range(3)]
    assert answers == [stored == "hash of a"] * 3
    assert counting.done == ["hash", "verify", "verify", "verify"]
