"""What somebody may be about to type, as options of a search field."""

from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from api.web.formats import challenge_label
from api.web.i18n import called
from api.web.views.notices import may_list
from api.web.visit import Visit
from infra.queries.documents import listings
from search.queries import SuggestionKind
from search.text import typed


@dataclass(frozen=True, slots=True)
class SuggestedSkill:
    """A skill, the other language's name beside it, and how many notices ask for it."""

    href: str
    text: Markup
    other: str
    count: int


@dataclass(frozen=True, slots=True)
class SuggestedNotice:
    """A challenge by its number and title."""

    href: str
    label: str
    text: Markup


@dataclass(frozen=True, slots=True)
class Suggestions:
    """At most eight, skills before challenges."""

    skills: tuple[SuggestedSkill, ...]
    notices: tuple[SuggestedNotice, ...]


def suggestions_for(visit: Visit, prefix: str) -> Suggestions:
    """The suggestions that the reader may see; none for nothing typed."""
    found = visit.services.catalogue.suggest(prefix, visit.viewer) if prefix.strip() else []
    ids = [one.id for one in found if one.kind is SuggestionKind.CHALLENGE]
    with visit.services.database.read() as connection:
        rows = {one.challenge.id: one.challenge for one in listings(connection, ids)}
    taxonomy = visit.services.taxonomy
    skills = []
    for one in found:
        if one.kind is SuggestionKind.SKILL and one.id in taxonomy:
            skill = taxonomy.skill(one.id)
            name = called(skill)
            other = skill.en if name == skill.zh else skill.zh
            href = "/?" + urlencode({"f": "1", "skill": one.id})
            skills.append(SuggestedSkill(href, marked(name, prefix), other, one.count))
    notices = [
        SuggestedNotice(
            f"/challenges/{id}", challenge_label(rows[id].number), marked(rows[id].brief.title, prefix)
        )
        for id in ids
        if id in rows and may_list(visit, rows[id])
    ]
    return Suggestions(tuple(skills), tuple(notices))


def marked(text: str, prefix: str) -> Markup:
    """`text` with the first place of what was typed marked, whatever its case."""
    wanted = typed(prefix)
    start = text.lower().find(wanted) if wanted else -1
    if start < 0:
        return Markup.escape(text)
    end = start + len(wanted)
    return Markup("{}<mark>{}</mark>{}").format(text[:start], text[start:end], text[end:])
