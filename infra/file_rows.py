"""The rows of uploaded files: what each belongs to, and whether its bytes have their place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from domain.errors import NotFound
from infra.tables.access import files

MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file and what it belongs to (`subject_kind`, `subject_id`); its bytes are there once promoted."""

    id: str
    subject_kind: str
    subject_id: str
    uploader_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    promoted_at: datetime | None


_COLUMNS = [column for column in files.c if column.name != "storage_key"]


def add_file(connection: Connection, file: FileInfo) -> None:
    """Note a file whose bytes are in the staging area."""
    values = {column.name: getattr(file, column.name) for column in _COLUMNS}
    connection.execute(insert(files).values(storage_key=file.id, **values))


def mark_promoted(connection: Connection, ids: Iterable[str], now: datetime) -> None:
    """Note that the bytes of these files have their place."""
    connection.execute(update(files).where(files.c.id.in_(list(ids))).values(promoted_at=now))


def forget_files(connection: Connection, ids: Iterable[str]) -> None:
    """Remove the rows of files whose bytes were lost before they had their place."""
    connection.execute(delete(files).where(files.c.id.in_(list(ids)), files.c.promoted_at.is_(None)))


def file_by_id(connection: Connection, id: str) -> FileInfo:
    """Raises NotFound where there is no such file, or its bytes do not have their place yet."""
    row = connection.execute(
        select(*_COLUMNS).where(files.c.id == id, files.c.promoted_at.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound(kind="file", id=id)
    return FileInfo(*row)


def files_of(connection: Connection, subject_kind: str, subject_ids: Iterable[str]) -> list[FileInfo]:
    """The files of these things that may be read, the first that came in first."""
    belongs = (files.c.subject_kind == subject_kind, files.c.subject_id.in_(list(subject_ids)))
    query = select(*_COLUMNS).where(*belongs, files.c.promoted_at.is_not(None)).order_by(files.c.id)
    return [FileInfo(*row) for row in connection.execute(query)]


def waiting_files(connection: Connection, before: datetime) -> list[str]:
    """Files noted before that time whose bytes do not have their place yet."""
    waiting = (files.c.promoted_at.is_(None), files.c.created_at < before)
    return list(connection.execute(select(files.c.id).where(*waiting)).scalars())


def known_files(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that have a row."""
    wanted = list(ids)
    return set(connection.execute(select(files.c.id).where(files.c.id.in_(wanted))).scalars())
