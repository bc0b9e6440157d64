"""The reader's language: negotiated per request, held in a context variable while a page is made."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from babel.support import NullTranslations, Translations

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
DEFAULT_LANGUAGE: Language = "zh"
HTML_LANG: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
LOCALE_DIR = Path(__file__).parent / "locale"
MARKET_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom text is made: language, the present moment (aware) and the zone in which times are shown."""

    language: Language
    now: datetime
    zone: ZoneInfo = MARKET_ZONE

    def local(self, moment: datetime) -> datetime:
        """The aware `moment` on the reader's clock."""
        return moment.astimezone(self.zone)


class Named(Protocol):
    """Something that has a name in each language."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


_reader: ContextVar[Reader] = ContextVar("jiebang_reader")


def current_reader() -> Reader:
    """The reader of the page being made; outside of one, the default language at the epoch."""
    return _reader.get(Reader(DEFAULT_LANGUAGE, datetime.fromtimestamp(0, UTC)))


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """Texts and formats made inside are for this reader."""
    token = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(token)


def speak(reader: Reader) -> None:
    """Texts and formats made in this context from now on are for this reader."""
    _reader.set(reader)


def negotiate_language(cookie: str | None, accept_language: str | None) -> Language:
    """The chosen language, else the best of `Accept-Language` (RFC 9110, 12.5.4), else Chinese."""
    if chosen := _known(cookie or ""):
        return chosen
    for tag in _by_preference(accept_language or ""):
        if language := _known(tag.split("-")[0]):
            return language
    return DEFAULT_LANGUAGE


def _known(tag: str) -> Language | None:
    return next((language for language in LANGUAGES if language == tag.strip().lower()), None)


def _by_preference(accept_language: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for item in accept_language.split(","):
        tag, _, parameter = item.partition(";")
        quality = _quality(parameter)
        if tag.strip() and quality > 0:
            weighted.append((quality, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


@cache
def translations(language: Language) -> NullTranslations:
    """The compiled catalogue; English is what the source says."""
    if language == "en":
        return NullTranslations()
    return Translations.load(LOCALE_DIR, [language])


def gettext(message: str) -> str:
    """`message` in the reader's language."""
    return str(translations(current_reader().language).ugettext(message))


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form for `n` things in the reader's language."""
    return str(translations(current_reader().language).ungettext(singular, plural, n))


def pgettext(context: str, message: str) -> str:
    """`message` as it reads in `context`, for words that mean two things."""
    return str(translations(current_reader().language).upgettext(context, message))


def npgettext(context: str, singular: str, plural: str, n: int) -> str:
    """The form for `n` things, in `context`."""
    return str(translations(current_reader().language).unpgettext(context, singular, plural, n))


def called(thing: Named) -> str:
    """Its name in the reader's language."""
    return thing.zh if current_reader().language == "zh" else thing.en
