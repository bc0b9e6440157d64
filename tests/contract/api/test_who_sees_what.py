"""Who may see what, over REST: what is not for somebody is not there, wherever they look.

`LETTERS` names the people; each row of `ADDRESSES` says who gets an answer. All others are told that there
is no such thing, or, without an account, to sign in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from domain.audience import Confidentiality
from domain.intake import FACTORY_HEADER
from domain.ports import DeadLetter
from domain.use_cases.challenges import PostChallenge, accept_terms, post_challenge
from domain.use_cases.projects import submit_milestone
from infra.outbox import EVENTS
from infra.tables.log import outbox
from tests.market import bid_of, brief, post_open, running_project
from tests.serving import Serving, actors_of

LETTERS: Mapping[str, str | None] = {
    "-": None,
    "a": "administrator",
    "f": "approver",
    "e": "engineer",
    "m": "enterprise_mentor",
    "o": "other_engineer",
    "c": "captain",
    "n": "member",
    "l": "loner",
    "s": "school_mentor",
    "h": "school_admin",
    "p": "partner_captain",
    "q": "partner_mentor",
}
SIGNED_IN = "afemocnlshpq"
FACTORY = "afem"
WITH_A_PART = "afemcnsh"

ADDRESSES = {
    "/challenges/{public}": f"-{SIGNED_IN}",
    "/challenges/{nda}": SIGNED_IN,
    "/challenges/{draft}": FACTORY,
    "/challenges/{public}/matches": SIGNED_IN,
    "/challenges/{nda}/matches": SIGNED_IN,
    "/challenges/{draft}/matches": FACTORY,
    "/challenges/{public}/bids": SIGNED_IN,
    "/challenges/{draft}/bids": FACTORY,
    "/bids/{bid}": "afecn",
    "/projects/{project}": WITH_A_PART,
    "/projects/{project}/progress": WITH_A_PART,
    "/projects/{project}/milestones/{milestone}/files": WITH_A_PART,
    "/files/{file}": WITH_A_PART,
    "/students/{captain}": "acnlsmh",
    "/dead-letters/{letter}": "afe",
}
SECRETS = {
    "轴承型号 6208": FACTORY,
    "还没发的难题": FACTORY,
    "加装加速度传感器": "afecn",
    "两台传感器已装好": WITH_A_PART,
    "周同学": "acnlsmhef",
    "A-BAD-MESSAGE": "afe",
}
"""Words that stand in something, and who may read it anywhere at all."""
LISTS = (
    "/challenges?q=主轴",
    "/challenges?q=难题",
    "/suggestions?q=还没",
    "/suggestions?q=轴承",
    "/bids",
    "/projects",
    "/teams",
    "/notifications",
    "/me",
    "/tokens",
    "/teams/{team}",
    "/teams/{team}/matches",
    "/dead-letters",
    "/me/challenges",
    "/policy",
)


@dataclass(frozen=True, slots=True)
class Scene:
    serving: Serving
    ids: Mapping[str, str]

    def get(self, letter: str, address: str) -> tuple[int, str]:
        who = LETTERS[letter]
        client = self.serving.client(actors_of(self.serving.market)[who] if who else None)
        answer = client.get(f"/api/v1{address.format(**self.ids)}")
        return answer.status_code, answer.text


@pytest.fixture
def scene(serving: Serving) -> Scene:
    """A running project with a file, three challenges (open, confidential, draft), a bid, a dead letter."""
    market, store, taxonomy = serving.market, serving.store, serving.taxonomy
    project = running_project(store, market, taxonomy)
    public = post_open(store, market, taxonomy, text="振动")
    changes = {"confidentiality": Confidentiality.NDA, "text": "轴承型号 6208", "teaser": "主轴"}
    nda = post_open(store, market, taxonomy, **changes)
    bid = bid_of(store, market.captain, market.team, public.id)
    with store.begin() as work:
        hidden = PostChallenge(brief(nda.brief.bids_close_at, title="还没发的难题"))
        draft = post_challenge(work, market.engineer, hidden, taxonomy)
        note, milestone = "两台传感器已装好", project.milestones[0].id
        submit_milestone(work, market.captain, project.id, milestone, note)
        accept_terms(work, market.captain, nda.id, str(nda.terms))
        headers = {FACTORY_HEADER: market.factory}
        letter = DeadLetter("o/1", "intake", b"A-BAD-MESSAGE", headers, "not_json", {}, market.factory)
        work.dead_letters.add([letter])
        work.commit()
    serving.settle()
    here = f"/api/v1/projects/{project.id}/milestones/{milestone}/files"
    kept = serving.client(market.captain).post(here, files={"file": ("a.txt", b"mm/s")}).json()
    letters = serving.client(market.administrator).get("/api/v1/dead-letters").json()["items"]
    ids = {
        "public": public.id,
        "nda": nda.id,
        "draft": draft.id,
        "bid": bid.id,
        "project": project.id,
        "milestone": milestone,
        "file": kept["id"],
        "captain": market.captain.person_id,
        "team": market.team,
        "letter": str(letters[0]["id"]),
    }
    return Scene(serving, ids)


def test_each_thing_is_there_for_whom_it_is_meant(scene: Scene) -> None:
    seen = {
        address: "".join(letter for letter in LETTERS if scene.get(letter, address)[0] == 200)
        for address in ADDRESSES
    }
    assert {address: set(who) for address, who in seen.items()} == {
        address: set(who) for address, who in ADDRESSES.items()
    }


def test_others_are_told_that_there_is_no_such_thing(scene: Scene) -> None:
    told = {
        (address, letter): scene.get(letter, address)
        for address, who in ADDRESSES.items()
        for letter in LETTERS
        if letter not in who
    }
    for (address, letter), (status, text) in told.items():
        only_by_role = address.startswith("/dead-letters") and letter not in "-o"
        anybody = address in ("/challenges/{nda}", "/challenges/{draft}")
        expected = 403 if only_by_role else 401 if letter == "-" and not anybody else 404
        assert status == expected, (address, letter, text)
        for word in SECRETS:
            assert word not in text


def test_no_list_and_no_page_holds_a_word_that_is_for_others(scene: Scene) -> None:
    for letter in LETTERS:
        read = "\n".join(scene.get(letter, address)[1] for address in (*LISTS, *ADDRESSES))
        for word, who in SECRETS.items():
            if letter not in who and not (letter == "c" and word.startswith("轴承")):
                assert word not in read, (letter, word)


def test_what_is_meant_for_somebody_is_found_by_them(scene: Scene) -> None:
    """So that the test above could fail."""
    for word, who in SECRETS.items():
        found = [
            letter
            for letter in who
            if any(word in scene.get(letter, address)[1] for address in (*LISTS, *ADDRESSES))
        ]
        assert "a" in found, word
        assert len(found) > 1, word


def test_the_log_holds_no_word_that_somebody_wrote(scene: Scene) -> None:
    with scene.serving.services.database.read() as connection:
        rows = connection.execute(outbox.select().where(outbox.c.topic == EVENTS)).all()
    told = "".join(f"{row.key} {row.headers} {row.value.decode()}" for row in rows)
    assert "jiebang.project.milestone_submitted.v1" in told
    for word in (*SECRETS, "主轴", "示例", "captain@"):
        assert word not in told
