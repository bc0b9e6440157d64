"""Reading CSV, JSON, JSON lines and YAML."""

import csv
import io
import json
import re
from collections.abc import Iterator

import yaml

from producers.tables.faults import UnreadableFile
from producers.tables.sheets import Sheet

SECTION = re.compile(r"\[(.+)\]")


def decoded(content: bytes) -> str:
    """UTF-8, with or without a mark; else GBK, in which Chinese office software saves CSV."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(
        "编码不是 UTF-8 也不是 GBK，另存为 UTF-8。", "Save the file as UTF-8; it is not text."
    )


def read_csv(text: str) -> Iterator[Sheet]:
    """One table, or several, each under a row with nothing but its name in brackets: `[teams]`."""
    sheet = Sheet("")
    reader = csv.reader(io.StringIO(text))
    try:
        for number, cells in enumerate(reader, 1):
            filled = [cell.strip() for cell in cells if cell.strip()]
            named = SECTION.fullmatch(filled[0]) if len(filled) == 1 else None
            if named is None:
                sheet.add_cells(number, cells)
                continue
            if sheet.name or sheet:
                yield sheet
            sheet = Sheet(named[1].strip())
    except csv.Error as error:
        raise UnreadableFile(
            f"第 {reader.line_num} 行读不了：{error}。", f"Line {reader.line_num} cannot be read: {error}."
        ) from error
    if sheet.name or sheet:
        yield sheet


def read_json(text: str) -> Iterator[Sheet]:
    """An object, a list of them, or an object whose every value is such a list under a table's name."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"不是 JSON：{error}。", f"This is not JSON: {error}.") from error
    yield from _sheets([document])


def read_jsonl(text: str) -> Iterator[Sheet]:
    """An object a line; a line that is not one does not stop the others."""
    sheet = Sheet("")
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        try:
            sheet.add_object(number, json.loads(line))
        except (ValueError, RecursionError) as error:
            sheet.add_fault(number, f"不是 JSON：{error}。", f"This is not JSON: {error}.")
    yield sheet


def read_yaml(text: str) -> Iterator[Sheet]:
    """The same as in JSON, in one document or several."""
    try:
        documents = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableFile(f"不是 YAML：{error}。", f"This is not YAML: {error}.") from error
    yield from _sheets([document for document in documents if document is not None])


def _sheets(documents: list[object]) -> Iterator[Sheet]:
    if len(documents) == 1 and isinstance(documents[0], dict) and _has_sections(documents[0]):
        for name, items in documents[0].items():
            yield _list(str(name), items)
        return
    lists = [document if isinstance(document, list) else [document] for document in documents]
    yield _list("", [item for items in lists for item in items])


def _has_sections(document: dict[object, object]) -> bool:
    return bool(document) and all(isinstance(value, list) for value in document.values())


def _list(name: str, items: list[object]) -> Sheet:
    sheet = Sheet(name)
    for number, item in enumerate(items, 1):
        sheet.add_object(number, item)
    return sheet
