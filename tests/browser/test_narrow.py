"""On a phone 360 px wide the seals leave the text its width."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator

from api.web.i18n import Language
from domain.use_cases.projects import submit_milestone
from infra.accounts import Passwords
from tests.browser.accessibility import violations
from tests.browser.server import Site, running, visiting
from tests.market import running_project
from tests.serving import quick_passwords

__all__ = ["quick_passwords"]

NARROW = (360, 740)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, quick_passwords: Passwords) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("narrow"), quick_passwords.hash) as site:
        yield site


def box(part: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom."""
    found = part.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def overlap(one: Locator, other: Locator) -> bool:
    a, b = box(one), box(other)
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_seal_of_a_taken_notice_takes_no_column(browser: Browser, site: Site, language: Language) -> None:
    project = running_project(site.store, site.market, site.taxonomy)
    with visiting(browser, site, site.market.captain, language, size=NARROW) as captain:
        page = captain.page
        captain.go(f"/challenges/{project.challenge_id}")
        face, plate = page.locator(".notice .face"), page.locator(".notice .plate")
        seal = page.locator(".notice .corner")
        assert box(face)[2] - box(plate)[2] < 20, "the figures reach to the edge"
        assert not overlap(seal, plate)
        assert box(page.locator(".notice .slip"))[2] < 50
        words = page.locator(".notice h1, .notice-no > *").evaluate_all(
            """(parts) => parts.flatMap((part) => {
                const range = document.createRange();
                range.selectNodeContents(part);
                return [...range.getClientRects()].map((r) => [r.left, r.top, r.right, r.bottom]);
            })"""
        )
        left, top, right, bottom = box(seal)
        for word in words:
            beside = word[2] <= left or word[0] >= right or word[3] <= top or word[1] >= bottom
            assert beside, "the seal lies on no word"
        assert violations(page) == ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_mentor_vouches_for_is_as_wide_as_the_sheet(
    browser: Browser, site: Site, language: Language
) -> None:
    project = running_project(site.store, site.market, site.taxonomy)
    with site.store.begin() as work:
        submit_milestone(work, site.market.captain, project.id, project.milestones[0].id, "采集已上线")
        work.commit()
    with visiting(browser, site, site.market.school_mentor, language, size=NARROW) as mentor:
        page = mentor.page
        mentor.go(f"/projects/{project.id}")
        half = page.locator(".hang-seal").first
        form, seal = half.locator('form[action$="/sign"]'), half.locator(".seal")
        assert box(form)[2] - box(form)[0] >= box(half)[2] - box(half)[0] - 34
        assert not overlap(form, seal)
        assert not overlap(half.locator("p").first.locator("b"), seal)
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW[0]
        assert violations(page) == ""
