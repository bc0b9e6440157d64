"""Posts from files that people and systems write: YAML, JSON, JSONL and CSV (UTF-8 or GBK)."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from producers.sdk.columns import COLUMNS, UnknownColumn, column_named, post_of
from producers.sdk.model import ChallengePost

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row; rows count from 1, a CSV's header not counted."""

    row: int
    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: a post, or what is wrong with it."""

    number: int
    post: ChallengePost | None
    errors: tuple[RowError, ...] = ()


class UnreadableFile(Exception):
    """The file as a whole cannot be read; `zh` and `en` say why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh, self.en = zh, en


def read_posts(path: Path) -> list[Row]:
    """All rows of a file, by its suffix. Raises UnreadableFile, and OSError where there is no such file."""
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFile("文件超过 20 MB，拆成几个。", "The file is larger than 20 MB. Split it.")
    text = _decoded(path.read_bytes())
    readers = {".csv": _csv, ".json": _json, ".jsonl": _jsonl, ".yaml": _yaml, ".yml": _yaml}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        known = " ".join(readers)
        raise UnreadableFile(
            f"不认识 {path.suffix}，用 {known}。", f"{path.suffix} is not known. Use {known}."
        )
    rows = list(reader(text))
    if not rows:
        raise UnreadableFile("文件里没有内容。", "There is nothing in the file.")
    if len(rows) > MOST_ROWS:
        raise UnreadableFile("超过 10 万行，拆成几个。", "There are more than 100,000 rows. Split the file.")
    return rows


def _decoded(content: bytes) -> str:
    """UTF-8, with or without a mark; else GBK, in which Chinese office software saves CSV."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(
        "编码不是 UTF-8 也不是 GBK，另存为 UTF-8。", "Save the file as UTF-8; it is not text."
    )


def _csv(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text))
    try:
        columns = [column_named(header) for header in next(reader, [])]
    except UnknownColumn as error:
        known = "、".join(f"{column.zh}/{column.en}" for column in COLUMNS)
        raise UnreadableFile(
            f"没有“{error.name}”这一列。可用的列：{known}。",
            f"There is no column {error.name!r}. Columns: {known}.",
        ) from error
    for number, cells in enumerate((row for row in reader if any(map(str.strip, row))), 1):
        if len(cells) > len(columns):
            yield _wrong(number, "", "这一行的格子比表头多。", "The row has more cells than the header.")
            continue
        yield _row(number, post_of({c.field: cell for c, cell in zip(columns, cells, strict=False)}))


def _json(text: str) -> Iterator[Row]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"不是 JSON：{error}。", f"This is not JSON: {error}.") from error
    return _rows(document if isinstance(document, list) else [document])


def _jsonl(text: str) -> Iterator[Row]:
    lines = (line for line in text.splitlines() if line.strip())
    for number, line in enumerate(lines, 1):
        try:
            yield _row(number, json.loads(line))
        except (ValueError, RecursionError) as error:
            yield _wrong(number, "", f"不是 JSON：{error}。", f"This is not JSON: {error}.")


def _yaml(text: str) -> Iterator[Row]:
    try:
        documents = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableFile(f"不是 YAML：{error}。", f"This is not YAML: {error}.") from error
    return _rows(
        post
        for document in documents
        if document is not None
        for post in (document if isinstance(document, list) else [document])
    )


def _rows(posts: Iterable[object]) -> Iterator[Row]:
    for number, post in enumerate(posts, 1):
        yield _row(number, post)


def _row(number: int, post: object) -> Row:
    if not isinstance(post, Mapping):
        return _wrong(number, "", "要是一个对象。", "It has to be an object.")
    try:
        return Row(number, ChallengePost.model_validate(dict(post)))
    except ValidationError as error:
        return Row(
            number,
            None,
            tuple(
                RowError(number, ".".join(map(str, e["loc"])), _zh(e["type"], e["msg"]), f"{e['msg']}.")
                for e in error.errors()
            ),
        )


def _wrong(number: int, field: str, zh: str, en: str) -> Row:
    return Row(number, None, (RowError(number, field, zh, en),))


_ZH = {
    "missing": "缺这一项。",
    "extra_forbidden": "没有这一项，删掉或改名。",
    "string_too_short": "不能为空。",
    "string_too_long": "太长了。",
    "int_parsing": "填整数，例如 3。",
    "int_from_float": "填整数，例如 3。",
    "float_parsing": "填数字，例如 6.4。",
    "finite_number": "填数字，例如 6.4。",
    "greater_than": "太小了。",
    "greater_than_equal": "太小了。",
    "less_than_equal": "太大了。",
    "bool_parsing": "填“是”或“否”。",
    "bool_type": "填“是”或“否”。",
    "datetime_from_date_parsing": "填日期和时间，例如 2027-01-31T18:00:00+08:00。",
    "datetime_parsing": "填日期和时间，例如 2027-01-31T18:00:00+08:00。",
    "literal_error": "不在可选的值里。",
    "too_long": "太多了。",
}


def _zh(kind: str, message: str) -> str:
    return _ZH.get(kind, message)
