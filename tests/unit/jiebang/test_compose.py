"""What refuses to start, and says why."""

from pathlib import Path

import pytest

from infra.settings import Settings
from jiebang.compose import NeverAnew, embedded, generation_of
from jiebang.maintenance import prepare


@pytest.mark.parametrize("consumer", ["notifier", "matcher", "intake", "notifer"])
def test_no_consumer_that_tells_people_begins_anew(tmp_path: Path, consumer: str) -> None:
    settings = Settings(home=tmp_path, generations={consumer: 2, "progress": 2})
    prepare(settings)
    with pytest.raises(NeverAnew) as refusal, embedded(settings):
        pass
    assert str(refusal.value) == (
        f"JIEBANG_GENERATIONS names {consumer}, but only indexer and progress may begin anew: every other "
        "consumer would tell people again what they were told long ago."
    )


def test_a_consumer_that_tells_nobody_may_begin_anew_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, generations={"progress": 3})
    assert [generation_of(settings, name) for name in ("progress", "indexer", "notifier")] == [3, 1, 1]
