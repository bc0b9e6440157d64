"""`jiebang people`: the operator lets many people in at once, from a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jiebang.offline.commands import File, InLanguage, Language, Template
from jiebang.offline.terminal import progress_bar, told_mistakes, write_template
from jiebang.refusals import read_settings, refusals

if TYPE_CHECKING:
    from infra.unit_of_work import SqlUnitOfWork
    from jiebang.people_file import Added

HEADER = {"zh": ("登录名", "密码"), "en": ("login", "password")}


def people(
    file: File = None,
    output: Annotated[
        Path | None, typer.Option(help="The .xlsx or .csv to write passwords to, or the template.")
    ] = None,
    template: Template = None,
    language: InLanguage = Language.ZH,
) -> None:
    """Register the people of FILE (xlsx, CSV, JSON, YAML), all or none; writes their first passwords."""
    from jiebang.people_file import PEOPLE

    if template is not None:
        write_template([PEOPLE], template, language.value, output)
        return
    if file is None:
        raise typer.BadParameter("Name a file, or print one with --template csv.", param_hint="FILE")
    if output is None or output.exists():
        raise typer.BadParameter("Name a new .xlsx or .csv for the passwords.", param_hint="--output")
    with refusals():
        _register(file, output, language)


def _register(file: Path, output: Path, language: Language) -> None:
    from rich.console import Console

    from api.sentences import explain
    from infra.accounts import Passwords, new_password, set_password
    from infra.queries.organisation_lines import all_organisations
    from infra.schema import require_current
    from jiebang.compose import core
    from jiebang.people_file import add_people, read_people
    from producers.tables.writing import WrittenTable, check_output, write_tables

    stderr = Console(stderr=True)
    with core(read_settings()) as of, told_mistakes(file, stderr), progress_bar(stderr) as progress:
        require_current(of.database)
        check_output(output)
        rows = read_people(file)

        def add(work: "SqlUnitOfWork") -> "list[Added]":
            known = list(work.organisations.find(all_organisations(work.connection)).values())
            return add_people(work, known, rows, explain)

        with of.store.begin() as work:  # tried first, because the hashes take their time
            add(work)
        passwords = {person.login: new_password() for _, person in rows}
        hasher = Passwords()
        hashes = {
            login: hasher.hash(made)
            for login, made in progress.track(passwords.items(), description="密码 Passwords")
        }
        with of.store.begin() as work:
            for one in add(work):
                set_password(work.connection, one.person_id, hashes[one.login])
            output.touch(mode=0o600)
            write_tables(output, [WrittenTable("passwords", HEADER[language.value], list(passwords.items()))])
            work.commit()
    stderr.print(
        f"登记了 {len(passwords)} 人，密码在 {output}。\n"
        f"{len(passwords)} people registered; their passwords are in {output}.",
        markup=False,
    )
