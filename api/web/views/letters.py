"""Dead letters as their factory reads them: the message as text, and what is wrong with it in words."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from api.web.i18n import gettext as _
from infra.dead_letters import KeptLetter

MOST = 4_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field; `language` is None where it is said in the reader's."""

    field: str
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A dead letter. `reason` is the processor's word for why; `factory` is told to those of no factory."""

    letter: KeptLetter
    factory: str | None

    @property
    def reason(self) -> str:
        """Why it was put aside."""
        if self.letter.reason == "rejected":
            return self.letter.details.get("reason", self.letter.reason)
        return self.letter.reason

    @property
    def text(self) -> str:
        """The message, as far as it is text; the beginning of a long one."""
        text = (self.letter.value or b"").decode("utf-8", "replace")
        return text[:MOST] + ("…" if len(text) > MOST else "")

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, by field."""
        return [problem_of(name, text) for name, text in self.letter.details.items() if name != "reason"]


def problem_of(field: str, sentence: str) -> Problem:
    """The processor's English sentence in the reader's language; as it is where it is no known one."""
    for pattern, said in SENTENCES:
        if found := pattern.fullmatch(sentence):
            return Problem(field, said() % found.groupdict(), None)
    return Problem(field, sentence, "en")


def _known(pattern: str, said: Callable[[], str]) -> tuple[re.Pattern[str], Callable[[], str]]:
    return re.compile(pattern, re.DOTALL), said


# The sentences of domain.fields, domain.intake and domain.use_cases.intake.
SENTENCES = (
    _known(r"is missing", lambda: _("is missing")),
    _known(
        r"is missing: a confidential .*",
        lambda: _("is missing: a confidential challenge is listed by its teaser"),
    ),
    _known(r"is empty", lambda: _("is empty")),
    _known(r"has no value", lambda: _("has no value")),
    _known(r"has to be a text, not .*", lambda: _("has to be a text")),
    _known(r"has to be an? (JSON )?object.*", lambda: _("has to be an object")),
    _known(r"has to be a list, not .*", lambda: _("has to be a list")),
    _known(
        r"has (?P<now>\d+) (characters|entries|bytes); at most (?P<most>\d+) are (kept|read)",
        lambda: _("is too long: %(now)s, at most %(most)s"),
    ),
    _known(
        r"has to be one of (?P<known>.*), not (?P<sent>.*?)",
        lambda: _("has to be one of %(known)s; it is %(sent)s"),
    ),
    _known(
        r"has to be a whole number from (?P<low>\S+) to (?P<high>\S+), not (?P<sent>.*)",
        lambda: _("has to be a whole number from %(low)s to %(high)s; it is %(sent)s"),
    ),
    _known(
        r"has to be a number from (?P<low>\S+) to (?P<high>\S+), not (?P<sent>.*)",
        lambda: _("has to be a number from %(low)s to %(high)s; it is %(sent)s"),
    ),
    _known(r"has to be true or false, not .*", lambda: _("has to be true or false")),
    _known(
        r"has to be a time .* not after (?P<latest>\S+); it is (?P<sent>.*)",
        lambda: _(
            "has to be a time with its zone, such as 2026-03-02T17:00:00+08:00, not after %(latest)s; "
            "it is %(sent)s"
        ),
    ),
    _known(
        r"no skill has the code, name or alias (?P<sent>.*)",
        lambda: _("no skill has the code, name or alias %(sent)s; look it up under Skills"),
    ),
    _known(
        r"no trade has the code or name (?P<sent>.*); there are (?P<known>.*)",
        lambda: _("no trade is called %(sent)s; there are %(known)s"),
    ),
    _known(r"no factory has the id (?P<sent>.*)", lambda: _("no factory has the id %(sent)s")),
    _known(
        r"is (?P<sent>.*), but the sender belongs to another factory",
        lambda: _("is %(sent)s, but the sender belongs to another factory"),
    ),
    _known(r"is not JSON in UTF-8: .*", lambda: _("is not JSON in UTF-8")),
    _known(
        r"is (?P<sent>.*); this release knows (?P<known>.*)",
        lambda: _("is %(sent)s; known here is %(known)s"),
    ),
)


def shown_letters(letters: Sequence[KeptLetter], names: Mapping[str, str]) -> list[ShownLetter]:
    """The letters with the names of their factories, where `names` has them."""
    return [ShownLetter(one, names.get(one.factory_id or "")) for one in letters]
