"""What `/readyz` says of the processors beside it."""

from pathlib import Path

from starlette.testclient import TestClient

from infra.outbox import EVENTS, Message
from infra.settings import Settings
from jiebang.compose import embedded
from jiebang.maintenance import prepare
from tests.waiting import wait_until


def test_a_paused_consumer_is_named_and_requests_are_still_served(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    prepare(settings)
    with embedded(settings) as app:
        client = TestClient(app)
        consumers = client.get("/readyz").json()["consumers"]
        assert consumers == dict.fromkeys(["intake", "matcher", "notifier", "progress", "indexer"], "running")
        with app.state.services.store.begin() as work:
            work.outbox.append_message(Message(EVENTS, "k", {"ce_type": "jiebang.team.praised.v9"}, b"{}"))
            work.commit()
        wait_until(
            lambda: client.get("/readyz").json()["consumers"]["indexer"] == "paused", "the pause to be named"
        )
        assert client.get("/readyz").status_code == 200
        assert 'jiebang_stream_paused{consumer="indexer"} 1.0' in client.get("/metrics").text
