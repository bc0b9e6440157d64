"""Every page in real Chromium: accessible, within the screen, under the policy; with and without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from api.web.i18n import Language
from api.web.templating import Theme
from domain.audience import Confidentiality
from domain.local_skills import SkillWords
from domain.matching.taxonomy import Side
from domain.organisations import Actor
from domain.ports import DeadLetter, Notification
from domain.use_cases.challenges import PostChallenge, post_challenge
from domain.use_cases.local_skills import add_local_skill
from domain.use_cases.projects import submit_milestone
from domain.use_cases.teams import ChangeTeam, change_team
from infra.accounts import Passwords
from tests.browser.accessibility import violations
from tests.browser.server import DESKTOP, PHONE, Site, running, visiting
from tests.market import bid_of, brief, post_open, running_project
from tests.serving import quick_passwords

__all__ = ["quick_passwords"]

SIZES = {"desktop": DESKTOP, "phone": PHONE}


@dataclass(frozen=True, slots=True)
class Stocked:
    """A site with something on every page."""

    site: Site
    open: str
    confidential: str
    draft: str
    project: str
    bid: str
    local_skill: str

    def visits(self) -> list[tuple[Actor | None, list[str]]]:
        """Who opens which pages."""
        market, one = self.site.market, f"/challenges/{self.open}"
        return [
            (None, ["/", "/?f=1&q=nothing-like-it", "/sign-in", "/skills", "/feed", one, "/nowhere"]),
            (
                market.captain,
                [
                    "/",
                    f"/challenges/{self.confidential}",
                    f"{one}/matches",
                    f"{one}/matches/{market.partner_team}",
                    f"{one}/bid",
                    "/team",
                    "/team/skills",
                    "/inbox",
                    "/inbox?show=all",
                    "/account",
                    "/feed",
                    "/skills",
                    "/projects",
                    f"/projects/{self.project}",
                    "/skills/vibration-analysis",
                ],
            ),
            (
                market.approver,
                [
                    "/mine",
                    "/post",
                    f"/challenges/{self.draft}",
                    f"/challenges/{self.draft}/edit",
                    f"{one}/bids",
                    f"{one}/history",
                    f"/bids/{self.bid}/award",
                    "/dead-letters",
                    "/account",
                ],
            ),
            (market.school_mentor, [f"/projects/{self.project}", "/team"]),
            (market.loner, ["/team"]),
            (
                market.administrator,
                ["/account", "/skills", "/local-skills", f"/local-skills/{self.local_skill}"],
            ),
        ]


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory, quick_passwords: Passwords) -> Iterator[Stocked]:
    with running(tmp_path_factory.mktemp("pages"), quick_passwords.hash) as site:
        store, market, taxonomy = site.store, site.market, site.taxonomy
        opened = post_open(store, market, taxonomy)
        bid_of(store, market.captain, market.team, opened.id)
        theirs = bid_of(store, market.partner_captain, market.partner_team, opened.id)
        hidden = post_open(store, market, taxonomy, confidentiality=Confidentiality.NDA)
        project = running_project(store, market, taxonomy)
        with store.begin() as work:
            closes = datetime.now(UTC) + timedelta(days=9)
            draft = post_challenge(work, market.approver, PostChallenge(brief(closes)), taxonomy)
            team = work.teams.get(market.team)
            asked = ChangeTeam(member_ids=(*team.member_ids, market.loner.person_id))
            change_team(work, market.captain, team.id, team.version, asked)
            submit_milestone(work, market.captain, project.id, project.milestones[0].id, "采集已上线")
            me = market.captain.person_id
            work.notifications.add([Notification(me, "challenge_fits", opened.id, opened.id, "event-1")])
            problems = {
                "source": "is missing",
                "skills.0.level": "has to be a whole number from 1 to 5, not 9",
            }
            letter = DeadLetter("x/1", "intake", b"{}", {}, "wrong_schema", problems, market.factory)
            work.dead_letters.add([letter])
            words = SkillWords("搪瓷烧成", "Enamel firing", ("搪烧",), Side.OT, "moulding.injection")
            local = add_local_skill(work, market.administrator, "local-enamel-firing", words, taxonomy)
            work.commit()
        yield Stocked(site, opened.id, hidden.id, draft.id, project.id, theirs.id, local.code)


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    # every two of the three together
    [
        ("zh", "light", "desktop"),
        ("zh", "dark", "phone"),
        ("en", "light", "phone"),
        ("en", "dark", "desktop"),
    ],
)
def test_every_page_is_accessible_fits_and_obeys_the_policy(
    browser: Browser, stocked: Stocked, language: Language, theme: Theme, size: str
) -> None:
    found = []
    for actor, paths in stocked.visits():
        with visiting(browser, stocked.site, actor, language, theme, SIZES[size]) as visitor:
            for path in paths:
                visitor.go(path)
                visitor.keep_picture(path)
                report = violations(visitor.page)
                if report:
                    found.append(f"{path}\n{report}")
                width = visitor.page.evaluate("document.documentElement.scrollWidth")
                if width > SIZES[size][0]:
                    found.append(f"{path} is {width} wide")
    assert not found, "\n".join(found)


def test_the_story_s_forms_work_without_scripts(browser: Browser, stocked: Stocked) -> None:
    market = stocked.site.market
    with visiting(browser, stocked.site, market.approver, "en", scripts=False) as approver:
        approver.go("/post")
        approver.fill("In one line", "The press stops")
        approver.page.get_by_label("Trade").select_option("maintenance")
        approver.fill("Add a skill", "PLC")
        approver.press("Add")
        expect(approver.page.locator(".skill-row")).to_have_count(1)
        expect(approver.page.get_by_label("In one line")).to_have_value("The press stops")
        approver.press("Save draft")
        expect(approver.page.locator("h1")).to_have_text("The press stops")
    with visiting(browser, stocked.site, market.school_mentor, "en", scripts=False) as mentor:
        mentor.go(f"/projects/{stocked.project}")
        mentor.page.locator('input[name="first"]').check()
        mentor.page.locator('input[name="second"]').check()
        mentor.press("Sign milestone 1")
        expect(mentor.page.locator(".said")).to_have_text("Signed.")


def test_the_catalogue_is_searched_by_keys_and_filtered_as_one_types(
    browser: Browser, stocked: Stocked
) -> None:
    with visiting(browser, stocked.site, stocked.site.market.captain, "en") as captain:
        page = captain.page
        captain.go("/")
        before = page.locator("#results .notice").count()
        assert before > 0
        search = page.get_by_role("combobox", name="Search notices")
        search.press_sequentially("振动")
        expect(page.locator("#results mark").first).to_be_visible()
        expect(page.locator("#q-list").get_by_role("option").first).to_be_visible()
        search.press("Escape")
        search.fill("nothing-like-it")
        expect(page.locator("#results .empty")).to_be_visible()
        search.fill("")
        expect(page.locator("#results .notice")).to_have_count(before)


def test_what_was_typed_comes_back_with_the_skills(browser: Browser, stocked: Stocked) -> None:
    with visiting(browser, stocked.site, stocked.site.market.engineer, "en") as engineer:
        page = engineer.page
        engineer.go("/post")
        engineer.fill("In one line", "The press stops")
        engineer.fill("Add a skill", "PLC")
        engineer.press("Add")
        expect(page.locator(".skill-row")).to_have_count(1)
        page.locator('[name^="level."]').select_option("4")
        expect(page.locator("[data-saved-for]")).to_have_text("Draft saved")
        page.reload()
        expect(page.get_by_label("In one line")).to_have_value("The press stops")
        expect(page.locator('[name^="level."]')).to_have_value("4")
