"""A small catalogue in both languages, each document for a reason; nobody in it exists."""

from datetime import UTC, datetime, timedelta

from domain.audience import Audience, Viewer
from search.catalogue import Catalogue
from search.documents import CatalogueDocument, SkillLabel
from search.queries import CatalogueQuery, FacetName, SearchPage

START = datetime(2026, 3, 1, 8, tzinfo=UTC)

VIBRATION = SkillLabel("vibration", "振动分析", "Vibration analysis", ("测振", "频谱分析"))
CNC = SkillLabel("cnc", "数控编程", "CNC programming", ("G 代码", "G-code"))
PLC = SkillLabel("plc", "可编程控制器", "PLC programming", ("西门子 S7", "SIMATIC"))
VISION = SkillLabel("vision", "机器视觉", "Machine vision", ("OpenCV",))

ADMINISTRATOR = Viewer(person_id="admin", is_administrator=True)
MEMBER = Viewer(person_id="student", organisation_id="school-1")
EAST = Viewer(person_id="engineer", organisation_id="east")


def document(number: int, title: str, summary: str, **changes: object) -> CatalogueDocument:
    """Challenge `c-<number>`, posted `number` hours after START."""
    posted_at = START + timedelta(hours=number)
    fields: dict[str, object] = {
        "id": f"c-{number:02d}",
        "doc_version": 1,
        "number": number,
        "title": title,
        "summary": summary,
        "audience": Audience.PUBLIC,
        "owner_id": "east",
        "factory_zh": "东江精密",
        "factory_en": "East River Precision",
        "state": "open",
        "industry": "machining",
        "skills": (VIBRATION,),
        "reward_cny": 5_000,
        "posted_at": posted_at,
        "deadline": posted_at + timedelta(days=30),
        "city": "东莞",
    }
    return CatalogueDocument(**(fields | changes))  # type: ignore[arg-type]


WEST = {"owner_id": "west", "factory_zh": "西湖模具", "factory_en": "West Lake Moulds", "city": "杭州"}

SAMPLE = [
    document(1, "数控车床主轴振动偏大", "转速 3000 以上主轴振动超标，轴承三个月失效一次。", reward_cny=8_000),
    document(
        2, "CNC刀具磨损快", "加工中心的 CNC 刀具寿命只有两天，想预测换刀。", skills=(CNC,), reward_cny=20_000
    ),
    document(
        3,
        "Bearing failures on the stamping press",
        "The press's bearings fail every month & nobody knows <why>.",
        **WEST,
        language="en",
        reward_cny=15_000,
        industry="maintenance",
        deadline=None,
    ),
    document(
        4,
        "ＣＮＣ 机床联网",
        "用 S7-1200 采集节拍，接入 MES。",
        skills=(CNC, PLC),
        state="judging",
        reward_cny=4_999,
    ),
    document(
        5,
        "注塑机能耗高",
        "夜班空转，烘料桶保温差。",
        **WEST,
        skills=(PLC,),
        industry="moulding",
        reward_cny=60_000,
    ),
    document(
        6, "焊缝缺陷检测", "用机器视觉找气孔和咬边。", **WEST, skills=(VISION,), audience=Audience.MEMBERS
    ),
    document(
        7,
        "Vibrating conveyor rattles",
        "Loose bolts? A vibration sensor on the conveyor would tell. 振动",
        **WEST,
        language="en",
        skills=(VIBRATION, VISION),
        audience=Audience.MEMBERS,
        state="judging",
    ),
    document(
        8,
        "主轴改造草稿",
        "还没有写完，先记下振动数据。",
        audience=Audience.OWNER,
        state="draft",
        reward_cny=0,
    ),
    CatalogueDocument.tombstone("c-09", 4),
]


def ids(page: SearchPage) -> list[str]:
    """The ids of the hits, in their order."""
    return [hit.id for hit in page.hits]


def found(catalogue: Catalogue, text: str = "", viewer: Viewer = ADMINISTRATOR, **fields: object) -> set[str]:
    """The ids of everything that matches."""
    page = catalogue.search(CatalogueQuery(text=text, viewer=viewer, limit=100, **fields))  # type: ignore[arg-type]
    assert page.total == len(page.hits)
    return set(ids(page))


def counts(page: SearchPage, name: FacetName) -> dict[str, int]:
    """A facet's counts by value."""
    return {facet.value: facet.count for facet in page.facets[name]}
