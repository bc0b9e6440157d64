"""The modules of REST v1, in the order of the documentation."""

from collections.abc import Sequence

from fastapi import APIRouter

from api.rest import (
    bids,
    catalogue,
    challenges,
    closing,
    dead_letters,
    files,
    intake,
    invitations,
    local_skills,
    matches,
    me,
    milestones,
    notifications,
    organisations,
    people,
    policy,
    projects,
    stream,
    students,
    taxonomy,
    teams,
    tokens,
)

ROUTERS: Sequence[APIRouter] = (
    catalogue.router,
    challenges.router,
    matches.router,
    teams.router,
    invitations.router,
    students.router,
    organisations.router,
    people.router,
    bids.router,
    projects.router,
    milestones.router,
    closing.router,
    taxonomy.router,
    local_skills.router,
    policy.router,
    me.router,
    tokens.router,
    notifications.router,
    stream.router,
    files.router,
    intake.router,
    dead_letters.router,
)
"""All of them below `/api/v1`."""
