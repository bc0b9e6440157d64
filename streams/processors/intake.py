"""Drafts challenges from what factories' systems send."""

from collections.abc import Sequence
from typing import ClassVar

from domain.ports import IntakeMessage, UnitOfWork
from domain.use_cases import intake
from infra.taxonomies import Taxonomies


class Intake:
    """An IntakeProcessor: a draft for each new message, a dead letter for each that can never be one."""

    name: ClassVar[str] = intake.CONSUMER

    def __init__(self, taxonomies: Taxonomies) -> None:
        self._taxonomies = taxonomies

    def handle(self, batch: Sequence[IntakeMessage], work: UnitOfWork) -> None:
        intake.take_in(work, batch, self._taxonomies.current)
