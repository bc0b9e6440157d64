"""What the frame of a page shows: where the reader is, who they are, and what waits for them."""

from dataclasses import dataclass
from typing import Literal

Place = Literal["notices", "mine", "projects", "team", "skills", "feed", "other"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in: the name, one line that says in which role, and what waits unread."""

    name: str
    role: str
    unread: int = 0
    may_post: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of one page; `viewer` is None for somebody who has not signed in."""

    place: Place
    viewer: Viewer | None = None
    sample_data: bool = False
    path: str = "/"
