"""The API against its own OpenAPI document: Schemathesis with all checks, as different people."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.live_server import listening
from tests.market import bid_of, post_open, running_project
from tests.serving import Serving, actors_of

CONFIG = Path(__file__).parents[2] / "contract" / "api" / "schemathesis.toml"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("login", "phases"),
    [
        ("administrator", "examples,coverage,fuzzing"),
        ("engineer", "examples,fuzzing"),
        ("captain", "examples,fuzzing"),
    ],
)
def test_the_api_keeps_its_document(serving: Serving, login: str, phases: str) -> None:
    running_project(serving.store, serving.market, serving.taxonomy)
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    bid_of(serving.store, serving.market.captain, serving.market.team, challenge.id)
    serving.settle()
    serving.services.hub.close()  # so that the stream ends and can be read to its end
    token = serving.tokens[actors_of(serving.market)[login].person_id]
    with listening(serving.app) as address:
        told = subprocess.run(
            [
                str(Path(sys.executable).with_name("st")),
                "--config-file",
                str(CONFIG),
                "run",
                f"{address}/api/v1/openapi.json",
                "--checks=all",
                "--max-examples=4",
                "--seed=1",
                "--warnings=off",
                f"--phases={phases}",
                f"--header=Authorization: Bearer {token}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 0, told.stdout[-6000:] + told.stderr[-2000:]
    assert "No issues found" in told.stdout
