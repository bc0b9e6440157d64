"""What a start prints: where to go, as whom, and a command to paste."""

import json
from datetime import UTC, datetime, timedelta

from jiebang.maintenance import Beginning

WITHHELD = (
    "No sample data, as others can reach this address. ",
    "别人能访问这个地址，所以不装示例数据。",
)
FIRST = (
    "Nobody can sign in yet: make the first administrator with `jiebang administrator --help`.",
    "还没有人能登录：用 `jiebang administrator --help` 建第一个管理员。",
)


def welcome(address: str, beginning: Beginning) -> str:
    """The address, and for sample data its sign-ins and a `curl` that posts an open challenge."""
    lines = ["", f"Jiebang 揭榜  {address}", "Ctrl-C stops it. 按 Ctrl-C 停止。"]
    if beginning.vacant:
        why = WITHHELD if beginning.withheld else ("", "")
        lines += ["", *(reason + sentence for reason, sentence in zip(why, FIRST, strict=True))]
    if (signing_in := beginning.samples) is not None:
        width = max(len(person.login) for person in signing_in.people)
        lines += ["", f"Sample data. Everybody's password / 示例数据，密码都是：{signing_in.password}"]
        lines += [
            f"  {person.login:<{width}}  {' '.join(person.name)} · {' / '.join(person.role)}"
            for person in signing_in.people
        ]
        lines += ["", "Post a challenge / 用命令发一个难题：", "", example(address, signing_in.token)]
    return "\n".join(lines) + "\n"


def example(address: str, token: str) -> str:
    """A `curl` that posts an open challenge, ready to paste."""
    closes = datetime.now(UTC).replace(microsecond=0) + timedelta(days=21)
    body = {
        "title": "换模后首件尺寸超差，想在线判断何时稳定",
        "text": "每次换模后前 30 模要人工量，夜班没有人量。想用模温和压力曲线判断何时稳定。",
        "language": "zh",
        "industry": "moulding",
        "skills": [
            {"skill": "moulding-parameters", "level": 2, "mandatory": True},
            {"skill": "plc-programming", "level": 2},
            {"skill": "python", "level": 3},
        ],
        "city": "苏州",
        "province": "江苏",
        "reward_cny": 8000,
        "bids_close_at": closes.isoformat().replace("+00:00", "Z"),
        "publish": True,
    }
    return "\n".join(
        (
            f"curl -sS {address}/api/v1/challenges \\",
            f"  -H 'Authorization: Bearer {token}' \\",
            "  -H 'Content-Type: application/json' -H \"Idempotency-Key: $(date +%s)\" \\",
            f"  -d '{json.dumps(body, ensure_ascii=False)}'",
        )
    )
