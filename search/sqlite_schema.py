"""The catalogue's tables in an SQLite file, one set for each generation of the index.

They belong to the catalogue and not to the product's schema: `create` makes them, rebuilds replace them,
and migrations leave whatever `owns` names alone. Everything here runs inside the caller's transaction.
"""

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from search.errors import CatalogueError

STATE_TABLE = """
CREATE TABLE IF NOT EXISTS catalogue_state (
    one INTEGER PRIMARY KEY CHECK (one = 1), live INTEGER NOT NULL, building INTEGER, newest INTEGER NOT NULL
)"""

NAMES_TABLE = """
CREATE VIRTUAL TABLE {names} USING fts5 (
    title, skills, origin, content = '{words}', columnsize = 0,
    tokenize = 'porter unicode61 remove_diacritics 0', prefix = '2 3'
)"""
FILL_NAMES = """
INSERT INTO {names} (rowid, title, skills, origin) SELECT rowid, title, skills, origin FROM {words}"""

LABEL_INDEX = "CREATE INDEX IF NOT EXISTS {label}_code ON {label} (code)"

# Prefix indexes of two and three letters leave Chinese alone, where each character is a token.
# entry: an entry for each id, its row in the order of posting; what filters, facets and sorts need.
# words: `tags` stand for the values of facets, so that a choice narrows as fast as a word does; `shown_*`
# keep the text as written, which the other columns have folded and with gaps around Han.
# names: an index over the same texts, but without the summaries, whose many words make a question of where
# words stand several times as dear.
# skill: counts of skills need no join, because audience and owner stand beside the code.
# label: where a typed prefix of a skill's name leads. word: English words in full, for completion.
GENERATION_TABLES = (
    """
    CREATE TABLE {entry} (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, doc_version INTEGER NOT NULL,
        deleted INTEGER NOT NULL, audience TEXT NOT NULL, owner_id TEXT NOT NULL,
        state TEXT NOT NULL, industry TEXT NOT NULL, skills TEXT NOT NULL, reward_cny INTEGER NOT NULL,
        posted_ms INTEGER NOT NULL, deadline_ms INTEGER NOT NULL
    )""",
    """
    CREATE VIRTUAL TABLE {words} USING fts5 (
        title, skills, origin, summary, tags, shown_title UNINDEXED, shown_summary UNINDEXED,
        tokenize = 'porter unicode61 remove_diacritics 0', prefix = '2 3'
    )""",
    NAMES_TABLE,
    """
    CREATE TABLE {skill} (
        code TEXT NOT NULL, audience TEXT NOT NULL, owner_id TEXT NOT NULL, row INTEGER NOT NULL,
        PRIMARY KEY (code, audience, owner_id, row)
    ) WITHOUT ROWID""",
    """
    CREATE TABLE {label} (
        key TEXT NOT NULL, code TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, PRIMARY KEY (key, code)
    ) WITHOUT ROWID""",
    LABEL_INDEX,
    "CREATE TABLE {word} (word TEXT PRIMARY KEY) WITHOUT ROWID",
)

# Emptied in this order before a generation is dropped; an FTS5 table's rows lie in ordinary tables.
# Its first ten records describe the index: a connection that has not seen the table needs them to drop it.
EMPTYING = (
    "DELETE FROM {words}_data WHERE id IN (SELECT id FROM {words}_data WHERE id > 10 LIMIT ?)",
    "DELETE FROM {names}_data WHERE id IN (SELECT id FROM {names}_data WHERE id > 10 LIMIT ?)",
    "DELETE FROM {words}_content WHERE id IN (SELECT id FROM {words}_content LIMIT ?)",
    "DELETE FROM {words}_docsize WHERE id IN (SELECT id FROM {words}_docsize LIMIT ?)",
    "DELETE FROM {entry} WHERE row IN (SELECT row FROM {entry} LIMIT ?)",
    "DELETE FROM {skill} WHERE (code, audience, owner_id, row) IN (SELECT * FROM {skill} LIMIT ?)",
)


@dataclass(frozen=True, slots=True)
class Generation:
    """The tables of one build of the index."""

    number: int

    def sql(self, template: str) -> str:
        """`template` with the names of this generation's tables in place of {entry}, {words} and the like."""
        tables = ("entry", "words", "names", "skill", "label", "word")
        return template.format_map({table: f"catalogue_{self.number}_{table}" for table in tables})


@dataclass(frozen=True, slots=True)
class State:
    """Which generation is read, and which one is being built."""

    live: Generation
    building: Generation | None

    @property
    def written(self) -> tuple[Generation, ...]:
        """The generations that every write goes to; the one that is read comes first."""
        return (self.live,) if self.building is None else (self.live, self.building)


def owns(table: str) -> bool:
    """Whether `table` belongs to the catalogue."""
    return table.startswith("catalogue_")


def create(connection: Connection) -> None:
    """Make the tables where there are none. Raises CatalogueError where this SQLite lacks FTS5."""
    _probe(connection)
    connection.exec_driver_sql(STATE_TABLE)
    if connection.exec_driver_sql("SELECT 1 FROM catalogue_state").first() is None:
        connection.exec_driver_sql("INSERT INTO catalogue_state VALUES (1, 0, NULL, 0)")
        begin(connection)
        swap(connection)
    for generation in state(connection).written:
        _complete(connection, generation)


def _complete(connection: Connection, generation: Generation) -> None:
    """Add what generations made by earlier releases lack, filled from what they have."""
    if generation.sql("{names}") not in _tables(connection):
        connection.exec_driver_sql(generation.sql(NAMES_TABLE))
        connection.exec_driver_sql(generation.sql(FILL_NAMES))
    connection.exec_driver_sql(generation.sql(LABEL_INDEX))


def state(connection: Connection) -> State:
    """Raises SQLAlchemy's OperationalError where the tables do not exist."""
    live, building = connection.exec_driver_sql("SELECT live, building FROM catalogue_state").one()
    return State(Generation(live), None if building is None else Generation(building))


def begin(connection: Connection) -> Generation:
    """Make an empty generation and have it written from now on, in place of another one being built."""
    connection.exec_driver_sql("UPDATE catalogue_state SET newest = newest + 1")
    connection.exec_driver_sql("UPDATE catalogue_state SET building = newest")
    generation = Generation(connection.exec_driver_sql("SELECT newest FROM catalogue_state").scalar_one())
    for statement in GENERATION_TABLES:
        connection.exec_driver_sql(generation.sql(statement))
    return generation


def swap(connection: Connection) -> None:
    """Let the generation being built be the one that is read."""
    connection.exec_driver_sql("UPDATE catalogue_state SET live = building, building = NULL")


def abandon(connection: Connection, generation: Generation) -> None:
    """Write to `generation` no longer, if it is the one being built."""
    connection.exec_driver_sql(
        "UPDATE catalogue_state SET building = NULL WHERE building = ?", (generation.number,)
    )


def leftovers(connection: Connection) -> list[Generation]:
    """Generations that are neither read nor written."""
    used = state(connection).written
    numbers = {int(table.split("_")[1]) for table in _tables(connection) if table.endswith("_entry")}
    return [generation for generation in map(Generation, sorted(numbers)) if generation not in used]


def empty(connection: Connection, generation: Generation, rows: int) -> int:
    """Remove at most `rows` rows of a generation that nobody uses; returns how many, 0 when it is empty."""
    for statement in EMPTYING:
        removed = connection.exec_driver_sql(generation.sql(statement), (rows,)).rowcount
        if removed:
            return removed
    return 0


def drop(connection: Connection, generation: Generation) -> None:
    """Remove a generation's tables."""
    for table in ("{names}", "{words}", "{entry}", "{skill}", "{label}", "{word}"):
        connection.exec_driver_sql(generation.sql("DROP TABLE " + table))


def _tables(connection: Connection) -> list[str]:
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name GLOB 'catalogue_[0-9]*'")
    return list(found.scalars())


def _probe(connection: Connection) -> None:
    try:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE temp.catalogue_probe USING fts5 (t, tokenize = 'porter')"
        )
        connection.exec_driver_sql("DROP TABLE temp.catalogue_probe")
    except DBAPIError as error:
        raise CatalogueError(
            "this Python's SQLite has no FTS5: install a Python whose sqlite3 module has it"
        ) from error
