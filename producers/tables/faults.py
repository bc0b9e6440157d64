"""What is wrong in a file, and where: in sentences of both languages that say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in a place of a file.

    Rows of tables count as a spreadsheet program shows them, the header included; objects and lines count
    from 1, and row 0 stands for all of a sheet. `sheet` is empty in a file that holds only one table.
    """

    sheet: str
    row: int
    column: str
    zh: str
    en: str


class UnreadableFile(Exception):
    """The file as a whole cannot be read; `zh` and `en` say why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh, self.en = zh, en


class FaultyFile(Exception):
    """The file was read, and cannot be used before all of `faults` are mended."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{f.sheet} {f.row} {f.column}: {f.en}" for f in faults[:10]))
        self.faults = faults


_ZH = {
    "missing": "缺这一项。",
    "extra_forbidden": "没有这一项，删掉或改名。",
    "string_type": "填文字。",
    "string_too_short": "不能为空。",
    "string_too_long": "太长了，最多 {max_length} 个字。",
    "int_type": "填整数，例如 3。",
    "int_parsing": "填整数，例如 3。",
    "int_from_float": "填整数，例如 3。",
    "float_type": "填数字，例如 6.4。",
    "float_parsing": "填数字，例如 6.4。",
    "finite_number": "填数字，例如 6.4。",
    "greater_than": "太小了，要大于 {gt}。",
    "greater_than_equal": "太小了，至少 {ge}。",
    "less_than_equal": "太大了，最多 {le}。",
    "bool_parsing": "填“是”或“否”。",
    "bool_type": "填“是”或“否”。",
    "datetime_from_date_parsing": "填日期和时间，例如 2027-01-31T18:00:00+08:00。",
    "datetime_parsing": "填日期和时间，例如 2027-01-31T18:00:00+08:00。",
    "literal_error": "不在可选的值里：{expected}。",
    "tuple_type": "填一个列表。",
    "model_type": "要是一个对象。",
    "too_long": "太多了，最多 {max_length} 项。",
    "too_short": "太少了，至少 {min_length} 项。",
}


def sentences(kind: str, message: str, context: Mapping[str, object]) -> tuple[str, str]:
    """What pydantic found wrong, in Chinese and English; in English only where nobody translated it yet."""
    en = f"{message}."
    return _ZH[kind].format(**context) if kind in _ZH else en, en
