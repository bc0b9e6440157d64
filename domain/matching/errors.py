"""Named errors of the matching engine: what is wrong with a need, a level, a policy or a data file."""

from typing import ClassVar

from domain.errors import Invalid, NotFound


class UnknownSkill(Invalid):
    """The taxonomy has no skill with this code."""

    code: ClassVar[str] = "unknown_skill"

    def __init__(self, skill: str, field: str | None = None) -> None:
        super().__init__(field=field, skill=skill)


class InvalidLevel(Invalid):
    """A level lies outside the range that its place allows."""

    code: ClassVar[str] = "invalid_level"

    def __init__(self, level: object, lowest: int, highest: int, field: str | None = None) -> None:
        super().__init__(field=field, level=level, lowest=lowest, highest=highest)


class InvalidWeight(Invalid):
    """A weight is not a finite number above zero, or the weights do not sum to 1."""

    code: ClassVar[str] = "invalid_weight"


class InvalidHours(Invalid):
    """Weekly hours are not a finite number of at least zero."""

    code: ClassVar[str] = "invalid_hours"

    def __init__(self, hours: object, field: str | None = None) -> None:
        super().__init__(field=field, hours=hours)


class EmptyNeed(Invalid):
    """A need asks for no skill, so nothing can be matched to it."""

    code: ClassVar[str] = "empty_need"


class RepeatedSkill(Invalid):
    """A need names the same skill twice."""

    code: ClassVar[str] = "repeated_skill"

    def __init__(self, skill: str, field: str | None = None) -> None:
        super().__init__(field=field, skill=skill)


class InvalidPolicy(Invalid):
    """A policy's number is not finite or lies outside its range."""

    code: ClassVar[str] = "invalid_policy"


class InvalidLimit(Invalid):
    """A ranking was asked for with fewer than one place."""

    code: ClassVar[str] = "invalid_limit"

    def __init__(self, k: int) -> None:
        super().__init__(field="k", k=k, lowest=1)


class InvalidProfile(Invalid):
    """A stored profile text does not have the form "code:byte code:byte"."""

    code: ClassVar[str] = "invalid_profile"

    def __init__(self, item: str) -> None:
        super().__init__(field="profile", item=item)


class TaxonomyError(Invalid):
    """A data file of the taxonomy breaks a rule; says the file, the line and what to do."""

    code: ClassVar[str] = "taxonomy_error"

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(field=f"{file}:{line}", file=file, line=line, reason=reason)


class TaxonomyTooLarge(Invalid):
    """A taxonomy has more skills than the packed index can hold."""

    code: ClassVar[str] = "taxonomy_too_large"

    def __init__(self, skills: int, most: int) -> None:
        super().__init__(field="skills", skills=skills, most=most)


class NotInReplica(NotFound):
    """The team or the open challenge is not in memory here: it is not open, or its news has not arrived."""

    code: ClassVar[str] = "not_in_replica"


class BelowFloor(Invalid):
    """A rank was asked for at a score below those that were taken."""

    code: ClassVar[str] = "below_floor"


class InvalidInstance(Invalid):
    """An allocation problem is not well formed: an id is unknown or repeated, a capacity below zero."""

    code: ClassVar[str] = "invalid_instance"

    def __init__(self, field: str, reason: str, value: object) -> None:
        super().__init__(field=field, reason=reason, value=value)


class PreferencesMissing(Invalid):
    """A stable allocation needs preferences of every lecturer; choose another policy or add them."""

    code: ClassVar[str] = "preferences_missing"

    def __init__(self, lecturer: str) -> None:
        super().__init__(field=f"lecturers.{lecturer}.preferences", lecturer=lecturer)


class InvalidTeamRules(Invalid):
    """The rules for a team contradict themselves or name somebody who is not a candidate."""

    code: ClassVar[str] = "invalid_team_rules"


class NoTeamPossible(Invalid):
    """No team of the candidates keeps the rules; relax the size, the schools, the roles or the hours."""

    code: ClassVar[str] = "no_team_possible"
