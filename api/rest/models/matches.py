"""Why a team fits a challenge, in the words of both languages."""

from api.fits import ChallengeFit, TeamFit
from api.redaction import may_name_members
from api.rest.fields import Output
from api.rest.models.challenges import ChallengeLine
from api.rest.models.words import Named, SkillWord, words
from domain.audience import Viewer
from domain.matching.explanation import Basis, Counterfactual, Explanation, SkillLine, TermLine
from domain.matching.score import FailedGate, Gate
from domain.matching.taxonomy import Taxonomy
from infra.queries.team_cards import TeamCard


class SkillLineOut(SkillWord):
    """One required skill: what the team has of it, and what that adds to the score.

    `provider` is the member who brings it, null where I may not know the team's people. With a `substitute`
    the level is that skill's. `contribution` of at most `maximum` points of the score.
    """

    weight: float
    mandatory: bool
    required: int
    level: int
    provider: Named | None
    basis: Basis
    substitute: str | None
    similarity: float
    credit: float
    contribution: float
    maximum: float

    @classmethod
    def of(cls, line: SkillLine, team: TeamCard, taxonomy: Taxonomy) -> "SkillLineOut":
        """The line in words."""
        zh, en = words(line.skill, taxonomy)
        brought_by = team.member(line.provider) if line.provider else None
        return cls(
            skill=line.skill,
            zh=zh,
            en=en,
            weight=line.weight,
            mandatory=line.mandatory,
            required=line.required,
            level=line.level,
            provider=Named(id=brought_by.student_id, zh=brought_by.name_zh, en=brought_by.name_en)
            if brought_by
            else None,
            basis=line.basis,
            substitute=line.substitute,
            similarity=line.similarity,
            credit=line.credit,
            contribution=line.contribution,
            maximum=line.maximum,
        )


class TermOut(Output):
    """One of the terms focus, balance, availability and site: its value from 0 to 1, and its points."""

    term: str
    value: float
    contribution: float
    maximum: float

    @classmethod
    def of(cls, line: TermLine) -> "TermOut":
        """The term as it is."""
        return cls.model_validate(line)


class GateOut(Output):
    """A gate that is closed to the team, with the skill and its levels where it is a mandatory skill."""

    gate: Gate
    skill: str | None
    required: int | None
    level: int | None

    @classmethod
    def of(cls, gate: FailedGate) -> "GateOut":
        """The gate as it is."""
        return cls.model_validate(gate)


class CounterfactualOut(SkillWord):
    """What one skill raised, or certified, would change."""

    from_level: int
    to_level: int
    certified: bool
    gain: float
    new_score: float
    new_rank: int | None

    @classmethod
    def of(cls, step: Counterfactual, taxonomy: Taxonomy) -> "CounterfactualOut":
        """The step in words."""
        zh, en = words(step.skill, taxonomy)
        return cls(
            skill=step.skill,
            zh=zh,
            en=en,
            from_level=step.from_level,
            to_level=step.to_level,
            certified=step.certified,
            gain=step.gain,
            new_score=step.new_score,
            new_rank=step.new_rank,
        )


class ExplanationOut(Output):
    """The score taken apart: the contributions of `skills` and `terms` sum to it.

    `rank` is the team's place in the challenge's ranking, null where a gate is closed. `missing` are the
    skills that no member has, the weightiest first.
    """

    policy_version: int
    score: float
    rank: int | None
    eligible: bool
    failed_gates: list[GateOut]
    skills: list[SkillLineOut]
    terms: list[TermOut]
    missing: list[str]
    counterfactuals: list[CounterfactualOut]

    @classmethod
    def of(cls, told: Explanation, team: TeamCard, taxonomy: Taxonomy) -> "ExplanationOut":
        """The explanation, redacted already, in words."""
        return cls(
            policy_version=told.policy_version,
            score=told.score,
            rank=told.rank,
            eligible=told.eligible,
            failed_gates=[GateOut.of(gate) for gate in told.failed_gates],
            skills=[SkillLineOut.of(line, team, taxonomy) for line in told.skills],
            terms=[TermOut.of(line) for line in told.terms],
            missing=list(told.missing),
            counterfactuals=[CounterfactualOut.of(step, taxonomy) for step in told.counterfactuals],
        )


class RankedTeam(Output):
    """A team as rankings show it; `members` are null where I may not know its people."""

    id: str
    title: str
    schools: list[Named]
    city: str
    province: str
    hours_per_week: float
    size: int
    members: list[Named] | None

    @classmethod
    def of(cls, team: TeamCard, viewer: Viewer, factory_id: str) -> "RankedTeam":
        """The team as `viewer` may see it for a challenge of `factory_id`."""
        named = may_name_members(viewer, team, factory_id)
        people = [Named(id=m.student_id, zh=m.name_zh, en=m.name_en) for m in team.members]
        return cls(
            id=team.id,
            title=team.title,
            schools=[Named.model_validate(school) for school in team.schools],
            city=team.city,
            province=team.province,
            hours_per_week=team.hours_per_week,
            size=len(team.members),
            members=people if named else None,
        )


class TeamMatch(Output):
    """A place in the ranking of teams for a challenge; `id` is the team's."""

    id: str
    rank: int
    score: float
    team: RankedTeam
    explanation: ExplanationOut

    @classmethod
    def of(cls, fit: TeamFit, viewer: Viewer, factory_id: str, taxonomy: Taxonomy) -> "TeamMatch":
        """The fit as `viewer` may see it."""
        return cls(
            id=fit.hit.id,
            rank=fit.hit.rank,
            score=fit.hit.score,
            team=RankedTeam.of(fit.team, viewer, factory_id),
            explanation=ExplanationOut.of(fit.told, fit.team, taxonomy),
        )


class ChallengeMatch(Output):
    """A place in the ranking of open challenges for a team; `id` is the challenge's.

    `not_relevant` where the team said that it does not concern them; those come last, with their ranks.
    """

    id: str
    rank: int
    score: float
    not_relevant: bool
    challenge: ChallengeLine
    explanation: ExplanationOut

    @classmethod
    def of(cls, fit: ChallengeFit, team: TeamCard, taxonomy: Taxonomy) -> "ChallengeMatch":
        """The fit of one's own team."""
        return cls(
            id=fit.hit.id,
            rank=fit.hit.rank,
            score=fit.hit.score,
            not_relevant=fit.not_relevant,
            challenge=ChallengeLine.of(fit.listing, taxonomy),
            explanation=ExplanationOut.of(fit.told, team, taxonomy),
        )
