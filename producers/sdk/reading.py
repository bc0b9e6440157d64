"""Posts from files that people and systems write: YAML, JSON, JSONL, xlsx and CSV (UTF-8 or GBK)."""

from pathlib import Path

from producers.sdk.columns import POSTS
from producers.sdk.model import ChallengePost
from producers.tables.faults import FaultyFile, UnreadableFile
from producers.tables.reading import Rows, read_sheets, rows_of


def read_posts(path: Path) -> Rows[ChallengePost]:
    """All rows of a file's first sheet, with what is wrong with them.

    Raises UnreadableFile, FaultyFile where the header is wrong, and OSError where there is no such file.
    """
    read = rows_of(next(filter(None, read_sheets(path))), POSTS)
    if read.unfit:
        raise FaultyFile(read.unfit)
    if not read.rows:
        raise UnreadableFile("文件里没有内容。", "There is nothing in the file.")
    return read
