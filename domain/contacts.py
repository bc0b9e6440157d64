"""How a person is reached outside the market. It is nobody's business but theirs, so no event tells of it."""

import re
from dataclasses import dataclass
from typing import Literal

from domain.errors import Invalid

Language = Literal["zh", "en"]

MOST_EMAIL = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.?{_ATOM}){{0,63}}@{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's e-mail address, if they gave one, whether they want mail there, and in which language."""

    email: str | None = None
    wants_mail: bool = True
    language: Language = "zh"

    def __post_init__(self) -> None:
        """Raises Invalid for what is no e-mail address."""
        if self.email is not None:
            check_email(self.email)


def check_email(email: str, field: str = "email") -> None:
    """Raise Invalid unless it has the form of an address that any mail server takes.

    That is RFC 5321's dot-string and domain, within its lengths: no quotes, comments or address literals,
    and ASCII only, because addresses beyond it need servers that know SMTPUTF8 all the way.
    """
    if len(email) > MOST_EMAIL or not _EMAIL.fullmatch(email):
        raise Invalid(field=field, reason="not an e-mail address")
