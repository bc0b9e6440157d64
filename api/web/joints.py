"""Filled-in Chinese texts: a space stands between Han and Latin or digits, and nowhere else."""

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from api.web import i18n
from search.text import HAN

_FULL = "，。；：？！、（）“”《》"
_BEFORE, _AFTER = "\x02", "\x03"
_OPENING = re.compile(f"(?<=[{HAN}{_FULL}]) {_BEFORE}(?=[{HAN}{_FULL}])")
_CLOSING = re.compile(f"(?<=[{HAN}{_FULL}]){_AFTER} (?=[{HAN}{_FULL}])")
_MARKS = str.maketrans("", "", _BEFORE + _AFTER)


def fill(text: str, values: Mapping[str, object]) -> Markup:
    """`text` with its `%(names)s` replaced by the escaped values, and no space left between Han and Han."""
    marked = {name: f"{_BEFORE}{escape(value)}{_AFTER}" for name, value in values.items()}
    joined = _CLOSING.sub("", _OPENING.sub("", str(escape(text)) % marked))
    # Everything in it has been escaped above.
    return Markup(joined.translate(_MARKS))  # noqa: S704


def page_gettext(message: str, **values: object) -> Markup:
    """The message for a template, filled in."""
    return fill(i18n.gettext(message), values)


def page_ngettext(singular: str, plural: str, n: int, **values: object) -> Markup:
    """The message for `n` things, which it may name as `num`."""
    return fill(i18n.ngettext(singular, plural, n), {"num": n, **values})


def page_pgettext(context: str, message: str, **values: object) -> Markup:
    """The message as it reads in `context`."""
    return fill(i18n.pgettext(context, message), values)


def page_npgettext(context: str, singular: str, plural: str, n: int, **values: object) -> Markup:
    """The message for `n` things, in `context`."""
    return fill(i18n.npgettext(context, singular, plural, n), {"num": n, **values})
