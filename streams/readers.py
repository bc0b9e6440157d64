"""How a consumer reads a message: whether it is for it, what it says, and by what it is claimed once."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from domain.errors import MalformedEvent, UnknownEvent
from domain.events import EVENTS, Event, EventRecord
from domain.intake import FACTORY_HEADER, REQUEST_HEADER, factory_of
from domain.ports import IntakeMessage
from infra.outbox import EVENTS as EVENTS_TOPIC
from infra.outbox import INTAKE as INTAKE_TOPIC
from infra.outbox import decode_message
from streams.messages import RawMessage

MOST_KEY = 100

T_co = TypeVar("T_co", covariant=True)


class Reader(Protocol[T_co]):
    """Turns messages of one topic into what a processor handles."""

    @property
    def topic(self) -> str:
        """The topic by its short name."""
        ...

    def origin(self, message: RawMessage) -> str:
        """Where the message came from, for its dead letter."""
        ...

    def factory_id(self, message: RawMessage) -> str | None:
        """Whose factory's people see its dead letter; None leaves it to administrators."""
        ...

    def concerns(self, message: RawMessage) -> bool:
        """Whether it has to be read, as far as can be told without reading it."""
        ...

    def read(self, message: RawMessage) -> tuple[str, T_co]:
        """The message's key in the inbox, and the message.

        Raises UnknownEvent, which a newer release may know, or another DomainError for what nobody will
        ever understand.
        """
        ...


class EventReader:
    """Reads the domain events that a processor consumes; others are passed over by their header."""

    topic = EVENTS_TOPIC

    def __init__(self, consumes: Iterable[type[Event]]) -> None:
        self._consumed = frozenset(event.type for event in consumes)

    def origin(self, message: RawMessage) -> str:
        return message.origin

    def factory_id(self, message: RawMessage) -> str | None:
        return None

    def concerns(self, message: RawMessage) -> bool:
        type = message.headers.get("ce_type")
        return type not in EVENTS or type in self._consumed

    def read(self, message: RawMessage) -> tuple[str, EventRecord]:
        type = message.headers.get("ce_type", "")
        if not type.startswith("jiebang."):
            raise MalformedEvent(type=type, reason="not an event of Jiebang")
        if type not in EVENTS:
            raise UnknownEvent(type=type)
        record = decode_message(message.key, message.headers, message.value)
        if not _is_key(record.id):
            raise MalformedEvent(type=type, field_name="ce_id")
        return record.id, record


class IntakeReader:
    """Reads messages from outside, which may be anything: what they say is the processor's to judge.

    A message that came through the API is known by its request wherever the log carried it, however often.
    """

    topic = INTAKE_TOPIC

    def origin(self, message: RawMessage) -> str:
        request = message.headers.get(REQUEST_HEADER, "")
        return f"request/{request}" if _is_key(request) else message.origin

    def factory_id(self, message: RawMessage) -> str | None:
        return factory_of(message.value, message.headers)

    def concerns(self, message: RawMessage) -> bool:
        return True

    def read(self, message: RawMessage) -> tuple[str, IntakeMessage]:
        origin = self.origin(message)
        factory_id = message.headers.get(FACTORY_HEADER)
        return origin, IntakeMessage(origin, message.value, message.headers, factory_id)


def _is_key(text: str) -> bool:
    """Whether the inbox can keep it."""
    return 0 < len(text) <= MOST_KEY and text.isascii() and text.isprintable()
