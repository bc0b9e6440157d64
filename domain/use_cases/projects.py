"""Seeing a project through: the team submits, each mentor signs or returns, the factory accepts."""

from domain.errors import NotAllowed
from domain.organisations import Actor, Role
from domain.outcomes import Outcome
from domain.ports import UnitOfWork
from domain.projects import Project, ProjectState


def submit_milestone(
    work: UnitOfWork, actor: Actor, project_id: str, milestone_id: str, note: str
) -> Project:
    """Hand a milestone to the mentors; raises NotAllowed unless the actor is in the team."""
    project = work.projects.get(project_id)
    if actor.person_id not in work.teams.get(project.team_id).member_ids:
        raise NotAllowed(reason="only the project's team")
    project.submit_milestone(milestone_id, note, work.now())
    work.projects.save(project)
    return project


def sign_milestone(work: UnitOfWork, actor: Actor, project_id: str, milestone_id: str) -> Project:
    """Sign for the actor's own side; the last signature delivers the project and its challenge."""
    project = work.projects.get(project_id)
    project.sign_milestone(milestone_id, actor.person_id, work.now())
    work.projects.save(project)
    if project.state is ProjectState.DELIVERED:
        challenge = work.challenges.get(project.challenge_id)
        challenge.deliver(project.id)
        work.challenges.save(challenge)
        work.timers.cancel(project.id)
    return project


def return_milestone(
    work: UnitOfWork, actor: Actor, project_id: str, milestone_id: str, reason: str
) -> Project:
    """Send a milestone back to the team, with the reason."""
    project = work.projects.get(project_id)
    project.return_milestone(milestone_id, actor.person_id, reason)
    work.projects.save(project)
    return project


def accept_project(work: UnitOfWork, actor: Actor, project_id: str) -> Project:
    """Take delivered work over on behalf of the factory."""
    project = work.projects.get(project_id)
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN, organisation_id=project.factory_id)
    project.accept()
    work.projects.save(project)
    work.outcomes.record(project.challenge_id, project.team_id, Outcome.ACCEPTED)
    challenge = work.challenges.get(project.challenge_id)
    challenge.accept(project.id)
    work.challenges.save(challenge)
    return project
