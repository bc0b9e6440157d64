"""How people and programs prove who they are; secrets only as hashes."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from infra.tables.columns import Utc, metadata

passwords = Table(
    "passwords",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", String(200), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("label", String(100), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
)

files = Table(
    "files",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("storage_key", String(200), nullable=False, unique=True),
    Column("subject_kind", String(20), nullable=False),
    Column("subject_id", String(36), nullable=False, index=True),
    Column("uploader_id", ForeignKey("people.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("promoted_at", Utc),
)
