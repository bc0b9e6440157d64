"""A file to fill in, in each of the formats that can be read."""

import csv
import io
import json
from typing import Literal

import yaml

from producers.sdk.columns import COLUMNS, post_of

Format = Literal["csv", "json", "jsonl", "yaml"]
FORMATS: tuple[Format, ...] = ("csv", "json", "jsonl", "yaml")


def template(kind: Format, language: Literal["zh", "en"] = "zh") -> str:
    """A template with one example row; a CSV's header is in the language."""
    if kind == "csv":
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow([column.zh if language == "zh" else column.en for column in COLUMNS])
        writer.writerow([column.example for column in COLUMNS])
        return table.getvalue()
    example = post_of({column.field: column.example for column in COLUMNS})
    match kind:
        case "jsonl":
            return json.dumps(example, ensure_ascii=False) + "\n"
        case "json":
            return json.dumps([example], ensure_ascii=False, indent=2) + "\n"
        case "yaml":
            return yaml.safe_dump([example], allow_unicode=True, sort_keys=False)
