"""What waits for the reader stands first, with since when."""

from datetime import timedelta

from domain.use_cases.challenges import PostChallenge, post_challenge, submit_challenge
from domain.use_cases.projects import sign_milestone, submit_milestone
from domain.use_cases.timers import close_bidding
from tests.integration.api.test_account_pages import page
from tests.market import bid_of, brief, post_open, running_project
from tests.serving import Serving

WAITS, RUNS = 'aria-label="Waits for you"', 'aria-label="Running"'


def test_a_mentor_reads_since_when_a_signature_waits(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    with serving.store.begin() as work:
        submit_milestone(work, market.captain, project.id, project.milestones[0].id, "done")
        work.commit()
    serving.clock.advance(timedelta(days=5, hours=1))
    mentor = serving.client(market.school_mentor)
    text = page(mentor, "/projects")
    assert WAITS in text
    assert "waits for your signature" in text
    assert "since 2 Mar, 5 days" in text
    assert WAITS not in page(serving.client(market.captain), "/projects")
    with serving.store.begin() as work:
        sign_milestone(work, market.school_mentor, project.id, project.milestones[0].id)
        work.commit()
    text = page(mentor, "/projects")
    assert WAITS not in text
    assert RUNS in text


def test_a_plant_reads_since_when_delivered_work_waits(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    for step in project.milestones:
        with serving.store.begin() as work:
            submit_milestone(work, market.captain, project.id, step.id, "done")
            sign_milestone(work, market.school_mentor, project.id, step.id)
            sign_milestone(work, market.enterprise_mentor, project.id, step.id)
            work.commit()
    serving.clock.advance(timedelta(days=2))
    text = page(serving.client(market.engineer), "/projects")
    assert "waits for your acceptance" in text
    assert "since 2 Mar, 2 days" in text
    for other in (market.captain, market.school_mentor):
        assert WAITS not in page(serving.client(other), "/projects")


def test_an_approver_reads_how_long_drafts_and_choices_wait(serving: Serving) -> None:
    market, now = serving.market, serving.clock.now()
    opened = post_open(serving.store, market, serving.taxonomy, closes_at=now + timedelta(days=2))
    bid_of(serving.store, market.captain, market.team, opened.id)
    with serving.store.begin() as work:
        command = PostChallenge(brief(now + timedelta(days=30)))
        draft = post_challenge(work, market.engineer, command, serving.taxonomy)
        submit_challenge(work, market.engineer, draft.id)
        work.commit()
    serving.clock.advance(timedelta(days=6, hours=1))
    with serving.store.begin() as work:
        close_bidding(work, opened.id)
        work.commit()
    text = page(serving.client(market.approver), "/mine")
    assert "written 6 days ago" in text
    assert "since 4 Mar, 4 days" in text
