"""`jiebang administrator`: the first command of an installation without sample data."""

from typing import TYPE_CHECKING, Annotated

import typer

from jiebang.passwords import chosen_for
from jiebang.refusals import WRONG, read_settings, refusals

if TYPE_CHECKING:
    from domain.organisations import Organisation
    from infra.unit_of_work import SqlUnitOfWork

COLLEGE = ("--college-zh", "--college-en", "--city", "--province")
College = tuple[str | None, str | None, str | None, str | None]


def administrator(
    login: Annotated[str, typer.Argument(help="The name to sign in with, such as zhang.wei.")],
    name_zh: Annotated[str, typer.Option(help="What they are called, in Chinese.")],
    name_en: Annotated[str, typer.Option(help="The same in English.")],
    college_zh: Annotated[str | None, typer.Option(help="At first: the college that runs this.")] = None,
    college_en: Annotated[str | None, typer.Option(help="At first: its name in English.")] = None,
    city: Annotated[str | None, typer.Option(help="At first: where it is, such as 常州.")] = None,
    province: Annotated[str | None, typer.Option(help="At first: such as 江苏.")] = None,
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it.")] = False,
) -> None:
    """Make an administrator of the platform; asks for a password, or reads a line of standard input.

    The first one's college is registered, too; those who follow belong to it.
    """
    from infra.accounts import Passwords, set_password
    from infra.schema import require_current
    from jiebang.compose import core  # imports everything, which `--help` should not wait for

    with refusals(), core(read_settings()) as of:
        require_current(of.database)
        college = (college_zh, college_en, city, province)
        with of.store.begin() as work:  # tried first, so that nobody types a password in vain
            _register(work, login, name_zh, name_en, college)
        chosen = chosen_for(login, generate)
        hashed = Passwords().hash(chosen)
        with of.store.begin() as work:
            person_id, organisation = _register(work, login, name_zh, name_en, college)
            set_password(work.connection, person_id, hashed)
            work.commit()
    if generate:
        typer.echo(f"Password / 密码: {chosen}")
    typer.echo(f"{login} signs in as an administrator of {organisation.name_zh} {organisation.name_en}.")


def _register(
    work: "SqlUnitOfWork", login: str, name_zh: str, name_en: str, college: College
) -> tuple[str, "Organisation"]:
    """The new person's id and their organisation."""
    from domain.organisations import Role
    from domain.use_cases.registering import NewPerson, add_person
    from infra.queries.people_lines import home_of_administrators

    home = home_of_administrators(work.connection)
    organisation = _found(work, college) if home is None else work.organisations.get(home)
    wanted = NewPerson(login, name_zh, name_en, frozenset({Role.ADMINISTRATOR}))
    return add_person(work, organisation, wanted).id, organisation


def _found(work: "SqlUnitOfWork", college: College) -> "Organisation":
    """Register the college that runs the platform."""
    from domain.organisations import OrganisationKind
    from domain.use_cases.registering import NewOrganisation, add_organisation

    missing = [option for option, given in zip(COLLEGE, college, strict=True) if given is None]
    if missing:
        typer.echo(
            f"The first administrator's college is registered with them: also give {', '.join(missing)}.",
            err=True,
        )
        raise typer.Exit(WRONG)
    zh, en, city, province = (given or "" for given in college)
    return add_organisation(work, NewOrganisation(OrganisationKind.SCHOOL, zh, en, city, province))
