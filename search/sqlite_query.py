"""Renders a catalogue query to SQL and FTS5."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from search.audience import ListingFilter, listing_filter
from search.queries import CatalogueQuery, FacetName
from search.sqlite_writer import tag
from search.text import Run

Complete = Callable[[str], list[str]]
"""Gives the English words in the catalogue that begin with what was typed."""

MIN_COMPLETED = 3


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition and its parameters."""

    sql: str
    parameters: tuple[object, ...] = ()

    def __and__(self, other: "Clause") -> "Clause":
        return Clause(f"{self.sql} AND {other.sql}", self.parameters + other.parameters)


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked of the full-text index: all of `phrases` and `choices`, each an FTS5 expression."""

    phrases: tuple[str, ...]
    choices: tuple[str, ...] = ()

    @property
    def expression(self) -> str:
        """All of it as one FTS5 expression; empty where nothing is asked."""
        return " AND ".join(self.phrases + self.choices)

    def within(self, columns: str) -> "Words":
        """The same phrases, but in `columns` only."""
        return Words((f"{{{columns}}} : ({' AND '.join(self.phrases)})",), self.choices)

    def chosen(self, query: CatalogueQuery, without: FacetName | None = None) -> "Words":
        """These phrases and every choice of `query` but the one in facet `without`."""
        choices = (
            f"({' OR '.join(_phrase([tag(facet, value)]) for value in sorted(values))})"
            for facet, values in query.chosen.items()
            if facet is not without
        )
        return Words(self.phrases, tuple(choices))

    def levels(self) -> tuple["Words", ...]:
        """How well a match fits, from well to best: each level asks for more than the one before.

        Some phrase in the title (of several); all of them in what names it; all of them in the title.
        """
        every = (self.within("title skills origin"), self.within("title"))
        if len(self.phrases) == 1:
            return every
        return (Words((f"{{title}} : ({' OR '.join(self.phrases)})",), self.choices), *every)


def asked_words(runs: Iterable[Run], complete: Complete) -> Words:
    """All of `runs`; tokens are letters and digits, so that quoting them is enough."""
    return Words(tuple(_alternatives(run, complete) for run in runs))


def _alternatives(run: Run, complete: Complete) -> str:
    if not run.unfinished:
        return _phrase(run.tokens)
    *firm, typed = run.tokens
    phrases = [_phrase(run.tokens) + " *"]
    # The index holds stems: "bearin" begins "bearings", but not "bear", which stands for it there.
    if typed.isascii() and typed.isalpha() and len(typed) >= MIN_COMPLETED:
        phrases += [_phrase((*firm, word)) for word in complete(typed)]
    return f"({' OR '.join(phrases)})"


def _phrase(tokens: Iterable[str]) -> str:
    return f'"{" ".join(tokens)}"'


def audience_clause(allowed: ListingFilter, table: str = "e") -> Clause:
    """The audience rule over a table with columns `audience` and `owner_id`."""
    if allowed.lets_all_through:
        return Clause("1")
    audiences = sorted(allowed.audiences)
    shown = f"{table}.audience IN ({_places(audiences)})"
    if allowed.owner_id is None:
        return Clause(shown, tuple(audiences))
    return Clause(f"({shown} OR {table}.owner_id = ?)", (*audiences, allowed.owner_id))


def filter_clause(query: CatalogueQuery, without: FacetName | None = None) -> Clause:
    """What restricts entries `e` apart from words and choices: the audience, and bounds of the reward."""
    clause = Clause("e.deleted = 0") & audience_clause(listing_filter(query.viewer))
    if without is not FacetName.REWARD:
        for comparison, bound in ((">=", query.reward_min), ("<=", query.reward_max)):
            if bound is not None:
                clause &= Clause(f"e.reward_cny {comparison} ?", (bound,))
    return clause


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
