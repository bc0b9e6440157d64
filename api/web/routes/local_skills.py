"""The installation's own skills, which an administrator adds and renames."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.web.forms import Errors, Form, FormOf
from api.web.i18n import gettext
from api.web.visit import Visit, VisitOf
from domain.errors import DomainError, StaleAggregate
from domain.local_skills import LocalSkill, SkillWords
from domain.matching.taxonomy import Node, Side, Taxonomy
from domain.organisations import Role
from domain.use_cases.local_skills import add_local_skill, change_local_skill
from infra.repositories.local_skills import local_skill, local_skills_of

router = APIRouter(prefix="/local-skills")

MOST_NAME, MOST_CODE, MOST_ALIASES, MOST_ALIAS_TEXT = 80, 80, 50, 2_000
PREFIX = "local-"
BETWEEN_ALIASES = re.compile(r"[,，、;；\n]")
LocalCode = Annotated[str, Path(max_length=MOST_CODE)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form for a skill shows; `aliases` apart by commas."""

    code: str = ""
    zh: str = ""
    en: str = ""
    aliases: str = ""
    side: str = Side.OT.value
    group: str = ""
    version: int = 0

    @classmethod
    def of(cls, skill: LocalSkill) -> "Typed":
        """The skill as it is kept."""
        words = skill.words
        aliases = ", ".join(words.aliases)
        return cls(skill.code, words.zh, words.en, aliases, words.side, words.group, skill.version)

    @classmethod
    def back(cls, form: Form, version: int = 0) -> "Typed":
        """The form as it came back."""
        raw = form.raw
        return cls(raw("code"), raw("zh"), raw("en"), raw("aliases"), raw("side"), raw("group"), version)


@router.get("")
def local_skills(visit: VisitOf) -> Response:
    """All of them, and the form for another."""
    return _list_page(visit, Typed(), Errors())


@router.post("")
def add(visit: VisitOf, form: FormOf) -> Response:
    """Add a skill."""
    visit.me.require(Role.ADMINISTRATOR)
    words = _words(form)
    code = form.text("code", MOST_CODE) or _code_of(words.en)
    if form.accepted:
        try:
            with visit.services.store.begin() as work:
                add_local_skill(work, visit.me, code, words, visit.services.taxonomies.shipped)
                work.commit()
        except DomainError as error:
            _blame(form, error)
        else:
            return visit.go("/local-skills", "local_skill_added")
    return _list_page(visit, Typed.back(form), form.errors)


@router.get("/{code}")
def change_form(visit: VisitOf, code: LocalCode) -> Response:
    """One of them, to call it something else or to move it."""
    visit.me.require(Role.ADMINISTRATOR)
    return _change_page(visit, code, Typed.of(_kept(visit, code)), Errors())


@router.post("/{code}")
def change(visit: VisitOf, form: FormOf, code: LocalCode) -> Response:
    """Change its words, unless somebody else did since they were read."""
    visit.me.require(Role.ADMINISTRATOR)
    _kept(visit, code)
    words, version = _words(form), form.whole("version", 1, 2**31, 1)
    if form.accepted:
        try:
            with visit.services.store.begin() as work:
                shipped = visit.services.taxonomies.shipped
                change_local_skill(work, visit.me, code, version, words, shipped)
                work.commit()
        except StaleAggregate as error:
            form.blame(error)
            version = _kept(visit, code).version  # sent again, it replaces what is there now
        except DomainError as error:
            _blame(form, error)
        else:
            return visit.go("/local-skills", "local_skill_changed")
    return _change_page(visit, code, Typed.back(form, version), form.errors)


def _kept(visit: Visit, code: str) -> LocalSkill:
    with visit.services.database.read() as connection:
        return local_skill(connection, code)


def _words(form: Form) -> SkillWords:
    aliases = [_one_line(alias) for alias in BETWEEN_ALIASES.split(form.text("aliases", MOST_ALIAS_TEXT))]
    known = tuple(alias for alias in aliases if alias)
    if len(known) > MOST_ALIASES or any(len(alias) > MOST_NAME for alias in known):
        form.refuse("aliases", gettext("At most 50 other names of 80 characters each."))
    if not form.raw("group"):
        form.refuse("group", gettext("Choose a group."))
    return SkillWords(
        zh=_one_line(form.text("zh", MOST_NAME, required=True)),
        en=_one_line(form.text("en", MOST_NAME, required=True)),
        aliases=known,
        side=Side(form.choice("side", [side.value for side in Side], Side.OT)),
        group=form.raw("group"),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _code_of(name: str) -> str:
    """Enamel firing → local-enamel-firing."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{PREFIX}{plain}"[:MOST_CODE].rstrip("-")


def _blame(form: Form, error: DomainError) -> None:
    """All other names are in one field."""
    form.blame(error)
    for name in [name for name in form.errors if name.startswith("aliases.")]:
        form.refuse("aliases", form.errors[name])


def _list_page(visit: Visit, typed: Typed, errors: Errors) -> Response:
    visit.me.require(Role.ADMINISTRATOR)
    with visit.services.database.read() as connection:
        found = local_skills_of(connection)
    context = {"skills": found, "typed": typed, "errors": errors, "families": _families(visit)}
    return visit.page("pages/local_skills.html", "skills", context, 422 if errors else 200)


def _change_page(visit: Visit, code: str, typed: Typed, errors: Errors) -> Response:
    context = {"code": code, "typed": typed, "errors": errors, "families": _families(visit)}
    return visit.page("pages/local_skill.html", "skills", context, 422 if errors else 200)


def _families(visit: Visit) -> list[tuple[Node, list[Node]]]:
    """The families of the tree with their groups."""
    shipped: Taxonomy = visit.services.taxonomies.shipped
    nodes = list(shipped.nodes.values())
    return [
        (family, [node for node in nodes if node.parent == family.code])
        for family in nodes
        if family.parent is None
    ]
