"""The embedded process, killed around commits while clients post and repeat what was not answered."""

import logging
import random
from pathlib import Path

import pytest

from infra.settings import Settings
from jiebang.compose import core
from search.sqlite_catalogue import SqliteCatalogue
from tests.faults import truths
from tests.faults.clients import PAUSE, Posters
from tests.faults.processes import Process, free_port
from tests.installation import fill, token_of
from tests.waiting import wait_until

log = logging.getLogger(__name__)

TEAMS, PEOPLE = 2, 3


@pytest.mark.timeout(1800)
def test_killed_around_commits(tmp_path: Path, rounds: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    log.warning("seed %d, %d rounds", seed, rounds)
    chance = random.Random(seed)
    settings = Settings(home=tmp_path / "home")
    token = token_of(settings, fill(settings).approver.person_id)
    port, output = free_port(), tmp_path / "log"
    url = f"http://127.0.0.1:{port}"
    environment = {
        "JIEBANG_HOME": str(settings.home),
        "JIEBANG_PORT": str(port),
        "JIEBANG_RATE_LIMIT": "1000000/minute",
    }
    process = Process(["run"], environment, output, url)
    with process, Posters([url], token) as posters:
        for _ in range(rounds):
            process.wait_until_ready()
            PAUSE.wait(chance.uniform(0.02, 0.4))
            process.kill()
        process.wait_until_ready()
    acknowledged = set(posters.acknowledged.ids.values())
    assert acknowledged
    with core(settings) as of, Process(["run"], environment, output, url):
        truths.every_acknowledged_challenge_is_there_once(of.database, acknowledged)
        wait_until(
            lambda: truths.catalogue_is_current(of.database, SqliteCatalogue(of.database), acknowledged),
            "each challenge in the catalogue, with its newest version",
        )
        wait_until(
            lambda: truths.every_team_is_told_once(of.database, acknowledged, TEAMS, PEOPLE),
            "each team told once",
        )
        truths.the_log_is_whole_and_in_order(truths.records_of_outbox(of.database))
