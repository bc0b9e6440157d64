"""A seeded catalogue of challenges: bilingual shop-floor texts, popular and rare skills and factories."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.audience import Audience
from domain.challenges import ChallengeState
from search.documents import CatalogueDocument, SkillLabel

START = datetime(2024, 1, 1, tzinfo=UTC)
FACTORIES = 300
TRADES = ("machining", "maintenance", "welding", "moulding", "smt", "assembly", "quality", "energy", "it")

MACHINES = (
    ("注塑机", "injection moulding machine"),
    ("数控车床", "CNC lathe"),
    ("加工中心", "machining centre"),
    ("焊接机器人", "welding robot"),
    ("贴片机", "pick and place machine"),
    ("输送线", "conveyor line"),
    ("空压机", "air compressor"),
    ("主轴", "spindle"),
    ("减速机", "gearbox"),
    ("液压站", "hydraulic unit"),
    ("机械手", "robot arm"),
    ("AGV 小车", "AGV"),
    ("冷却塔", "cooling tower"),
    ("冲床", "press"),
    ("包装机", "packaging machine"),
    ("烘干炉", "drying oven"),
)
SYMPTOMS = (
    ("振动偏大", "vibrates too much"),
    ("轴承失效频繁", "suffers frequent bearing failures"),
    ("换模时间长", "takes too long to change over"),
    ("刀具磨损快", "wears out its cutting tools"),
    ("能耗过高", "uses too much energy"),
    ("良率波动", "has an unstable yield"),
    ("报警频繁停机", "stops on frequent alarms"),
    ("温度漂移", "drifts in temperature"),
    ("漏油", "leaks oil"),
    ("定位不准", "positions inaccurately"),
)
WISHES = (
    ("用振动传感器和 PLC 采集数据，提前预警", "collect vibration data through the PLC and warn in advance"),
    ("用机器视觉检测缺陷", "detect defects by machine vision"),
    ("通过 OPC UA 接入 MES", "connect it to the MES over OPC UA"),
    ("分析停机原因并给出排产建议", "analyse the causes of downtime and propose a schedule"),
    ("设计快换夹具，把换型时间减半", "design a quick-change fixture and halve the changeover time"),
    ("做一个手机看板，班组长随时查看", "build a phone dashboard for the shift leader"),
    ("优化切削参数，延长 CNC 刀具寿命", "optimise cutting parameters to extend the life of CNC tools"),
)
FILLERS = (
    ("数据", "采集", "设备", "产线", "质量", "检测", "改造", "节拍", "成本", "维护", "参数", "传感器"),
    ("data", "line", "quality", "inspection", "retrofit", "takt", "cost", "maintenance", "model", "sensor"),
)
CRAFTS = (
    ("调试", "setup"),
    ("编程", "programming"),
    ("保养", "maintenance"),
    ("选型", "selection"),
    ("数据采集", "data acquisition"),
    ("故障诊断", "fault diagnosis"),
    ("节能", "energy saving"),
    ("改造", "retrofit"),
    ("仿真", "simulation"),
    ("看板", "dashboards"),
)
SKILLS = tuple(
    SkillLabel(
        f"skill-{m}-{c}", machine[0] + craft[0], f"{machine[1]} {craft[1]}", (f"{craft[0]}（{machine[0]}）",)
    )
    for c, craft in enumerate(CRAFTS)
    for m, machine in enumerate(MACHINES)
)


def challenges(count: int, seed: int = 20_261) -> Iterator[CatalogueDocument]:
    """`count` documents, the same ones for the same seed, oldest first, ten minutes apart."""
    random_ = random.Random(seed)
    popularity = [(rank + 1) ** -0.8 for rank in range(len(SKILLS))]
    for number in range(1, count + 1):
        language = random_.choices((0, 1), (0.7, 0.3))[0]
        posted_at = START + timedelta(minutes=10 * number)
        factory = int(random_.paretovariate(0.7)) % FACTORIES
        yield CatalogueDocument(
            id=f"{number:08x}-{random_.getrandbits(32):08x}",
            doc_version=1,
            number=number,
            title=_title(random_, language),
            summary=_summary(random_, language),
            language=("zh", "en")[language],
            audience=random_.choices(tuple(Audience), (0.6, 0.3, 0.1))[0],
            owner_id=f"factory-{factory:03d}",
            factory_zh=f"东莞精密制造{factory}厂",
            factory_en=f"Dongguan Precision Works {factory}",
            state=random_.choices(tuple(ChallengeState), (1, 1, 12, 3, 2, 4, 2, 6, 1, 1))[0].value,
            industry=random_.choice(TRADES),
            skills=tuple(dict.fromkeys(random_.choices(SKILLS, popularity, k=random_.randint(2, 6)))),
            reward_cny=random_.choice((2_000, 4_000, 5_000, 8_000, 12_000, 20_000, 30_000, 60_000)),
            posted_at=posted_at,
            deadline=posted_at + timedelta(days=random_.randint(7, 60)),
            bid_count=random_.randint(0, 12),
            city="东莞",
        )


def _title(random_: random.Random, language: int) -> str:
    machine, symptom = random_.choice(MACHINES)[language], random_.choice(SYMPTOMS)[language]
    return f"{machine} {symptom}" if language else f"{machine}{symptom}"


def _summary(random_: random.Random, language: int) -> str:
    wish = random_.choice(WISHES)[language]
    filler = ("", " ")[language].join(random_.choices(FILLERS[language], k=random_.randint(20, 40)))
    first, second = _title(random_, language), _title(random_, language)
    return (
        f"The {first}; {wish}. {filler}. The {second}."
        if language
        else f"{first}，{wish}。{filler}。{second}。"
    )
