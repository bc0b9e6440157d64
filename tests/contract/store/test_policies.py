"""The policy's versions, on both databases."""

from dataclasses import replace

import pytest

from domain.errors import NotAllowed, StaleAggregate
from domain.matching.errors import InvalidPolicy
from domain.matching.model import DEFAULT_POLICY
from domain.organisations import Actor, Role
from domain.use_cases.policies import change_policy
from infra.unit_of_work import Store

ADMINISTRATOR = Actor("p", "o", frozenset({Role.ADMINISTRATOR}))


def test_a_change_is_the_next_version(store: Store) -> None:
    with store.begin() as work:
        changed = change_policy(work, ADMINISTRATOR, replace(DEFAULT_POLICY, focus=0.2))
        work.commit()
    assert changed == replace(DEFAULT_POLICY, version=2, focus=0.2)
    with store.begin() as work:
        assert work.policies.current() == changed
        with pytest.raises(StaleAggregate):
            change_policy(work, ADMINISTRATOR, DEFAULT_POLICY)


def test_nobody_else_changes_it_and_nonsense_is_refused(store: Store) -> None:
    with store.begin() as work:
        with pytest.raises(NotAllowed):
            change_policy(work, Actor("p", "o", frozenset({Role.SCHOOL_ADMIN})), DEFAULT_POLICY)
        with pytest.raises(InvalidPolicy):
            change_policy(work, ADMINISTRATOR, replace(DEFAULT_POLICY, focus=float("nan")))
        assert work.policies.current() == DEFAULT_POLICY
