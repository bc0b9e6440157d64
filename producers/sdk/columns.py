"""How a table of posts is laid out: its columns in Chinese and English, and an example."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from producers.sdk.model import ChallengePost
from producers.tables.layout import Column, Layout, flag, wanted_skills

CONFIDENTIALITY = {"公开": "public", "成员": "members", "保密": "nda"}


def _confidentiality(text: str) -> str:
    return CONFIDENTIALITY.get(text, text.casefold())


_COLUMNS = (
    (Column("title", "难题标题", "title"), "精铣刀具磨损在线判断，减少崩刃停机"),
    (Column("text", "难题说明", "text"), "主轴振动在换刀后约 40 分钟明显升高，夜班没人会听。"),
    (Column("language", "语言", "language"), "zh"),
    (Column("industry", "工种", "industry"), "machining"),
    (Column("skills", "技能", "skills", wanted_skills), "vibration-analysis:3!; Python:2"),
    (Column("city", "城市", "city"), "苏州"),
    (Column("province", "省份", "province"), "江苏"),
    (Column("machine", "设备", "machine"), "CNC-03"),
    (Column("reward_cny", "奖励", "reward_cny"), "12000"),
    (Column("bids_close_at", "竞榜截止", "bids_close_at"), ""),
    (Column("confidentiality", "保密", "confidentiality", _confidentiality), "public"),
    (Column("teaser", "摘要", "teaser"), ""),
    (Column("hours_per_week", "每周工时", "hours_per_week"), "8"),
    (Column("remote", "可远程", "remote", flag), ""),
    (Column("kpi.name", "指标", "kpi_name"), "崩刃停机"),
    (Column("kpi.unit", "指标单位", "kpi_unit"), "小时/月"),
    (Column("kpi.baseline", "指标现值", "kpi_baseline"), "6.4"),
    (Column("kpi.target", "指标目标", "kpi_target"), "2.0"),
    (Column("source.system", "来源系统", "source_system"), "cmms"),
    (Column("source.id", "来源编号", "source_id"), "WO-10086"),
)
POSTS = Layout(
    "难题",
    "challenges",
    tuple(column for column, _ in _COLUMNS),
    ChallengePost,
    (tuple(example for _, example in _COLUMNS),),
)
_CHINA = timezone(timedelta(hours=8))
_BIDS_OPEN = timedelta(days=21)


def posts_as_of(now: datetime) -> Layout[ChallengePost]:
    """The same, with an example that can be posted now: its bids close in 21 days."""
    closes = (now.astimezone(_CHINA) + _BIDS_OPEN).replace(hour=18, minute=0, second=0, microsecond=0)
    (example,) = POSTS.examples
    dated = [
        closes.isoformat() if column.field == "bids_close_at" else cell
        for column, cell in zip(POSTS.columns, example, strict=True)
    ]
    return replace(POSTS, examples=(tuple(dated),))
