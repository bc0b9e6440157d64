"""Tells people, in their inboxes and by mail, what concerns them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import ClassVar

from domain.challenges import Challenge
from domain.events import Event, EventRecord
from domain.notices import NOTICES, Circle, Concerned, is_news, notifications_of, teams_of
from domain.organisations import Person
from domain.ports import UnitOfWork


class Notifier:
    """A Processor: a line for each person and event, and where it `mails`, a delivery for each new line."""

    name: ClassVar[str] = "notifier"
    consumes: ClassVar[tuple[type[Event], ...]] = tuple(NOTICES)

    def __init__(self, *, mails: bool = False) -> None:
        self._mails = mails

    def handle(self, batch: Sequence[EventRecord], work: UnitOfWork) -> None:
        news = [record for record in batch if is_news(record.event)]
        concerned = _concerned(news, work)
        told = work.notifications.add(
            [notification for record in news for notification in notifications_of(record, concerned)]
        )
        if self._mails:
            work.deliveries.mail(told)


def _concerned(news: Sequence[EventRecord], work: UnitOfWork) -> Concerned:
    """The rows that the events name, one query for each kind."""
    teams, challenges, projects = set[str](), set[str](), set[str]()
    for record in news:
        _, circles = NOTICES[type(record.event)]
        if not circles.isdisjoint({Circle.TEAM, Circle.INVITED}):
            teams.update(teams_of(record))
        if Circle.MENTORS in circles:
            projects.add(record.subject)
        if Circle.POSTERS in circles:
            challenges.add(getattr(record.event, "challenge_id", ""))
    posted = work.challenges.find(challenges)
    return Concerned(
        teams=work.teams.find(teams),
        challenges=posted,
        projects=work.projects.find(projects),
        factories=_staff(posted.values(), work),
    )


def _staff(posted: Iterable[Challenge], work: UnitOfWork) -> dict[str, list[Person]]:
    """The people of the factories whose systems posted one of the challenges."""
    staff: dict[str, list[Person]] = defaultdict(list)
    factories = {challenge.factory_id for challenge in posted if challenge.author_id is None}
    for person in work.people.of_organisations(factories):
        staff[person.organisation_id].append(person)
    return staff
