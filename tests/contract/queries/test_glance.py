"""Reads by key outside of transactions give what SQLAlchemy gives, errors included."""

import pytest
from sqlalchemy import bindparam, column, select, table
from sqlalchemy.exc import DBAPIError

from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.queries.glance import Prepared, glance
from infra.tables.market import challenges
from infra.unit_of_work import Store
from tests.market import build_market, post_open

READ = select(challenges).where(challenges.c.id == bindparam("id"))


def test_a_row_is_the_same_as_sqlalchemys(store: Store) -> None:
    taxonomy = Taxonomy.load()
    challenge = post_open(store, build_market(store, taxonomy), taxonomy)
    prepared = Prepared(READ)
    with store.database.read() as connection:
        expected = connection.execute(READ, {"id": challenge.id}).one()
    for _ in range(2):  # the second time with the processors of the first
        with glance(store.database) as look:
            found = look.first(prepared, id=challenge.id)
        assert found == dict(expected._mapping)


def test_there_may_be_no_row(database: Database) -> None:
    with glance(database) as look:
        assert look.first(Prepared(READ), id="unknown") is None


def test_an_error_is_sqlalchemys_and_leaves_the_connection_usable(database: Database) -> None:
    missing = Prepared(select(column("id")).select_from(table("nowhere")))
    with pytest.raises(DBAPIError), glance(database) as look:
        look.first(missing)
    with glance(database) as look:
        assert look.first(Prepared(READ), id="unknown") is None
    with database.write() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
