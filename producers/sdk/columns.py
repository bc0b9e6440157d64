"""How a table's columns are called in Chinese and English, and how cells become a post's fields."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field that it fills, its two names, and an example for templates."""

    field: str
    zh: str
    en: str
    example: str


COLUMNS = (
    Column("title", "难题标题", "title", "精铣刀具磨损在线判断，减少崩刃停机"),
    Column("text", "难题说明", "text", "主轴振动在换刀后约 40 分钟明显升高，夜班没人会听。"),
    Column("language", "语言", "language", "zh"),
    Column("industry", "工种", "industry", "machining"),
    Column("skills", "技能", "skills", "vibration-analysis:3!; Python:2"),
    Column("city", "城市", "city", "苏州"),
    Column("province", "省份", "province", "江苏"),
    Column("machine", "设备", "machine", "CNC-03"),
    Column("reward_cny", "奖励", "reward_cny", "12000"),
    Column("bids_close_at", "竞榜截止", "bids_close_at", "2027-01-31T18:00:00+08:00"),
    Column("confidentiality", "保密", "confidentiality", "public"),
    Column("teaser", "摘要", "teaser", ""),
    Column("hours_per_week", "每周工时", "hours_per_week", "8"),
    Column("remote", "可远程", "remote", ""),
    Column("kpi.name", "指标", "kpi_name", "崩刃停机"),
    Column("kpi.unit", "指标单位", "kpi_unit", "小时/月"),
    Column("kpi.baseline", "指标现值", "kpi_baseline", "6.4"),
    Column("kpi.target", "指标目标", "kpi_target", "2.0"),
    Column("source.system", "来源系统", "source_system", "cmms"),
    Column("source.id", "来源编号", "source_id", "WO-10086"),
)
YES = frozenset({"1", "true", "yes", "y", "是", "可"})
NO = frozenset({"0", "false", "no", "n", "否", "不可"})
CONFIDENTIALITY = {"公开": "public", "成员": "members", "保密": "nda"}

_BY_NAME = {name.casefold(): column for column in COLUMNS for name in (column.field, column.zh, column.en)}


class UnknownColumn(ValueError):
    """A header that no field has."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def column_named(header: str) -> Column:
    """The column that a header means, in either language. Raises UnknownColumn."""
    column = _BY_NAME.get(header.strip().casefold())
    if column is None:
        raise UnknownColumn(header)
    return column


def post_of(cells: Mapping[str, str]) -> dict[str, object]:
    """The fields of a post from cells by column field; empty cells are left out."""
    post: dict[str, object] = {}
    for field, cell in cells.items():
        text = cell.strip()
        if not text:
            continue
        outer, _, inner = field.partition(".")
        if inner:
            nested = post.setdefault(outer, {})
            assert isinstance(nested, dict)  # noqa: S101 - a dotted field fills nothing but objects
            nested[inner] = text
        else:
            post[field] = _value(field, text)
    return post


def _value(field: str, text: str) -> object:
    match field:
        case "skills":
            return [_skill(part) for part in text.replace("；", ";").split(";") if part.strip()]
        case "remote":
            folded = text.casefold()
            return True if folded in YES else False if folded in NO else text
        case "confidentiality":
            return CONFIDENTIALITY.get(text, text.casefold())
        case _:
            return text


def _skill(part: str) -> dict[str, object]:
    """`name:level`, with `!` behind a level that is a must."""
    name, _, level = part.replace("：", ":").rpartition(":")
    level = level.replace("！", "!").strip()
    return {"skill": name.strip(), "level": level.rstrip("!").strip(), "mandatory": level.endswith("!")}
