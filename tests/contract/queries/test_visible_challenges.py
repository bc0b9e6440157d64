"""The audience rule as SQL answers as the domain's rule does, for every state and every kind of viewer."""

from datetime import timedelta

from sqlalchemy import select

from domain.audience import ANYONE, Confidentiality, Viewer, may_see_listing
from domain.challenges import Challenge
from domain.matching.taxonomy import Taxonomy
from domain.use_cases.challenges import (
    PostChallenge,
    cancel_challenge,
    post_challenge,
    publish_challenge,
    submit_challenge,
)
from infra.queries.visible_challenges import may_see
from infra.queries.visible_needs import visible_open_needs
from infra.tables.market import challenges
from infra.unit_of_work import Store
from tests.market import Market, brief

STEPS = ("draft", "in_review", "open", "taken back", "taken back unseen")


def _post(store: Store, market: Market, taxonomy: Taxonomy, how: Confidentiality, step: str) -> Challenge:
    with store.begin() as work:
        wanted = brief(work.now() + timedelta(days=9), confidentiality=how)
        challenge = post_challenge(work, market.approver, PostChallenge(wanted), taxonomy)
        if step != "draft":
            submit_challenge(work, market.approver, challenge.id)
        if step in ("open", "taken back"):
            publish_challenge(work, market.approver, challenge.id)
        if step.startswith("taken back"):
            cancel_challenge(work, market.approver, challenge.id)
        work.commit()
        return work.challenges.get(challenge.id)


def test_the_rule_is_the_domains(store: Store, market: Market, taxonomy: Taxonomy) -> None:
    posted = [_post(store, market, taxonomy, how, step) for how in Confidentiality for step in STEPS]
    viewers = [
        ANYONE,
        Viewer(market.captain.person_id, market.school),
        Viewer(market.engineer.person_id, market.factory),
        Viewer(market.other_engineer.person_id, market.other_factory),
        Viewer(market.administrator.person_id, market.school, is_administrator=True),
    ]
    for viewer in viewers:
        allowed = {c.id for c in posted if may_see_listing(c.audience, c.factory_id, viewer)}
        with store.database.read() as connection:
            seen = set(connection.execute(select(challenges.c.id).where(may_see(viewer))).scalars())
            needs = {need.challenge_id for need in visible_open_needs(connection, viewer)}
        assert seen == allowed
        assert needs == {c.id for c in posted if c.id in allowed and c.state == "open"}
