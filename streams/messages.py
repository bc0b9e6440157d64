"""What either host hands over: a message of the log as bytes, with the place that it came from."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message before anybody has read it.

    `topic` is the short name ("events" or "intake"). `origin` says where the message came from, once and
    for all ("jiebang.events/3/1234", "outbox/55"). `position` is its place in that log or partition.
    """

    topic: str
    origin: str
    key: str
    headers: Mapping[str, str]
    value: bytes | None
    position: int
