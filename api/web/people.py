"""Who somebody is, in the reader's language."""

from api.web.i18n import called, gettext
from domain.organisations import Role
from infra.queries.reader_card import ReaderCard

# The role that says most about what a person comes here for, first.
PRECEDENCE = (
    Role.ADMINISTRATOR,
    Role.SCHOOL_ADMIN,
    Role.MENTOR,
    Role.ENGINEER,
    Role.FACTORY_ADMIN,
    Role.STUDENT,
)


def role_word(role: Role) -> str:
    """A role as people say it."""
    match role:
        case Role.ENGINEER:
            return gettext("engineer")
        case Role.FACTORY_ADMIN:
            return gettext("approver")
        case Role.STUDENT:
            return gettext("student")
        case Role.MENTOR:
            return gettext("mentor")
        case Role.SCHOOL_ADMIN:
            return gettext("school administrator")
        case Role.ADMINISTRATOR:
            return gettext("administrator")


def role_line(card: ReaderCard) -> str:
    """Where somebody belongs and in which role: their team for a student, else their organisation."""
    if card.teams:
        team = card.teams[0]
        return f"{team.title} · {gettext('captain') if team.is_captain else gettext('member')}"
    role = next(role for role in PRECEDENCE if role in card.roles)
    return f"{called(card.organisation)} · {role_word(role)}"


def roles_line(card: ReaderCard) -> str:
    """All roles of somebody, apart by commas."""
    return ", ".join(role_word(role) for role in PRECEDENCE if role in card.roles)
