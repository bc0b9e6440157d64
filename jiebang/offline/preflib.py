"""PrefLib's files of strict orders, incomplete (`.soi`) or complete (`.soc`).

The format is that of https://preflib.github.io/PrefLib-Jekyll/format: lines of metadata that begin with `#`,
then a line for each order, `count: 3,1,2`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from producers.tables.faults import Fault, FaultyFile, UnreadableFile
from producers.tables.sheets import MOST_BYTES, MOST_ROWS
from producers.tables.text_files import decoded

_NAME = re.compile(r"#\s*ALTERNATIVE NAME (\d+)\s*:\s*(.*)")
_COUNT = re.compile(r"#\s*NUMBER ALTERNATIVES\s*:\s*(\d+)\s*")
_ORDER = re.compile(r"(\d+)\s*:\s*(\d+(?:\s*,\s*\d+)*)")


@dataclass(frozen=True, slots=True)
class Orders:
    """What each voter wants, the best first, as numbers of alternatives; and the alternatives' names."""

    names: Mapping[str, str]
    voters: tuple[tuple[str, ...], ...]


def read_orders(path: Path) -> Orders:
    """The orders of a file. Raises UnreadableFile, FaultyFile with each wrong line, and OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFile("文件超过 20 MB。", "The file is larger than 20 MB.")
    lines = decoded(path.read_bytes()).splitlines()
    names = _names(lines)
    faults: list[Fault] = []
    voters: list[tuple[str, ...]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        count, wishes, wrong = _order(line, names)
        faults += [Fault("", number, "", zh, en) for zh, en in wrong]
        if len(voters) + count > MOST_ROWS:
            raise UnreadableFile("超过 10 万个学生。", "There are more than 100,000 students.")
        voters += [wishes] * count
    if faults:
        raise FaultyFile(tuple(faults))
    return Orders(names, tuple(voters))


def _names(lines: list[str]) -> dict[str, str]:
    """By number; an alternative without a name has none."""
    counted = next((found for line in lines if (found := _COUNT.fullmatch(line.strip()))), None)
    if counted is None or not 0 < int(counted[1]) <= MOST_ROWS:
        raise UnreadableFile(
            "不是 PrefLib 文件：缺“# NUMBER ALTERNATIVES: …”。",
            "This is no PrefLib file: `# NUMBER ALTERNATIVES: …` is missing.",
        )
    names = {str(number): "" for number in range(1, int(counted[1]) + 1)}
    for line in lines:
        named = _NAME.fullmatch(line.strip())
        if named and named[1] in names:
            names[named[1]] = named[2].strip()
    return names


def _order(line: str, names: Mapping[str, str]) -> tuple[int, tuple[str, ...], list[tuple[str, str]]]:
    """How many voters want what, and what is wrong with that."""
    found = _ORDER.fullmatch(line.strip())
    if found is None:
        zh = "写成“人数: 项目,项目,…”，不能有并列。"
        return 0, (), [(zh, "Write `count: alternative,alternative,…`, without ties.")]
    wishes = tuple(str(int(part)) for part in found[2].split(","))
    unknown = sorted({wish for wish in wishes if wish not in names})
    wrong = [(f"没有编号为 {wish} 的项目。", f"There is no alternative {wish}.") for wish in unknown]
    if len(set(wishes)) < len(wishes):
        wrong.append(("同一个项目出现了两次。", "An alternative is there twice."))
    return int(found[1]), wishes, wrong
