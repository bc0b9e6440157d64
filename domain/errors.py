"""Broken rules, each with a stable code; what they mean to a browser or a log is the edges' business."""

from typing import ClassVar


class DomainError(Exception):
    """A rule was broken. `code` is stable; `details` fill in the sentence that a person reads.

    `field` names the input that has to change, as a path into the command ("skills.0.level"), where
    one input is to blame.
    """

    code: ClassVar[str] = "domain_error"

    def __init__(self, field: str | None = None, **details: object) -> None:
        self.field = field
        self.details = details
        shown = ", ".join(f"{name}={value!r}" for name, value in details.items())
        super().__init__(f"{self.code}({shown})")


class Invalid(DomainError):
    """The input can never be accepted as it is."""

    code = "invalid"


class NotFound(DomainError):
    """There is no such thing, or the person may not know of it."""

    code = "not_found"


class NotAllowed(DomainError):
    """The person may see the thing but not do this to it."""

    code = "not_allowed"


class WrongState(DomainError):
    """The thing is not in a state in which this can be done."""

    code = "wrong_state"


class Conflict(DomainError):
    """Somebody else was first; reading again and retrying may succeed."""

    code = "conflict"


class StaleAggregate(Conflict):
    """The rows changed between reading and writing."""

    code = "stale"


class UnknownEvent(DomainError):
    """An event of a type or version that this release does not know."""

    code = "unknown_event"


class MalformedEvent(DomainError):
    """An event that does not keep its contract."""

    code = "malformed_event"
