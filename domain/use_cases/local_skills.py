"""An administrator's own skills; a change of them ranks everything anew, as rankings are made on request."""

from domain.errors import StaleAggregate
from domain.local_skills import LocalSkill, SkillWords, require_fitting
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor, Role
from domain.ports import UnitOfWork


def add_local_skill(
    work: UnitOfWork, actor: Actor, code: str, words: SkillWords, shipped: Taxonomy
) -> LocalSkill:
    """Add a skill to the shipped taxonomy. Raises NotAllowed, and the errors of `require_fitting`."""
    actor.require(Role.ADMINISTRATOR)
    skill = LocalSkill.add(work.new_id(), code, words)
    require_fitting(skill, work.local_skills.all(), shipped)
    work.local_skills.save(skill)
    return skill


def change_local_skill(
    work: UnitOfWork, actor: Actor, code: str, version: int | None, words: SkillWords, shipped: Taxonomy
) -> LocalSkill:
    """Replace the words of the skill that the actor read at `version` (None: whichever there is).

    The challenges that ask for it will be found by its new name. Raises NotAllowed, NotFound, StaleAggregate,
    and the errors of `require_fitting`.
    """
    actor.require(Role.ADMINISTRATOR)
    skill = work.local_skills.of_code(code)
    if version is not None and version != skill.version:
        raise StaleAggregate(kind=LocalSkill.name, id=code, version=skill.version)
    if words == skill.words:
        return skill
    skill.change(words)
    require_fitting(skill, work.local_skills.all(), shipped)
    work.local_skills.save(skill)
    work.challenges.refresh_listings_asking(code)
    return skill
