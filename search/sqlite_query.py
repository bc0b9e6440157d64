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


def match_expression(runs: Iterable[Run], complete: Complete) -> str:
    """All of `runs` as an FTS5 expression; tokens are letters and digits, so that quoting is enough."""
    return " AND ".join(_alternatives(run, complete) for run in runs)


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


def choice_expression(query: CatalogueQuery, without: FacetName | None = None) -> str:
    """Every choice but the one in facet `without` as an FTS5 expression; empty where there is none."""
    return " AND ".join(
        f"({' OR '.join(_phrase([tag(facet, value)]) for value in sorted(values))})"
        for facet, values in query.chosen.items()
        if facet is not without
    )


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
