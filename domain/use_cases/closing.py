"""Ending what did not come to anything: a challenge that no bid solves, a project that is given up."""

from domain.challenges import Challenge
from domain.errors import NotAllowed
from domain.organisations import Actor, Role
from domain.ports import UnitOfWork
from domain.projects import Project


def close_unawarded(work: UnitOfWork, actor: Actor, challenge_id: str, feedback: str = "") -> Challenge:
    """End a judged challenge without a winner; every team that bid is told, and reads the `feedback`.

    Raises NotAllowed unless the actor awards for the factory, WrongState before bids have closed.
    """
    challenge = work.challenges.hold(challenge_id)
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN, organisation_id=challenge.factory_id)
    challenge.close_unawarded()
    work.challenges.save(challenge)
    _decline_bids(work, challenge, feedback)
    return challenge


def stop_project(work: UnitOfWork, actor: Actor, project_id: str, reason: str) -> Project:
    """Give a running project up, and with it its challenge; bids in reserve are declined.

    Raises NotAllowed unless `may_stop`, Invalid without a reason, WrongState where it does not run.
    """
    project = work.projects.get(project_id)
    if not may_stop(actor, project.factory_id, work.teams.get(project.team_id).school_ids):
        raise NotAllowed(reason="only who answers for the project")
    challenge = work.challenges.hold(project.challenge_id)
    project.stop(reason)
    work.projects.save(project)
    work.timers.cancel(project.id)
    challenge.stop()
    work.challenges.save(challenge)
    _decline_bids(work, challenge)
    return project


def may_stop(actor: Actor, factory_id: str, school_ids: tuple[str, ...]) -> bool:
    """Whether the actor answers for a project.

    That is: an administrator of its factory, of a school of its team, or of the installation.
    """
    if Role.ADMINISTRATOR in actor.roles:
        return True
    approves = Role.FACTORY_ADMIN in actor.roles and actor.organisation_id == factory_id
    return approves or (Role.SCHOOL_ADMIN in actor.roles and actor.organisation_id in school_ids)


def _decline_bids(work: UnitOfWork, challenge: Challenge, feedback: str = "") -> None:
    for bid in work.bids.of_challenge(challenge.id):
        if bid.in_the_running:
            bid.decline(feedback)
            work.bids.save(bid)
