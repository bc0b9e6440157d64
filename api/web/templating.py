"""Pages from templates: one Jinja environment, the reader's language and formats, the drawings' geometry.

Nothing here knows HTTP: `render` turns a template, values, a language and a theme into text.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, wraps
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from api.web import assets, figures, formats, i18n, joints, messages, options, people
from api.web.i18n import HTML_LANG, Language, Reader, reading

Theme = Literal["auto", "light", "dark"]

THEMES: tuple[Theme, ...] = ("auto", "light", "dark")
TEMPLATE_DIR = Path(__file__).parent / "templates"

FILTERS = (
    formats.ago,
    formats.challenge_label,
    formats.clock,
    formats.clock_seconds,
    formats.count,
    formats.day,
    formats.day_in_words,
    formats.days_left,
    formats.excerpt,
    formats.file_size,
    formats.full_day,
    formats.hours,
    formats.kpi_change,
    formats.moment,
    formats.money,
    formats.money_short,
    formats.month,
    formats.number,
    formats.percent,
    formats.points,
    formats.since,
    formats.span_days,
    figures.initial,
    figures.whole_points,
    i18n.called,
)
OPTIONS = (options.codes, options.mentor_options, options.trade, people.roles_line)
FUNCTIONS = (
    figures.contribution,
    figures.fit_segments,
    figures.load_places,
    figures.pips,
    figures.rounded_points,
    figures.seal_text,
)


def theme_of(cookie: str | None) -> Theme:
    """The chosen theme; without a choice, or with an unknown one, the system's."""
    return next((theme for theme in THEMES if theme == cookie), "auto")


def render(
    template: str, context: Mapping[str, object], *, locale: Language, theme: Theme, now: datetime
) -> str:
    """The page or fragment, in the language and theme, with times told from the aware `now`.

    Raises jinja2.UndefinedError when the template uses a value that `context` does not hold.
    """
    with reading(Reader(locale, now)):
        return (
            environment()
            .get_template(template)
            .render(context, lang=locale, html_lang=HTML_LANG[locale], theme=theme, now=now)
        )


def _for_each_reader(function: Callable[..., object]) -> Callable[..., object]:
    """The function as a filter that is called whenever a page is made.

    Jinja computes a filter of a constant once for all, in the language of whoever comes first, unless the
    filter asks for the page's context.
    """

    @pass_context
    @wraps(function)
    def filtered(_context: Context, *args: object, **options: object) -> object:
        return function(*args, **options)

    return filtered


@cache
def environment() -> Environment:
    """The environment of all pages; everything is escaped, an unknown name is an error."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATE_DIR),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext, npgettext=i18n.npgettext
    )
    # The extension's own would leave the spaces that a filled-in Chinese text must not have.
    env.globals.update(
        gettext=joints.page_gettext,
        ngettext=joints.page_ngettext,
        pgettext=joints.page_pgettext,
        npgettext=joints.page_npgettext,
    )
    env.filters.update({function.__name__: _for_each_reader(function) for function in (*FILTERS, *OPTIONS)})
    env.globals.update({function.__name__: function for function in FUNCTIONS})
    env.globals["said_sentence"] = messages.sentence
    env.globals["static"] = assets.Assets(assets.STATIC_DIR).url
    return env
