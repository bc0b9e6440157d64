"""The log and what its consumers keep: outbox, checkpoints, inbox, timers, dead letters, deliveries."""

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, text

from domain.ports import TimerKind
from infra.tables.columns import Json, Name, RowNumber, Utc, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("topic", String(40), nullable=False),
    Column("key", String(200), nullable=False),
    Column("headers", Json, nullable=False),
    Column("value", LargeBinary),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Index(
        "ix_outbox_unsent",
        "id",
        postgresql_where=text("sent_at IS NULL"),
        sqlite_where=text("sent_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)
"""`topic` is the short name ("events", "intake"); `headers` are Kafka's, `value` its bytes."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("consumer", String(60), primary_key=True),
    Column("position", RowNumber, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", String(60)),
    Column("generation", Integer),
    Column("event_id", String(200)),
    Column("received_at", Utc, nullable=False, index=True),
    PrimaryKeyConstraint("consumer", "generation", "event_id"),
)

timers = Table(
    "timers",
    metadata,
    Column("aggregate_id", String(36)),
    Column("kind", Name(TimerKind)),
    Column("part", String(36)),
    Column("due_at", Utc, nullable=False, index=True),
    PrimaryKeyConstraint("aggregate_id", "kind", "part"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("consumer", String(60), nullable=False),
    Column("origin", String(200), nullable=False),
    Column("value", LargeBinary),
    Column("headers", Json, nullable=False),
    Column("reason", String(60), nullable=False),
    Column("details", Json, nullable=False),
    Column("factory_id", String(36), index=True),
    Column("created_at", Utc, nullable=False),
    Column("requeued_at", Utc),
    Index("uq_dead_letters_origin", "consumer", "origin", unique=True),
)

intake_receipts = Table(
    "intake_receipts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("factory_id", String(36), nullable=False),
    Column("source_system", String(100)),
    Column("source_id", String(200)),
    Column("received_at", Utc, nullable=False),
)
"""A message that the API accepted: what became of it is its dead letter, or the challenge of its source."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("principal", String(36)),
    Column("key", String(200)),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Json, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False, index=True),
    PrimaryKeyConstraint("principal", "key"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("address", String(400), nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("next_attempt_at", Utc, index=True),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", Utc),
    Column("last_error", String(400)),
)
"""`address` is an id that means something to the channel (mail: a person's), never an address of the world
outside: that, and what is said, is looked up at the moment of sending. `payload` holds ids and codes."""
