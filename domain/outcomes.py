"""What came of a match, so that the policy's weights can be fitted to it."""

from enum import StrEnum


class Outcome(StrEnum):
    """What a team, a factory or a project said of a match."""

    NOT_RELEVANT = "not_relevant"
    BID = "bid"
    AWARDED = "awarded"
    ACCEPTED = "accepted"
