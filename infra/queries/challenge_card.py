"""One challenge as its reader sees it, in one cheap statement."""

from typing import Any

from sqlalchemy import Select, bindparam, select

from infra.queries.documents import Listing
from infra.queries.glance import Glance, Prepared
from infra.repositories.challenges import challenge_of
from infra.tables.market import challenges, organisations


def _card() -> Prepared:
    query: Select[tuple[Any, ...]] = (
        select(challenges, organisations.c.name_zh, organisations.c.name_en)
        .join(organisations, organisations.c.id == challenges.c.factory_id)
        .where(challenges.c.id == bindparam("challenge_id"))
    )
    return Prepared(query)


_CARD = _card()


def challenge_card(look: Glance, challenge_id: str) -> Listing | None:
    """The challenge, whoever may see it; None where there is none."""
    row = look.first(_CARD, challenge_id=challenge_id)
    if row is None:
        return None
    return Listing(challenge_of(row), row["doc_version"], row["bid_count"], row["name_zh"], row["name_en"])
