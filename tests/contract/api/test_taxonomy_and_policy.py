"""The market's words, and the weights of the score."""

import re
from typing import get_args

from api.rest.fields import Code
from tests.market import post_open
from tests.serving import Serving, problem_of


def test_everybody_reads_the_words(serving: Serving) -> None:
    client = serving.client()
    skills = client.get("/api/v1/skills").json()
    assert skills["total"] == len(skills["items"]) == len(serving.taxonomy)
    one = client.get("/api/v1/skills/plc-programming").json()
    levels = one.pop("levels")
    assert [each["level"] for each in levels] == [1, 2, 3, 4, 5]
    assert all(each["zh"] and each["en"] for each in levels)
    assert one in skills["items"]
    assert one["side"] == "ot"
    of_family = client.get("/api/v1/skills", params={"family": one["family"]["id"]}).json()
    assert 0 < of_family["total"] < skills["total"]
    problem_of(client.get("/api/v1/skills/no-such-skill"), 404, "not_found")
    trades = client.get("/api/v1/trades").json()
    assert {trade["id"] for trade in trades["items"]} == {t.code for t in serving.taxonomy.trades}


def test_every_code_of_the_taxonomy_can_be_sent(serving: Serving) -> None:
    pattern = re.compile(next(m.pattern for m in get_args(Code) if hasattr(m, "pattern")))
    codes = [skill.code for skill in serving.taxonomy] + [t.code for t in serving.taxonomy.trades]
    assert [code for code in codes if not pattern.match(code)] == []


def test_an_administrator_changes_the_policy_as_they_read_it(serving: Serving) -> None:
    administrator, engineer = (
        serving.client(serving.market.administrator),
        serving.client(serving.market.engineer),
    )
    read = engineer.get("/api/v1/policy")
    wanted = {name: value for name, value in read.json().items() if name != "version"} | {"site": 0.5}
    problem_of(engineer.put("/api/v1/policy", json=wanted, headers={"If-Match": "*"}), 403, "not_allowed")
    problem_of(administrator.put("/api/v1/policy", json=wanted), 428, "precondition_required")
    if_match = {"If-Match": read.headers["etag"]}
    changed = administrator.put("/api/v1/policy", json=wanted, headers=if_match)
    assert changed.json() == wanted | {"version": read.json()["version"] + 1}
    problem_of(administrator.put("/api/v1/policy", json=wanted, headers=if_match), 412, "stale")
    wrong = wanted | {"cousin": 0.9}
    problem_of(
        administrator.put("/api/v1/policy", json=wrong, headers={"If-Match": "*"}), 422, "invalid_policy"
    )


def test_rankings_follow_a_new_policy_at_once(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    administrator = serving.client(serving.market.administrator)
    matches = f"/api/v1/challenges/{challenge.id}/matches"
    before = administrator.get(matches).json()["items"][0]
    wanted = administrator.get("/api/v1/policy").json() | {"site": 0.5}
    del wanted["version"]
    administrator.put("/api/v1/policy", json=wanted, headers={"If-Match": "*"})
    after = administrator.get(matches).json()["items"][0]
    assert after["explanation"]["policy_version"] == before["explanation"]["policy_version"] + 1
    assert after["score"] > before["score"]
