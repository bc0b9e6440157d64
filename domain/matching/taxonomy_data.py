"""Reading and checking the taxonomy's data files, which domain experts edit as CSV.

`tree.csv` (code, parent, zh, en) holds families and groups, `skills/<family>.csv` (code, group, side, zh, en,
aliases separated by |) the skills, `trades.csv` (code, zh, en) the trades, `evidence.csv` (node, level, zh,
en) what counts as evidence for a level of the skills in a family, or in a group that needs other words than
its family. Every rule that is broken is a TaxonomyError naming file and line.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

from domain.matching.errors import TaxonomyError
from domain.matching.model import HIGHEST_LEVEL, LOWEST_LEVEL
from domain.matching.taxonomy import Evidence, Node, Side, Skill, Trade, fold

TREE_COLUMNS = ("code", "parent", "zh", "en")
SKILL_COLUMNS = ("code", "group", "side", "zh", "en", "aliases")
TRADE_COLUMNS = ("code", "zh", "en")
EVIDENCE_COLUMNS = ("node", "level", "zh", "en")
CODE = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")
SIDES = frozenset(side.value for side in Side)
LEVELS = tuple(str(level) for level in range(LOWEST_LEVEL, HIGHEST_LEVEL + 1))
VERSION_LENGTH = 12


@dataclass(frozen=True, slots=True)
class TaxonomyData:
    """The checked content of the data files; `version` is a digest of their bytes."""

    version: str
    nodes: tuple[Node, ...]
    skills: tuple[Skill, ...]
    trades: tuple[Trade, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One record with where it stands, so that a mistake can be named."""

    file: str
    number: int
    cells: dict[str, str]

    def mistake(self, reason: str) -> TaxonomyError:
        return TaxonomyError(self.file, self.number, reason)


@dataclass(slots=True)
class Names:
    """The names taken so far and the skill that took them."""

    owners: dict[str, str] = field(default_factory=dict)

    def claim(self, line: Line, code: str, name: str) -> None:
        """Take `name` for the skill `code`; a name of another skill, or one said twice, is a mistake."""
        folded = fold(name)
        owner = self.owners.setdefault(folded, code)
        if owner != code:
            raise line.mistake(f"the name {name!r} already belongs to {owner}; remove it from one of them")


def read_shipped() -> TaxonomyData:
    """The data that ships with the package."""
    return read_folder(files("domain.matching") / "data")


def read_folder(folder: Traversable) -> TaxonomyData:
    """Read and check a folder of data files. Raises TaxonomyError at the first mistake."""
    texts = {"tree.csv": (folder / "tree.csv").read_text("utf-8")}
    for name in ("trades.csv", "evidence.csv"):
        texts[name] = (folder / name).read_text("utf-8")
    for file in sorted((folder / "skills").iterdir(), key=lambda found: found.name):
        if file.name.endswith(".csv"):
            texts[f"skills/{file.name}"] = file.read_text("utf-8")
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in texts.items()).encode())
    tree = _read_tree(texts["tree.csv"])
    nodes = {code: _node(line) for code, line in tree.items()}
    skills = _read_skills({name: text for name, text in texts.items() if name.startswith("skills/")}, nodes)
    trades = tuple(
        Trade(**line.cells) for line in _lines("trades.csv", texts["trades.csv"], TRADE_COLUMNS, blank=())
    )
    evidence = tuple(_read_evidence(texts["evidence.csv"], tree))
    return TaxonomyData(digest.hexdigest()[:VERSION_LENGTH], tuple(nodes.values()), skills, trades, evidence)


def _lines(file: str, text: str, columns: tuple[str, ...], blank: tuple[str, ...]) -> Iterator[Line]:
    """The records of a file, cells stripped; only the `blank` columns may be empty."""
    reader = csv.reader(text.splitlines())
    header = tuple(next(reader, ()))
    if header != columns:
        raise TaxonomyError(file, 1, f"the first line must be {','.join(columns)}")
    for row in reader:
        if not row:
            continue
        if len(row) != len(columns):
            raise TaxonomyError(file, reader.line_num, f"{len(row)} cells instead of {len(columns)}")
        line = Line(file, reader.line_num, dict(zip(columns, map(str.strip, row), strict=True)))
        empty = next((name for name, cell in line.cells.items() if not cell and name not in blank), None)
        if empty:
            raise line.mistake(f"the column {empty} is empty")
        if "code" in line.cells and not CODE.fullmatch(line.cells["code"]):
            raise line.mistake(f"the code {line.cells['code']!r} may hold a-z, 0-9, - and . only")
        yield line


def _read_evidence(text: str, tree: dict[str, Line]) -> Iterator[Evidence]:
    seen: set[tuple[str, str]] = set()
    for line in _lines("evidence.csv", text, EVIDENCE_COLUMNS, blank=()):
        node, level = line.cells["node"], line.cells["level"]
        if node not in tree:
            raise line.mistake(f"{node} is no family or group")
        if level not in LEVELS:
            raise line.mistake(f"the level must be one of {', '.join(LEVELS)}, not {level!r}")
        if (node, level) in seen:
            raise line.mistake(f"level {level} of {node} is there twice")
        seen.add((node, level))
        yield Evidence(node, int(level), line.cells["zh"], line.cells["en"])
    described = {node for node, _ in seen}
    for code, line in tree.items():
        if line.cells["parent"] and code not in described:
            continue
        missing = next((level for level in LEVELS if (code, level) not in seen), None)
        if missing:
            raise line.mistake(f"level {missing} of {code} has no evidence; add it to evidence.csv")


def _read_tree(text: str) -> dict[str, Line]:
    lines: dict[str, Line] = {}
    for line in _lines("tree.csv", text, TREE_COLUMNS, blank=("parent",)):
        if line.cells["code"] in lines:
            raise line.mistake(f"the code {line.cells['code']} is there twice")
        lines[line.cells["code"]] = line
    for line in lines.values():
        _check_ancestry(line, lines)
    return lines


def _node(line: Line) -> Node:
    return Node(line.cells["code"], line.cells["parent"] or None, line.cells["zh"], line.cells["en"])


def _check_ancestry(line: Line, lines: dict[str, Line]) -> None:
    """A family has no parent and a group's parent is a family."""
    seen = [line.cells["code"]]
    while parent := lines[seen[-1]].cells["parent"]:
        if parent not in lines:
            raise lines[seen[-1]].mistake(f"the parent {parent} does not exist; add it or correct the name")
        if parent in seen:
            raise line.mistake(f"the parents go round in a circle: {' > '.join([*seen, parent])}")
        seen.append(parent)
    if len(seen) > 2:
        raise line.mistake("a group's parent must be a family: the tree has families, groups and skills")


def _read_skills(texts: dict[str, str], nodes: dict[str, Node]) -> tuple[Skill, ...]:
    names = Names()
    codes: set[str] = set()
    skills = []
    for file, text in texts.items():
        for line in _lines(file, text, SKILL_COLUMNS, blank=("aliases",)):
            skill = _skill(line, nodes)
            if skill.code in codes:
                raise line.mistake(f"the code {skill.code} is there twice")
            codes.add(skill.code)
            for name in (skill.code, *skill.names):
                names.claim(line, skill.code, name)
            skills.append(skill)
    return tuple(skills)


def check_local(known: tuple[Skill, ...], nodes: Mapping[str, Node], local: Sequence[Skill]) -> None:
    """Check skills that an installation adds. Raises TaxonomyError; its line is the skill's number."""
    names = Names({fold(name): skill.code for skill in known for name in (skill.code, *skill.names)})
    codes = {skill.code for skill in known}
    for number, skill in enumerate(local, start=1):
        line = Line("local skills", number, {})
        group = nodes.get(skill.group)
        if not CODE.fullmatch(skill.code):
            raise line.mistake(f"the code {skill.code!r} may hold a-z, 0-9, - and . only")
        if skill.code in codes:
            raise line.mistake(f"the code {skill.code} is there already")
        if group is None or group.parent != skill.family:
            raise line.mistake(f"{skill.group} is no group of the family {skill.family}")
        codes.add(skill.code)
        for name in (skill.code, *skill.names):
            if not fold(name):
                raise line.mistake("a name is empty")
            names.claim(line, skill.code, name)


def _skill(line: Line, nodes: dict[str, Node]) -> Skill:
    cells = line.cells
    group = nodes.get(cells["group"])
    if group is None or group.parent is None:
        raise line.mistake(f"{cells['group']} is no group of tree.csv")
    if cells["side"] not in SIDES:
        raise line.mistake(f"the side must be ot or it, not {cells['side']!r}")
    aliases = tuple(alias.strip() for alias in cells["aliases"].split("|") if alias.strip())
    folded = [fold(alias) for alias in aliases]
    repeated = next((alias for alias in folded if folded.count(alias) > 1), None)
    if repeated:
        raise line.mistake(f"the alias {repeated!r} is there twice")
    return Skill(
        cells["code"], cells["zh"], cells["en"], aliases, Side(cells["side"]), group.code, group.parent
    )
