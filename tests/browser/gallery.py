"""Sample values for the page that shows every component; in both languages, all of it invented."""

from datetime import UTC, date, datetime

from api.web.figures import FitPart, Timeline, milestone_track
from api.web.i18n import Language
from api.web.shell import Shell, Viewer

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)

SKILLS: dict[Language, tuple[str, ...]] = {
    "zh": ("数控加工", "刀具状态监测", "振动信号分析", "Python 数据处理", "OPC UA 采集", "边缘部署"),
    "en": (
        "Machining",
        "Tool condition",
        "Vibration analysis",
        "Python for data",
        "OPC UA",
        "Edge deployment",
    ),
}

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("组件与状态", "Components and states"),
    "notices": ("榜", "Notice"),
    "trade": ("数控加工", "Machining"),
    "trade_2": ("焊接", "Welding"),
    "trade_3": ("设备维护", "Maintenance"),
    "open_title": ("精铣刀具磨损在线判断，减少崩刃停机", "Spot worn finishing tools before the edge chips"),
    "gate_title": ("模温机能耗异常定位", "Find where the mould heater wastes energy"),
    "draft_title": ("3 号工位焊枪频繁粘丝", "Wire keeps sticking at station 3"),
    "taken_title": ("输送链减速机故障预警", "Early warning for conveyor gearboxes"),
    "closed_title": ("贴片机吸嘴抛料分析", "Why the pick-and-place nozzles drop parts"),
    "plant": ("示例一厂 · 机加车间", "Sample Plant 1 · machining shop"),
    "today": ("今天发榜", "Today"),
    "snippet": (
        "主轴振动在换刀后约 40 分钟明显升高，老师傅靠听声音判断刀具该不该换；夜班没人会听，上月崩刃 7 次。",
        "Spindle vibration rises about 40 minutes after a tool change. Only one person hears the wear.",
    ),
    "why": ("OPC UA 2→3 级：86→90", "OPC UA 2→3 would give 90"),
    "bid": ("竞榜", "Bid"),
    "must": ("必备：PLC 编程 2 级", "Must-have: PLC programming, level 2"),
    "who_could": ("谁能补上", "Who could join us"),
    "draft": ("草稿", "Draft"),
    "from_andon": ("来自 Andon 呼叫 10:31", "from the Andon call at 10:31"),
    "still_missing": ("还差：指标现在值、要的技能。", "Still missing: the KPI now, the skills."),
    "saved_at": ("10:41 已存", "Saved at 10:41"),
    "go_on": ("接着写", "Go on writing"),
    "days_left": ("竞榜中，还剩 6 天", "Open for bids, 6 days left"),
    "judge": ("评榜", "Judge the bids"),
    "judge_from": ("截止后评榜，11-28 18:00 起", "After the deadline, from 28 Nov 18:00"),
    "confidential": ("保密，仅显示摘要", "Confidential: teaser only"),
    "teaser": (
        "工位、节拍和图纸在签署保密条款后可见。",
        "Station, cycle time and drawings unlock with the terms.",
    ),
    "terms": ("看保密条款", "Read the terms"),
    "active": ("进行中", "Active"),
    "taken_line": ("星火七队 2026-09-24 揭榜", "Taken up by Spark 7 on 24 Sep 2026"),
    "unawarded": ("未揭榜", "Not taken up"),
    "closed_line": ("截止时 2 份方案都未达 60 分。", "At the deadline both bids were below 60 points."),
    "ranking": ("实时排名", "Live ranking"),
    "brief": ("难题说明", "Brief"),
    "teams": ("匹配团队", "Matched teams"),
    "bids": ("竞榜方案", "Bids"),
    "updated": ("10:47:31 更新", "updated 10:47:31"),
    "team_a": ("精益小铺", "Lean Shop"),
    "team_b": ("夜班代码社", "Night Shift Coders"),
    "team_c": ("听诊器小组", "Stethoscope"),
    "team_line": ("示例职院 · 4 人", "Sample College · 4 people"),
    "has_bid": ("已竞榜", "has bid"),
    "more_teams": ("还有 215 队可竞榜", "215 more that can bid"),
    "why_title": ("为什么是 82？", "Why 82?"),
    "by_skill": ("按技能得分", "Points by skill"),
    "focus": ("专注：所会的有多少用得上", "Focus: how much of what they know is needed here"),
    "levels": ("匹配与等级", "Fit and levels"),
    "ok": ("正常", "On track"),
    "watch": ("留意", "Watch"),
    "stop": ("卡住", "Stuck"),
    "sign_off": ("签字", "Sign-off"),
    "waits": ("等你 5 天了", "waits on you, 5 days"),
    "seals": ("印", "Seal"),
    "milestones": ("里程碑", "Milestones"),
    "controls": ("按钮与输入", "Controls"),
    "post": ("发榜", "Post the notice"),
    "compare": ("并排比较", "Compare"),
    "sending": ("正在送审", "Sending"),
    "ignore": ("忽略", "Dismiss"),
    "err_title": ("排名没算出来", "The ranking could not be made"),
    "err_text": ("难题已经发出，内容没丢。", "Your notice is out; nothing is lost."),
    "again": ("再试一次", "Try again"),
    "offline": (
        "没有网，已存在手机上，连上就送出。",
        "Offline. Kept on this phone and sent once it is back.",
    ),
    "now": ("现在多少", "How bad is it now"),
    "bad_number": ("六点四", "six point four"),
    "bad_number_error": ("填数字，例如 6.4", "Give a number, such as 6.4"),
    "machine": ("设备编号", "Machine"),
    "scanned": ("扫码带出，要改请重扫", "From the code on the machine; scan again to change it"),
    "words": ("像跟同事说那样说", "Say it the way you would to a colleague"),
    "sort": ("排序", "Sort"),
    "safe": ("不改 PLC 程序，不影响安全", "No change to the PLC program, safe to run"),
    "state": ("状态", "State"),
    "distance": ("离校距离", "Distance from campus"),
    "search": ("搜难题、技能、设备", "Search problems, skills, machines"),
    "empty_title": ("没有同时含“刀具”和“氢能”的开放难题", "No open notice has both “tool” and “hydrogen”"),
    "empty_text": ("去掉一个词试试，或者订阅。", "Drop a word, or let us tell you when one is posted."),
    "subscribe": ("订阅此搜索", "Save this search"),
    "live": ("实时", "Live"),
    "ranking_changed": ("排名有变化", "The ranking has changed"),
}


def gallery_context(language: Language) -> dict[str, object]:
    """All that `components.html` asks for."""
    side = 0 if language == "zh" else 1
    texts: dict[str, object] = {name: pair[side] for name, pair in TEXTS.items()}
    texts["cells"] = _pick(
        side,
        (
            ("指标 现在 → 目标", "6.4 → 2.0", "小时停机/月"),
            ("奖励", "¥12,000", ""),
            ("竞榜截止", "11-28", "6 天"),
        ),
        (
            ("KPI, now to target", "6.4 → 2.0", "h stopped a month"),
            ("Reward", "¥12,000", ""),
            ("Bids close", "28 Nov", "6 days"),
        ),
    )
    texts["key_figures"] = _pick(
        side,
        (
            ("财务已验证的效益", "¥186 万", "比春季 +22%"),
            ("验收的项目", "31", "共 41"),
            ("双导师按时签完", "87%", "目标 90%"),
        ),
        (
            ("Value validated", "¥1.86M", "+22% on spring"),
            ("Accepted", "31", "of 41"),
            ("Signed on time", "87%", "target 90%"),
        ),
    )
    texts["ex_heads"] = _pick(
        side,
        ("技能（权重）", "要求 / 现有", "依据", "占满分", "得分"),
        ("Skill (weight)", "Required / theirs", "Basis", "Of the most possible", "Points"),
    )
    texts["sorts"] = _pick(
        side,
        (("fit", "匹配度优先"), ("due", "截止优先")),
        (("fit", "Best fit first"), ("due", "Deadline first")),
    )
    texts["states"] = _pick(
        side,
        (("open", "开放", 17, True), ("judging", "评榜中", 3, False)),
        (("open", "Open", 17, True), ("j", "Judging", 3, False)),
    )
    texts["distances"] = _pick(
        side,
        (("50", "50 km 内", 17, True), ("", "不限", 1284, False)),
        (("50", "within 50 km", 17, True), ("", "anywhere", 1284, False)),
    )
    parts = _parts(language)
    return {
        "shell": Shell("notices", _viewer(language), sample_data=True, path="/components"),
        "t": texts,
        "parts": parts,
        "explained": [
            (parts[0], 3, 3, 15.75, 17.5),
            (parts[2], 3, 4, 14, 14),
            (parts[4], 3, 0, 4.2, 8.4),
            (parts[5], 2, 0, 0, 5.6),
        ],
        "timeline": _timeline(),
        "today": TODAY,
        "milestones": _milestones(side),
    }


def _pick(side: int, zh: object, en: object) -> object:
    return (zh, en)[side]


def _viewer(language: Language) -> Viewer:
    if language == "zh":
        return Viewer("周启明", "星火七队 · 队长", unread=3)
    return Viewer("Zhou Qiming", "Team Spark 7 · captain", unread=3)


def _parts(language: Language) -> tuple[FitPart, ...]:
    names = SKILLS[language]
    return (
        FitPart(names[0], 0.25, 0.9, "self_rated"),
        FitPart(names[1], 0.20, 1.0, "certified"),
        FitPart(names[2], 0.20, 1.0, "certified"),
        FitPart(names[3], 0.15, 1.0, "certified"),
        FitPart(names[4], 0.12, 0.5, "substitute"),
        FitPart(names[5], 0.08, 0.0, "missing"),
    )


def _timeline() -> Timeline:
    return Timeline(date(2026, 9, 28), date(2026, 12, 27))


def _milestones(side: int) -> list[tuple[object, ...]]:
    timeline = _timeline()
    first = milestone_track(timeline, date(2026, 10, 12), date(2026, 11, 1), date(2026, 11, 4))
    second = milestone_track(timeline, date(2026, 11, 2), date(2026, 11, 15), date(2026, 11, 17))
    third = milestone_track(timeline, date(2026, 11, 16), date(2026, 12, 6), date(2026, 11, 19))
    rows = (
        (
            (
                1,
                "电流采集上线",
                "11-06 签完，晚 3 天",
                first,
                "10-12 至 11-01，11-04 完成",
                "signed",
                "signed",
                False,
            ),
            (
                2,
                "离线预警模型",
                "11-17 提交，等企业导师",
                second,
                "11-02 至 11-15，11-17 提交",
                "signed",
                "due",
                True,
            ),
            (
                3,
                "上线试跑两个班次",
                "12-06 到期，进行中",
                third,
                "11-16 至 12-06",
                "waiting",
                "returned",
                False,
            ),
        ),
        (
            (
                1,
                "Current capture",
                "signed 6 Nov, 3 days late",
                first,
                "12 Oct to 1 Nov, finished 4 Nov",
                "signed",
                "signed",
                False,
            ),
            (
                2,
                "Offline model",
                "submitted 17 Nov, waits for you",
                second,
                "2 to 15 Nov, submitted 17 Nov",
                "signed",
                "due",
                True,
            ),
            (
                3,
                "Live on the line",
                "due 6 Dec, running",
                third,
                "16 Nov to 6 Dec",
                "waiting",
                "returned",
                False,
            ),
        ),
    )
    return list(rows[side])
