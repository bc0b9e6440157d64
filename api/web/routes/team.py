"""The reader's team: who is in it and what they can do, which challenges fit, and what became of bids."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from api.fits import fits_for_team
from api.web.forms import Errors, Form, FormOf
from api.web.i18n import gettext
from api.web.ids import Id
from api.web.views.fit import fit_from
from api.web.views.own_team import gaps_of, own_team
from api.web.views.posting import skill_choices
from api.web.views.skill_levels import SkillLevels, levels_as_typed, levels_of
from api.web.visit import Visit, VisitOf
from domain.errors import DomainError, NotFound
from domain.organisations import Role
from domain.teams import Team
from domain.use_cases.teams import (
    ChangeTeam,
    FormTeam,
    accept_invitation,
    change_team,
    decline_invitation,
    form_team,
    leave_team,
    rate_own_skills,
    take_back_invitation,
)
from infra.queries.challenge_bids import bids_of_team
from infra.queries.invitations import asked_by, invitations_of
from infra.queries.mentor_choices import mentor_choices
from infra.queries.names import names_of_people
from infra.queries.students import own_skills, student_of_login, teams_of_school
from infra.queries.team_cards import TeamCard, team_cards
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/team")

BEST = 6
MOST_TITLE = 120


@router.get("")
def team(visit: VisitOf) -> Response:
    """The reader's team; for a student without one the form for it, for a school's people its teams."""
    return _page(visit, Errors(), None)


@router.post("")
def form_new(visit: VisitOf, form: FormOf) -> Response:
    """Form a team that the reader leads."""
    title = form.text("title", MOST_TITLE, required=True)
    hours = form.number("hours_per_week", 0, 168, 0.0) or 0.0
    mentor = form.raw("school_mentor_id") or None
    if form.accepted:
        try:
            with visit.services.store.begin() as work:
                form_team(work, visit.me, FormTeam(title, (), hours, mentor))
                work.commit()
            return visit.go("/team", "team_formed")
        except DomainError as error:
            form.blame(error)
    return _page(visit, form.errors, form)


@router.post("/change")
def change(visit: VisitOf, form: FormOf) -> Response:
    """Change name, hours or mentor."""
    command = ChangeTeam(
        title=form.text("title", MOST_TITLE, required=True),
        hours_per_week=form.number("hours_per_week", 0, 168, 0.0),
        school_mentor_id=form.raw("school_mentor_id") or None,
    )
    return _changed(visit, form, command, "team_changed")


@router.post("/lock")
def lock(visit: VisitOf, form: FormOf) -> Response:
    """Lock the roster, or unlock it."""
    locked = form.raw("locked") == "1"
    return _changed(visit, form, ChangeTeam(locked=locked), "team_locked" if locked else "team_unlocked")


@router.post("/members")
def members(visit: VisitOf, form: FormOf) -> Response:
    """Ask a student by their sign-in name to join, or let a member go."""
    card = _own(visit)
    ids = [member.student_id for member in card.members]
    leaving = form.raw("leave")
    if leaving:
        staying = tuple(id for id in ids if id != leaving)
        return _changed(visit, form, ChangeTeam(member_ids=staying), "team_changed")
    with visit.services.database.read() as connection:
        joining = student_of_login(connection, form.raw("login"))
        asked = {one.student_id for one in asked_by(connection, card.id)}
    if joining is None:
        form.refuse("login", gettext("No student signs in under that name."))
    elif joining in ids:
        form.refuse("login", gettext("They are in the team already."))
    elif joining in asked:
        form.refuse("login", gettext("They have been asked already, and have not answered yet."))
    else:
        ids.append(joining)
    return _changed(visit, form, ChangeTeam(member_ids=tuple(ids)), "invited")


@router.post("/captain")
def captain(visit: VisitOf, form: FormOf) -> Response:
    """Hand the team over to another member."""
    return _changed(visit, form, ChangeTeam(captain_id=form.raw("captain_id")), "handed_over")


@router.post("/leave")
def leave(visit: VisitOf, form: FormOf) -> Response:
    """Leave the team."""
    team_id = _own(visit).id
    return _done(visit, form, lambda work: leave_team(work, visit.me, team_id), "team_left")


@router.post("/asked/{student_id}")
def take_back(visit: VisitOf, form: FormOf, student_id: Id) -> Response:
    """Ask a student no longer."""
    team_id = _own(visit).id

    def act(work: SqlUnitOfWork) -> Team:
        return take_back_invitation(work, visit.me, team_id, student_id)

    return _done(visit, form, act, "invitation_taken_back")


@router.post("/invitations/{team_id}")
def answer(visit: VisitOf, form: FormOf, team_id: Id) -> Response:
    """Join the team that asked the reader, or decline."""
    joins = form.raw("answer") == "accept"
    say = accept_invitation if joins else decline_invitation

    def act(work: SqlUnitOfWork) -> Team:
        return say(work, visit.me, team_id, visit.me.person_id)

    return _done(visit, form, act, "joined" if joins else "invitation_declined")


@router.get("/skills")
def skills(visit: VisitOf) -> Response:
    """The reader's own skills with their levels."""
    with visit.services.database.read() as connection:
        held = own_skills(connection, visit.me.person_id)
    return _skills_page(visit, levels_of(held, visit.services.taxonomy), Errors())


@router.post("/skills")
def save_skills(visit: VisitOf, form: FormOf) -> Response:
    """Save the levels, or show the form with a skill more or less."""
    with visit.services.database.read() as connection:
        held = own_skills(connection, visit.me.person_id)
    typed = levels_as_typed(form, held, visit.services.taxonomy)
    if form.raw("do") == "save" and form.accepted:
        try:
            with visit.services.store.begin() as work:
                rate_own_skills(work, visit.me, typed.claimed, visit.services.taxonomy)
                work.commit()
            return visit.go("/team/skills", "skills_saved")
        except DomainError as error:
            form.blame(error)
    return _skills_page(visit, typed, form.errors, form.raw("skill_query"))


def _skills_page(visit: Visit, levels: SkillLevels, errors: Errors, typed: str = "") -> Response:
    visit.me.require(Role.STUDENT)
    context = {
        "levels": levels,
        "typed": typed,
        "errors": errors,
        "skill_names": skill_choices(visit.services.taxonomy),
    }
    return visit.page("pages/own_skills.html", "team", context, 422 if errors else 200)


def _own(visit: Visit) -> TeamCard:
    visit.require_signed_in()
    team = own_team(visit)
    if team is None:
        raise NotFound(kind="team")
    with visit.services.database.read() as connection:
        return team_cards(connection, [team.id])[team.id]


def _changed(visit: Visit, form: Form, command: ChangeTeam, said: str) -> Response:
    team_id = _own(visit).id
    version = form.whole("version", 0, 2**31, 0)
    return _done(visit, form, lambda work: change_team(work, visit.me, team_id, version, command), said)


def _done(visit: Visit, form: Form, act: Callable[[SqlUnitOfWork], Team], said: str) -> Response:
    if form.accepted:
        try:
            with visit.services.store.begin() as work:
                act(work)
                work.commit()
            return visit.go("/team", said)
        except DomainError as error:
            form.blame(error)
    return _page(visit, form.errors, form)


def _page(visit: Visit, errors: Errors, form: Form | None) -> Response:
    visit.require_signed_in()
    status = 422 if errors else 200
    with visit.services.database.read() as connection:
        invitations = invitations_of(connection, visit.me.person_id)
    shared: dict[str, object] = {"errors": errors, "typed": form, "invitations": invitations}
    if own_team(visit) is not None:
        return visit.page("pages/team.html", "team", shared | _team(visit, _own(visit)), status)
    if visit.me.has(Role.STUDENT) and visit.card and Role.STUDENT in visit.card.roles:
        with visit.services.database.read() as connection:
            shared["mentors"] = mentor_choices(connection, [visit.me.organisation_id])
        return visit.page("pages/team_new.html", "team", shared, status)
    with visit.services.database.read() as connection:
        ids = teams_of_school(connection, visit.me.organisation_id)
        cards = team_cards(connection, ids)
    return visit.page("pages/teams.html", "team", shared | {"teams": [cards[id] for id in ids]})


def _team(visit: Visit, card: TeamCard) -> dict[str, object]:
    with visit.services.database.read() as connection:
        bids = bids_of_team(connection, card.id)
        mentors = mentor_choices(connection, [school.id for school in card.schools])
        mentor = names_of_people(connection, [card.school_mentor_id or ""])
        asked = asked_by(connection, card.id)
    fits = fits_for_team(visit.services, visit.viewer, card.id, BEST)
    best = [(one, fit_from(one.told, visit.services.taxonomy)) for one in fits if not one.not_relevant]
    return {
        "team": card,
        "asked": asked,
        "leads": card.captain_id == visit.me.person_id,
        "bids": bids,
        "best": best,
        "mentors": mentors,
        "mentor": mentor.get(card.school_mentor_id or ""),
        "gaps": gaps_of(visit, visit.services.rankings.now(), card.id),
    }
