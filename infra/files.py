"""Where the bytes of uploaded files are: a staging area first, and their place once their row is committed.

The keys of a file are made from its id: `staging/<id>` and `files/<id>`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import obstore
from obstore.store import LocalStore

from domain.ports import Ids
from infra.system import Uuid7Ids

STAGING, PROMOTED = "staging", "files"
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class StagedFile:
    """What was written to the staging area, under the id that the file keeps."""

    id: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Something in the store, whether or not a row knows of it."""

    id: str
    promoted: bool
    written_at: datetime


class FileStore:
    """Files below a folder of this machine; every method raises OSError where the disk does."""

    def __init__(self, folder: Path, ids: Ids | None = None) -> None:
        self._store = LocalStore(folder.absolute(), mkdir=True)
        self._ids = ids or Uuid7Ids()

    def stage(self, content: BinaryIO) -> StagedFile:
        """Write the bytes of a new file, from where `content` stands."""
        id = self._ids.new()
        start = content.tell()
        hashed, size = sha256(), 0
        while chunk := content.read(CHUNK):
            hashed.update(chunk)
            size += len(chunk)
        content.seek(start)
        obstore.put(self._store, f"{STAGING}/{id}", content)
        return StagedFile(id, size, hashed.hexdigest())

    def promote(self, id: str) -> bool:
        """Give a file its place; False where the staging area has no such file. Again changes nothing."""
        try:
            obstore.rename(self._store, f"{STAGING}/{id}", f"{PROMOTED}/{id}")
        except FileNotFoundError:
            return self.has(id)
        return True

    def has(self, id: str) -> bool:
        """Whether the file has its place."""
        try:
            obstore.head(self._store, f"{PROMOTED}/{id}")
        except FileNotFoundError:
            return False
        return True

    def read(self, id: str) -> Iterator[bytes]:
        """The bytes of a promoted file, in chunks. Raises FileNotFoundError before the first of them."""
        found = obstore.get(self._store, f"{PROMOTED}/{id}")
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def remove(self, stored: StoredObject) -> None:
        """Delete something; what is gone already is no error."""
        try:
            obstore.delete(self._store, f"{PROMOTED if stored.promoted else STAGING}/{stored.id}")
        except FileNotFoundError:
            return

    def is_empty(self) -> bool:
        """Whether it holds nothing at all, as the folder of a volume that is not mounted does."""
        return next(self.list(), None) is None

    def list(self) -> Iterator[StoredObject]:
        """Everything in the store."""
        yield from self._list(STAGING)
        yield from self._list(PROMOTED)

    def _list(self, area: str) -> Iterable[StoredObject]:
        for batch in obstore.list(self._store, area):
            for found in batch:
                id = found["path"].removeprefix(f"{area}/")
                yield StoredObject(id, area == PROMOTED, found["last_modified"])
