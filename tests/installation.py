"""An installation to try things on: a migrated store with the test market in it."""

from infra.accounts import issue_token
from infra.settings import Settings
from infra.system import SystemClock
from jiebang.compose import core
from jiebang.maintenance import prepare
from tests.market import Market, build_market


def fill(settings: Settings) -> Market:
    """Prepare the installation and build the market in it."""
    prepare(settings)
    with core(settings) as of:
        return build_market(of.store, of.taxonomy)


def token_of(settings: Settings, person_id: str) -> str:
    """A new API token of the person, in the clear."""
    with core(settings) as of, of.database.write() as connection:
        token = issue_token(connection, person_id, "test", SystemClock().now())
        connection.commit()
    return token.secret
