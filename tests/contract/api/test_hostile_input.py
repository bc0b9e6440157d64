"""Whatever a request holds, its sender is at fault or served: never a failure of ours, never half done.

Schemathesis makes up what the API's document allows and forbids; here is what no document speaks of.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.asking import Asker
from tests.market import post_open
from tests.serving import Serving

JSON = {"content-type": "application/json", "if-match": "*"}
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
DEEPEST = (100, 950, 5_000)

RAW_VALUES = [
    '"a\\u0000b"',
    '"\\ud83d"',
    '"\\udc00 x"',
    '"\\u202e\\uffff"',
    '"a\\r\\nSet-Cookie: b=c"',
    '"{request_id} %s {{7*7}}"',
    json.dumps("长" * 200_000),
    "1e400",
    "-1e400",
    "1e-320",
    "9" * 400,
    "9" * 5_000,
    "NaN",
    "-Infinity",
    "true",
    "null",
    "[[]]",
    '{"a\\u0000": {"\\ud800": 1}}',
    *("[" * depth + "]" * depth for depth in DEEPEST),
    *('{"a":' * depth + "1" + "}" * depth for depth in DEEPEST),
    '1, "title": 2, "title": "\\u0000"',
]
BODIES = [
    b"",
    b"null",
    b"7",
    b"[]",
    b"{",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"{}" * 2,
    b'{"a":' * 700,
]


@pytest.fixture
def asker(serving: Serving) -> Asker:
    return Asker(serving)


Change = tuple[str, str, str, dict[str, Any]]
CHANGES: dict[str, Callable[[Asker], Change]] = {
    "challenge": lambda a: (
        "approver",
        "POST",
        "/challenges",
        {"title": "T", "text": "x", "industry": "machining", "reward_cny": 1, "bids_close_at": ""},
    ),
    "amendment": lambda a: ("approver", "PATCH", a.challenge, {"title": "T", "kpi": None, "skills": []}),
    "intake": lambda a: (
        "engineer",
        "POST",
        "/intake",
        {"source": {"system": "s", "id": "1"}, "title": "t", "skills": [], "factory_id": "x"},
    ),
    "team": lambda a: ("captain", "PATCH", a.team, {"title": "T", "hours_per_week": 3, "member_ids": []}),
    "bid": lambda a: ("captain", "PATCH", a.bid, {"approach": "x", "plan": []}),
    "award": lambda a: ("engineer", "POST", f"{a.bid}/award", {"feedback": {}, "reserve": []}),
    "skills": lambda a: ("captain", "PUT", a.skills, {"skills": {"python": 3}}),
    "note": lambda a: ("captain", "POST", f"{a.milestone}/submit", {"note": "x"}),
    "policy": lambda a: ("administrator", "PUT", "/policy", {"coverage": 0.7, "substitutes": True}),
    "read": lambda a: ("captain", "POST", "/notifications/read", {"up_to": 3}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_bodies(asker: Asker, name: str) -> None:
    who, method, path, body = CHANGES[name](asker)
    actor, address = getattr(asker.serving.market, who), f"/api/v1{path}"
    for field in (*body, "unknown"):
        template = json.dumps({**body, field: "@"}, ensure_ascii=False)
        for value in RAW_VALUES:
            asker.ask(actor, method, address, content=template.replace('"@"', value).encode(), headers=JSON)
    for content in BODIES:
        asker.ask(actor, method, address, content=content, headers=JSON)
    for kind in ("text/plain", "multipart/form-data", "application/json; charset=utf-16", "\xff", "x/y; a="):
        headers = {**JSON, "content-type": kind.encode("latin-1")}
        refused = asker.ask(actor, method, address, content=json.dumps(body).encode(), headers=headers)
        assert refused.status_code >= 400 or "json" in kind


HEADERS = {
    "if-match": [b"", b'"', b'"1", "2"', b'"-1"', b'"99999999999"', b'"\xb2"', b"\xff", b'W/"1"', b'*, "1"'],
    "idempotency-key": [b"", b" ", b"a" * 201, b"a b", b"\x01", b"\xff", b"\xe4\xb8\xad", b"'\"--"],
    "accept-language": [b"\xff", b";q=", b"zh;q=nan, en;q=-inf", b"zh;q=1e999", b"a" * 9_000, b"," * 9_000],
    "authorization": [
        b"",
        b"Bearer",
        b"Bearer \xff",
        b"Bearer " + b"a" * 9_000,
        b"Basic eDp4",
        b"Bearer a b",
    ],
    "cookie": [
        b"jiebang_session=\xff",
        b"lang=\xff; theme=\x01; said=%00",
        b"=;=;;",
        b"lang=" + b"z" * 5_000,
    ],
    "range": [b"bytes=5-2", b"bytes=-99999999999999999999", b"bytes=0-1," + b"2-3," * 500, b"\xff"],
    "if-modified-since": [b"\xff", b"Thu, 99 Foo 99999999999 99:99:99 GMT"],
    "host": [b"\xff", b"[", b"testserver:x", b"testserver@evil", b"testserver/a?b"],
    "origin": [b"\xff", b"http://[x"],
    "last-event-id": [b"\xff" * 3_000],
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers(asker: Asker, name: str) -> None:
    approver = None if name in ("authorization", "cookie") else asker.serving.market.approver
    change = {"title": "n", "text": "", "industry": "machining"}
    for value in HEADERS[name]:
        sent = [(name.encode(), value)]
        for path in (f"/api/v1{asker.challenge}", "/api/v1/me", "/", "/static/css/base.css"):
            asker.ask(approver, "GET", path, headers=sent)
        typed = [*sent, (b"content-type", b"application/json")]
        content = json.dumps(change).encode()
        asker.ask(approver, "POST", "/api/v1/challenges", content=content, headers=typed)
        asker.ask(approver, "PATCH", f"/api/v1{asker.challenge}", content=b'{"title": "n"}', headers=typed)


QUERIES = [
    *(
        "%00",
        "%ff%fe",
        "%ED%A0%80",
        "9" * 19,
        "9" * 400,
        "-1",
        "1e309",
        "NaN",
        "*",
        "%22",
        "NEAR(",
        "x" * 5_000,
    ),
    *("after-", f"after-{'9' * 18}", f"after-{'9' * 19}", "after-%00", "W10", "WyJhIiwxLCJiIl0", "%7B0%7D"),
    quote("\U0001f600'--"),
]


@pytest.mark.parametrize("name", ["q", "cursor", "limit", "sort", "state", "skill", "factory", "reward_min"])
def test_queries(asker: Asker, name: str) -> None:
    approver = asker.serving.market.approver
    lists = ("challenges", "suggestions", "bids", "projects", "teams", "notifications", "dead-letters")
    for value in QUERIES:
        for path in (*(f"/api/v1/{one}" for one in lists), "/api/v1/me/challenges", "/", "/suggest", "/feed"):
            asker.ask(approver, "GET", f"{path}?{name}={value}")
    many = "&".join(f"{name}={number}" for number in range(3_000))
    for path in ("/api/v1/challenges", "/"):
        asker.ask(approver, "GET", f"{path}?{many}")


def test_cursors_of_another_query(asker: Asker) -> None:
    """A cursor that the catalogue gave out is of its query alone, and forging one widens nothing."""
    for _ in range(2):
        post_open(asker.serving.store, asker.serving.market, asker.serving.taxonomy)
    asker.serving.settle()
    cursor = asker.ask(None, "GET", "/api/v1/challenges?limit=1").json()["next_cursor"]
    assert asker.ask(None, "GET", f"/api/v1/challenges?limit=1&cursor={cursor}").status_code == 200
    assert asker.ask(None, "GET", f"/api/v1/challenges?q=x&cursor={cursor}").status_code == 422
    for place in range(0, len(cursor), 5):
        forged = f"{cursor[:place]}A{cursor[place + 1 :]}"
        assert asker.ask(None, "GET", f"/api/v1/challenges?cursor={forged}").status_code in (200, 422)


TYPED = [
    "%00",
    "%ff",
    "%ED%A0%80",
    "-1",
    "nan",
    "inf",
    "1e400",
    "",
    "9999-12-31T23:59",
    "0000-00-00",
    "%D9%A3",
    "%C2%B2",
]


def test_forms(asker: Asker) -> None:
    market = asker.serving.market
    fields = {
        "/post": ("approver", ["title", "skill.level", "bids_close_at", "kpi_baseline", "do", "version"]),
        f"{asker.challenge}/bid": ("captain", ["approach", "hours_per_week", "step.title", "step.due"]),
        f"{asker.bid}/award": ("engineer", ["school_mentor_id", "other"]),
        f"{asker.milestone}/submit": ("captain", ["note"]),
        "/account/tokens": ("captain", ["label", "lifetime"]),
        "/team": ("loner", ["title", "hours_per_week"]),
        "/preferences": ("captain", ["lang", "next"]),
        "/sign-in": ("captain", ["login", "password", "next"]),
    }
    for path, (who, names) in fields.items():
        for name in names:
            for value in TYPED:
                content = f"{name}={value}&{name}={value}".encode()
                given = {"content": content, "headers": FORM, "follow_redirects": False}
                asker.ask(getattr(market, who), "POST", path, **given)


PATHS = [
    *(
        "/challenges/%00",
        f"/challenges/{'a' * 5_000}",
        "/files/..%2f..%2fetc%2fpasswd",
        "/skills/%ff",
        "/tokens/%00",
    ),
    *(f"/dead-letters/{'9' * 30}", "/dead-letters/0", f"/notifications/{'9' * 40}/read"),
]


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_addresses(asker: Asker, method: str) -> None:
    administrator = asker.serving.market.administrator
    pages = ("/static/..%2f..%2fpyproject.toml", "/static/%2e%2e/app.py", "//evil.example/x", "/docs/..%2f")
    for path in (*(f"/api/v1{path}" for path in PATHS), *pages, *PATHS, f"/challenges/J-{'9' * 30}"):
        answer = asker.ask(administrator, method, path)
        assert answer.status_code >= 400, path
