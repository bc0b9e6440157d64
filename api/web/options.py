"""Choices of select fields: (value, text) pairs in the reader's language."""

from collections.abc import Iterable

from api.web.i18n import called, gettext
from domain.matching.taxonomy import Taxonomy, Trade
from infra.queries.mentor_choices import MentorChoice


def trade(taxonomy: Taxonomy, code: str) -> Trade | None:
    """The trade with this code."""
    return next((trade for trade in taxonomy.trades if trade.code == code), None)


def codes(trades: Iterable[Trade]) -> list[tuple[str, str]]:
    """Trades by their codes."""
    return [(trade.code, called(trade)) for trade in trades]


def mentor_options(mentors: Iterable[MentorChoice]) -> list[tuple[str, str]]:
    """Mentors with the room that each has; those without any are left out."""
    return [
        (
            mentor.id,
            gettext("%(name)s, %(places)s free") % {"name": called(mentor), "places": mentor.places_left},
        )
        for mentor in mentors
        if mentor.places_left
    ]
