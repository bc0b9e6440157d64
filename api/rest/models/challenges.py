"""Challenges as their readers see them."""

from datetime import datetime

from api.rest.fields import Output
from api.rest.models.challenge_input import Language
from api.rest.models.words import Named, SkillNeedOut
from domain.audience import Confidentiality, Viewer, may_see_brief
from domain.challenges import ChallengeState
from domain.matching.taxonomy import Taxonomy
from infra.queries.documents import Listing


class KpiOut(Output):
    """What is to improve."""

    name: str
    unit: str
    baseline: float
    target: float


class SourceOut(Output):
    """Which system sent it, under which id of its own."""

    system: str
    id: str


class TermsOut(Output):
    """The edition of the terms that a reader of the whole brief accepts, and whether I have."""

    id: str
    accepted: bool


class ChallengeOut(Output):
    """A challenge. Before I accept the `terms` of a confidential one, `text`, `kpi` and `machine` are null.

    `author_id`, `enterprise_mentor_id` and `source` are for its factory. What people wrote is in `language`.
    """

    id: str
    version: int
    number: int
    state: ChallengeState
    title: str
    teaser: str
    text: str | None
    language: Language
    industry: str
    skills: list[SkillNeedOut]
    city: str
    province: str
    remote: bool
    hours_per_week: float
    eligible_schools: list[str]
    reward_cny: int
    kpi: KpiOut | None
    machine: str | None
    confidentiality: Confidentiality
    terms: TermsOut | None
    bids_close_at: datetime
    created_at: datetime
    opened_at: datetime | None
    factory: Named
    bid_count: int
    author_id: str | None
    enterprise_mentor_id: str | None
    source: SourceOut | None

    @classmethod
    def of(cls, listing: Listing, taxonomy: Taxonomy, viewer: Viewer) -> "ChallengeOut":
        """A challenge whose listing `viewer` may see, as far as they may read it."""
        challenge, brief = listing.challenge, listing.challenge.brief
        open_to_me = may_see_brief(brief.confidentiality, challenge.factory_id, challenge.terms, viewer)
        mine = viewer.is_administrator or viewer.organisation_id == challenge.factory_id
        return cls(
            id=challenge.id,
            version=challenge.version,
            number=challenge.number,
            state=challenge.state,
            title=brief.title,
            teaser=brief.teaser,
            text=brief.text if open_to_me else None,
            language="zh" if brief.language == "zh" else "en",
            industry=brief.industry,
            skills=[SkillNeedOut.of(need, taxonomy) for need in brief.skills],
            city=brief.city,
            province=brief.province,
            remote=brief.remote,
            hours_per_week=brief.hours_per_week,
            eligible_schools=list(brief.eligible_schools),
            reward_cny=brief.reward_cny,
            kpi=KpiOut.model_validate(brief.kpi) if brief.kpi and open_to_me else None,
            machine=brief.machine if open_to_me else None,
            confidentiality=brief.confidentiality,
            terms=TermsOut(id=challenge.terms, accepted=open_to_me) if challenge.terms else None,
            bids_close_at=brief.bids_close_at,
            created_at=challenge.created_at,
            opened_at=challenge.opened_at,
            factory=Named(id=challenge.factory_id, zh=listing.factory_zh, en=listing.factory_en),
            bid_count=listing.bid_count,
            author_id=challenge.author_id if mine else None,
            enterprise_mentor_id=challenge.enterprise_mentor_id if mine else None,
            source=SourceOut.model_validate(challenge.source) if challenge.source and mine else None,
        )


class Highlight(Output):
    """Where the words of a search were found, as HTML whose only tag is `<mark>`."""

    title_html: str
    snippet_html: str


class ChallengeLine(Output):
    """A challenge in a list; `summary` is the brief, of a confidential challenge the teaser."""

    id: str
    version: int
    number: int
    state: ChallengeState
    title: str
    summary: str
    language: Language
    industry: str
    skills: list[SkillNeedOut]
    city: str
    province: str
    remote: bool
    reward_cny: int
    confidentiality: Confidentiality
    bids_close_at: datetime
    created_at: datetime
    opened_at: datetime | None
    factory: Named
    bid_count: int
    highlight: Highlight | None

    @classmethod
    def of(cls, listing: Listing, taxonomy: Taxonomy, highlight: Highlight | None = None) -> "ChallengeLine":
        """A challenge whose listing the reader may see."""
        challenge, brief = listing.challenge, listing.challenge.brief
        confidential = brief.confidentiality is Confidentiality.NDA
        return cls(
            id=challenge.id,
            version=challenge.version,
            number=challenge.number,
            state=challenge.state,
            title=brief.title,
            summary=brief.teaser if confidential else brief.text,
            language="zh" if brief.language == "zh" else "en",
            industry=brief.industry,
            skills=[SkillNeedOut.of(need, taxonomy) for need in brief.skills],
            city=brief.city,
            province=brief.province,
            remote=brief.remote,
            reward_cny=brief.reward_cny,
            confidentiality=brief.confidentiality,
            bids_close_at=brief.bids_close_at,
            created_at=challenge.created_at,
            opened_at=challenge.opened_at,
            factory=Named(id=challenge.factory_id, zh=listing.factory_zh, en=listing.factory_en),
            bid_count=listing.bid_count,
            highlight=highlight,
        )
