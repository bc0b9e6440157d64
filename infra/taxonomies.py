"""The taxonomy of this process: the shipped one with the installation's own skills."""

import logging
import threading
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, func, select

from domain.errors import Invalid, NotFound
from domain.local_skills import LocalSkill
from domain.matching.taxonomy import Skill, Taxonomy
from infra.repositories.local_skills import local_skills_of
from infra.tables.market import local_skills

log = logging.getLogger(__name__)


class Taxonomies:
    """Holds the current taxonomy; `refresh` brings it to what the rows say. Any number of threads may ask."""

    def __init__(self, shipped: Taxonomy) -> None:
        self.shipped = shipped
        self._current = shipped
        self._changes = 0
        self._refreshing = threading.Lock()

    @property
    def current(self) -> Taxonomy:
        """The taxonomy as it was when it was last refreshed."""
        return self._current

    def refresh(self, connection: Connection) -> Taxonomy:
        """The taxonomy as the rows have it now; the same object unless something has changed."""
        with self._refreshing:
            # Versions only rise and skills are never removed, so the sum tells of every change.
            changes = connection.execute(select(func.sum(local_skills.c.version))).scalar_one() or 0
            if changes != self._changes:
                self._current = extended(self.shipped, local_skills_of(connection))
                self._changes = int(changes)
            return self._current


def extended(shipped: Taxonomy, local: Sequence[LocalSkill]) -> Taxonomy:
    """The taxonomy with those of the skills that fit into it.

    A release may ship a skill under a name that an installation had used before: its own is then left out
    and logged, because it must not keep a process from starting.
    """
    try:
        return shipped.extended([one.in_tree(shipped) for one in local])
    except (Invalid, NotFound):
        return shipped.extended(list(_fitting(shipped, local)))


def _fitting(shipped: Taxonomy, local: Sequence[LocalSkill]) -> Iterator[Skill]:
    kept: list[Skill] = []
    for one in local:
        try:
            skill = one.in_tree(shipped)
            shipped.extended([*kept, skill])
        except (Invalid, NotFound) as error:
            log.error("the local skill %s is left out: %s", one.code, error)
        else:
            kept.append(skill)
            yield skill
