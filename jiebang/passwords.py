"""`jiebang password`: the operator gives somebody another password, for whoever has forgotten theirs."""

import sys
from typing import Annotated

import typer

from jiebang.refusals import WRONG, read_settings, refusals


def password(login: Annotated[str, typer.Argument(help="The name that they sign in with.")]) -> None:
    """Give somebody another password: asks for it, or reads a line of standard input. Ends their sessions."""
    from infra.accounts import Passwords, person_of_login, set_password
    from infra.schema import require_current
    from jiebang.compose import core

    with refusals(), core(read_settings()) as of:
        require_current(of.database)
        with of.database.read() as connection:
            person_id = person_of_login(connection, login)
        hashed = Passwords().hash(chosen_for(login))
        with of.database.write() as connection:
            set_password(connection, person_id, hashed)
            connection.commit()
    typer.echo(f"{login} signs in with the new password; their sessions have ended, their tokens stay.")


def chosen_for(login: str, generate: bool = False) -> str:
    """A password that the person of `login` may have: made here, or asked for. Ends the process with a
    sentence for one that others guess."""
    from api.sentences import explain
    from domain.passwords import WeakPassword, check_new_password
    from infra.accounts import new_password

    if generate:
        return new_password()
    chosen = _asked_for()
    try:
        check_new_password(chosen, login)
    except WeakPassword as error:
        typer.echo(explain(error, "en"), err=True)
        raise typer.Exit(WRONG) from error
    return chosen


def _asked_for() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("New password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
