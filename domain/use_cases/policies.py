"""The weights of the score, which an administrator changes."""

from dataclasses import replace

from domain.errors import StaleAggregate
from domain.matching.model import Policy
from domain.matching.validation import validate_policy
from domain.organisations import Actor, Role
from domain.ports import UnitOfWork


def change_policy(work: UnitOfWork, actor: Actor, policy: Policy) -> Policy:
    """Make `policy` the next version of the one that it names; rankings follow at once.

    Raises NotAllowed, InvalidPolicy, or StaleAggregate where the named version is not the current one.
    """
    actor.require(Role.ADMINISTRATOR)
    validate_policy(policy)
    current = work.policies.current()
    if policy.version != current.version:
        raise StaleAggregate(kind="policy", version=current.version)
    changed = replace(policy, version=current.version + 1)
    work.policies.activate(changed)
    return changed
