"""Renders a catalogue query to SQL and FTS5."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from domain.audience import Viewer
from search.audience import ListingFilter, listing_filter
from search.queries import CatalogueQuery, FacetName
from search.sqlite_writer import tag
from search.text import Run

Complete = Callable[[str], list[str]]
"""Gives the English words in the catalogue that begin with what was typed."""

MIN_COMPLETED = 3
MOST = 2**63 - 1

FACET_COLUMNS = {
    FacetName.STATE: "e.state",
    FacetName.FACTORY: "e.owner_id",
    FacetName.SKILL: "e.skills",
    FacetName.INDUSTRY: "e.industry",
    FacetName.REWARD: "e.reward_cny",
}


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

    def wanting(self, query: CatalogueQuery, wanted: Iterable[FacetName | None]) -> "Words":
        """These phrases, and of the choices what every match has that one of `wanted` asks for.

        None asks for all choices of `query`, and a facet for all but its own.
        """
        tags = {facet: _any_of(facet, values) for facet, values in query.chosen.items()}
        ways = {frozenset(tags.keys() - {name}) for name in wanted}
        widest = [way for way in ways if not any(other < way for other in ways)]
        if frozenset() in widest:
            return self
        either = sorted(" AND ".join(tags[facet] for facet in sorted(way)) for way in widest)
        return Words(self.phrases, (f"({' OR '.join(f'({one})' for one in either)})",))

    def levels(self) -> tuple["Words", ...]:
        """How well a match fits, from well to best, asked of the index of names.

        Some phrase in the title (of several); all of them in what names it; all of them in the title.
        """
        every = (self, self.within("title"))
        if len(self.phrases) == 1:
            return every
        return (Words((f"{{title}} : ({' OR '.join(self.phrases)})",)), *every)


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


def visible_clause(viewer: Viewer) -> Clause:
    """Which entries `e` a viewer may find."""
    return Clause("e.deleted = 0") & audience_clause(listing_filter(viewer))


def held_clause(query: CatalogueQuery, facets: Sequence[FacetName]) -> Clause:
    """A number with a bit for each of `facets`, set where an entry `e` is what `query` chooses in it."""
    held = [_choice_clause(query, name) for name in facets]
    bits = [f"(({choice.sql}) << {bit})" for bit, choice in enumerate(held)]
    return Clause(f"({' | '.join(bits) or '0'})", tuple(chain.from_iterable(c.parameters for c in held)))


def _choice_clause(query: CatalogueQuery, name: FacetName) -> Clause:
    if name is FacetName.REWARD:
        low, high = query.reward_min, query.reward_max
        return Clause(
            "e.reward_cny BETWEEN ? AND ?", (-MOST if low is None else low, MOST if high is None else high)
        )
    values = sorted(query.chosen[name])
    if name is FacetName.SKILL:
        one = "instr(' ' || e.skills || ' ', ?) > 0"
        return Clause(_either([one] * len(values)), tuple(f" {value} " for value in values))
    return Clause(f"{FACET_COLUMNS[name]} IN ({_places(values)})", tuple(values))


def _either(conditions: Sequence[str]) -> str:
    """Joined by OR as a balanced tree, because SQLite refuses one that is a thousand deep."""
    if len(conditions) == 1:
        return conditions[0]
    half = len(conditions) // 2
    return f"({_either(conditions[:half])} OR {_either(conditions[half:])})"


def _any_of(facet: FacetName, values: Iterable[str]) -> str:
    return f"({' OR '.join(_phrase([tag(facet, value)]) for value in sorted(values))})"


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
