"""An administrator's own skills: over REST, in rankings, in every process."""

from typing import Any

import pytest

from domain.errors import StaleAggregate
from domain.local_skills import SkillWords
from domain.matching import SkillNeed, Taxonomy
from domain.matching.taxonomy import Side
from domain.use_cases.local_skills import add_local_skill, change_local_skill
from infra.taxonomies import Taxonomies, extended
from tests.market import post_open
from tests.serving import Serving, problem_of

LOCAL: dict[str, Any] = {
    "code": "local-enamel-firing",
    "zh": "搪瓷烧成",
    "en": "Enamel firing",
    "aliases": ["搪烧"],
    "side": "ot",
    "group": "moulding.injection",
}
WORDS = {name: value for name, value in LOCAL.items() if name != "code"}
PATH = "/api/v1/local-skills"


def test_a_local_skill_is_added_renamed_and_moved(serving: Serving) -> None:
    administrator = serving.client(serving.market.administrator)
    added = administrator.post(PATH, json=LOCAL)
    assert added.status_code == 201, added.text
    assert added.headers["location"] == f"{PATH}/local-enamel-firing"
    assert administrator.get(added.headers["location"]).json() == added.json()
    assert "local-enamel-firing" not in serving.services.taxonomy
    serving.settle()
    listed = serving.client().get("/api/v1/skills/local-enamel-firing").json()
    assert (listed["zh"], listed["group"]["id"], listed["family"]["id"]) == (
        "搪瓷烧成",
        "moulding.injection",
        "moulding",
    )
    found = serving.services.taxonomy.find("搪烧")
    assert found is not None
    assert found.code == "local-enamel-firing"
    before = serving.services.taxonomy.version
    changed = administrator.put(
        f"{PATH}/local-enamel-firing",
        json=WORDS | {"zh": "搪烧", "aliases": ["enamelling"], "group": "moulding.mould"},
        headers={"If-Match": added.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == 2
    serving.settle()
    assert serving.services.taxonomy.skill("local-enamel-firing").group == "moulding.mould"
    assert serving.services.taxonomy.find("搪瓷烧成") is None
    assert serving.services.taxonomy.version != before
    assert [one["id"] for one in administrator.get(PATH).json()["items"]] == ["local-enamel-firing"]


def test_it_can_be_asked_for_and_ranked_at_once(serving: Serving) -> None:
    market = serving.market
    need = (SkillNeed("vibration-analysis", 3, 0.5), SkillNeed("local-enamel-firing", 2, 0.5))
    with serving.store.begin() as work:
        words = SkillWords("搪烧", "Enamel", (), Side.OT, "moulding.injection")
        add_local_skill(work, market.administrator, "local-enamel-firing", words, serving.taxonomy)
        work.commit()
    serving.settle()
    challenge = post_open(serving.store, market, serving.services.taxonomy, skills=need)
    serving.settle()
    path = f"/api/v1/challenges/{challenge.id}/matches"
    captain = serving.client(market.captain)
    first = captain.get(path).json()["items"][0]
    assert first["explanation"]["missing"] == ["local-enamel-firing"]
    me = market.captain.person_id
    skills = captain.get(f"/api/v1/students/{me}")
    assert skills.status_code == 200, skills.text
    claimed = {one["skill"]: one["level"] for one in skills.json()["skills"]}
    rated = captain.put(
        f"/api/v1/students/{me}/skills",
        json={"skills": claimed | {"local-enamel-firing": 2}},
    )
    assert rated.status_code == 200, rated.text
    serving.settle()
    assert captain.get(path).json()["items"][0]["explanation"]["missing"] == []


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"zh": "可编程逻辑控制器"}, 422, "skill_name_taken", "zh"),
        ({"aliases": ["搪烧", "ＰＬＣ"]}, 422, "skill_name_taken", "aliases.1"),
        ({"aliases": ["搪烧", "搪烧"]}, 422, "skill_name_taken", "aliases.1"),
        ({"aliases": ["ENAMEL FIRING"]}, 422, "skill_name_taken", "aliases.0"),
        ({"group": "moulding"}, 422, "not_found", "group"),
        ({"group": "nowhere"}, 422, "not_found", "group"),
        ({"code": "enamel-firing"}, 422, "invalid", "code"),
        ({"side": "both"}, 422, "invalid", "side"),
    ],
)
def test_what_does_not_fit_names_the_field(
    serving: Serving, changes: dict[str, Any], status: int, code: str, field: str
) -> None:
    refused = serving.client(serving.market.administrator).post(PATH, json=LOCAL | changes)
    assert refused.status_code == status, refused.text
    assert field in refused.text
    assert refused.json()["code"] == code


def test_who_may_not_and_what_is_there_already(serving: Serving) -> None:
    problem_of(serving.client().post(PATH, json=LOCAL), 401, "not_signed_in")
    problem_of(serving.client(serving.market.school_admin).post(PATH, json=LOCAL), 403, "not_allowed")
    administrator = serving.client(serving.market.administrator)
    etag = administrator.post(PATH, json=LOCAL).headers["etag"]
    problem_of(administrator.post(PATH, json=LOCAL | {"zh": "甲", "en": "b", "aliases": []}), 409, "conflict")
    one = f"{PATH}/local-enamel-firing"
    problem_of(administrator.put(one, json=WORDS), 428, "precondition_required")
    problem_of(administrator.put(one, json=WORDS, headers={"If-Match": '"7"'}), 412, "stale")
    problem_of(
        serving.client(serving.market.captain).put(one, json=WORDS, headers={"If-Match": etag}),
        403,
        "not_allowed",
    )
    problem_of(administrator.put(f"{PATH}/local-b", json=WORDS, headers={"If-Match": "*"}), 404, "not_found")
    assert administrator.put(one, json=WORDS, headers={"If-Match": etag}).status_code == 200


def test_other_processes_learn_of_it(serving: Serving) -> None:
    other = Taxonomies(serving.taxonomy)
    words = SkillWords("搪烧", "Enamel", (), Side.OT, "moulding.injection")
    with serving.store.begin() as work:
        skill = add_local_skill(work, serving.market.administrator, "local-a", words, serving.taxonomy)
        work.commit()
    with serving.services.database.read() as connection:
        first = other.refresh(connection)
        assert other.refresh(connection) is first
    assert "local-a" in first
    with serving.store.begin() as work:
        with pytest.raises(StaleAggregate):
            change_local_skill(work, serving.market.administrator, "local-a", 9, words, serving.taxonomy)
        moved = SkillWords("搪烧", "Enamel", (), Side.OT, "moulding.mould")
        change_local_skill(
            work, serving.market.administrator, "local-a", skill.version, moved, serving.taxonomy
        )
        work.commit()
    with serving.services.database.read() as connection:
        assert other.refresh(connection).skill("local-a").group == "moulding.mould"


def test_a_name_that_a_release_takes_leaves_only_that_skill_out(serving: Serving) -> None:
    with serving.store.begin() as work:
        administrator = serving.market.administrator
        for code in ("local-a", "local-b"):
            words = SkillWords(f"{code}", f"{code} en", (), Side.IT, "moulding.injection")
            add_local_skill(work, administrator, code, words, serving.taxonomy)
        found = work.local_skills.all()
    later: Taxonomy = serving.taxonomy.extended([found[0].in_tree(serving.taxonomy)])
    assert extended(later, found).skills[-1].code == "local-b"
    assert len(extended(later, found)) == len(later) + 1
