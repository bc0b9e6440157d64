"""Filling an empty store with the sample data, and saying how to sign in to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from domain.matching.taxonomy import Taxonomy
from domain.use_cases.teams import ChangeTeam, change_team
from infra.accounts import Passwords, issue_token, set_password
from infra.queries.emptiness import is_empty
from infra.unit_of_work import SqlUnitOfWork, Store
from jiebang.sample.cast import Cast, form_teams, register_organisations
from jiebang.sample.entries import (
    HumanEntry,
    Names,
    read_names,
    read_organisations,
    read_teams,
    read_tracks,
    read_trades,
)
from jiebang.sample.history import History
from jiebang.sample.stories import Storyteller, Tale
from jiebang.sample.students import StudentMaker

SEED = 20260302
PASSWORD = "jiebang-sample"  # noqa: S105 -- printed for everybody who tries the sample data
TOKEN_FILE = "sample-token"  # noqa: S105 -- a file's name
TOKEN_OF, TOKEN_LABEL = "engineer", "sample"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sample person worth signing in as, and what they are there; both in Chinese and in English."""

    login: str
    name: Names
    role: Names


@dataclass(frozen=True, slots=True)
class SampleSignIns:
    """How to sign in: everybody has the same password; `token` is an API token of the login "engineer"."""

    people: tuple[SignIn, ...]
    password: str
    token: str


def load_sample(store: Store, taxonomy: Taxonomy, passwords: Passwords, home: Path) -> SampleSignIns | None:
    """Fill the store if it is empty, whole or not at all, and say how to sign in.

    The token is kept in `home`, for its owner's eyes only, so that a later start can say it again. Returns
    None where the store holds something else, or that file is gone.
    """
    token_file = home / TOKEN_FILE
    with store.begin() as work:
        if not is_empty(work.connection):
            return _sign_ins(token_file.read_text().strip()) if token_file.exists() else None
        cast = _tell(work, taxonomy)
        password_hash = passwords.hash(PASSWORD)
        for person_id in cast.actors:
            set_password(work.connection, person_id, password_hash)
        token = issue_token(work.connection, cast.signing_in_as(TOKEN_OF), TOKEN_LABEL, work.now()).secret
        _keep(token_file, token)
        work.commit()
    store.on_messages()
    return _sign_ins(token)


def _tell(work: SqlUnitOfWork, taxonomy: Taxonomy) -> Cast:
    random = Random(SEED)  # noqa: S311 -- the same sample data every time; no secret comes from it
    history = History(work, random)
    cast = Cast()
    register_organisations(cast, history)
    form_teams(cast, history, StudentMaker(random, read_names(), read_tracks()))
    tales = [Tale(file.trade, entry) for file in read_trades() for entry in file.challenges]
    Storyteller(cast, history, taxonomy).tell(tales)
    with history.moment(work.now()) as present:
        for key in read_teams().locked:
            team = cast.teams[key]
            change_team(present, cast.captain(team), team.id, team.version, ChangeTeam(locked=True))
    return cast


def _keep(file: Path, token: str) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(token)


def _sign_ins(token: str) -> SampleSignIns:
    return SampleSignIns(tuple(_shown()), PASSWORD, token)


def _shown() -> Iterator[SignIn]:
    organisations = read_organisations()
    everybody: list[HumanEntry] = [person for factory in organisations.factories for person in factory.people]
    everybody += [member for team in read_teams().teams for member in team.members]
    everybody += [person for school in organisations.schools for person in school.people]
    for entry in everybody:
        if entry.login and entry.shown:
            yield SignIn(entry.login, entry.name, entry.shown)
