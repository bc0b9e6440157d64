"""Addresses of the files under `static/`: each carries its content's hash, so that browsers keep it."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

STATIC_DIR = Path(__file__).parent / "static"
STATIC_URL = "/static"
HASH_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Assets:
    """The files below `root`, hashed once when first asked for."""

    root: Path = STATIC_DIR
    _hashes: dict[str, str] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """`css/base.css` → `/static/css/base.css?v=…`; FileNotFoundError says how to get a missing file."""
        return f"{STATIC_URL}/{path}?v={self._hash(path)}"

    def is_current(self, path: str, version: str | None) -> bool:
        """Whether `version` is the hash of what `path` holds now, so that the answer never changes."""
        return version is not None and (self.root / path).is_file() and version == self._hash(path)

    def _hash(self, path: str) -> str:
        if path not in self._hashes:
            file = self.root / path
            if not file.is_file():
                raise FileNotFoundError(
                    f"{path} is not among the static files; vendored ones come from `make assets`"
                )
            self._hashes[path] = sha256(file.read_bytes()).hexdigest()[:HASH_LENGTH]
        return self._hashes[path]
