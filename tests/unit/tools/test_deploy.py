"""The compose file fits the program: what can be checked without a container engine."""

import tomllib
from pathlib import PurePath
from typing import Any

import pytest
import yaml

from infra.settings import Settings
from tools.services.local import ROOT

DEPLOY = ROOT / "infra" / "deploy"
PREFIX = "JIEBANG_"
PROCESSES = {"migrate", "api", "relay", "worker-core", "worker-index"}
NOT_INSTALLED = {"babel.cfg", "Dockerfile", "Dockerfile.dockerignore", "README.md"}
"""Files inside the packages that only somebody with the repository uses."""

Compose = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def services() -> Compose:
    document = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    found: Compose = document["services"]
    return found


def test_every_process_of_the_scaled_form_is_there(services: Compose) -> None:
    assert {name for name, service in services.items() if service["image"] == "jiebang"} == PROCESSES


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_settings_exist_and_make_the_scaled_form(
    process: str, services: Compose, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = services[process]["environment"]
    assert {name.removeprefix(PREFIX).lower() for name in environment} <= Settings.model_fields.keys()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Settings().scaled


def test_only_the_api_is_published_and_only_to_this_host(services: Compose) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert list(published) == ["api"]
    assert all(port.startswith("127.0.0.1:") for port in published["api"])


def test_what_serves_no_pages_shows_its_figures(services: Compose) -> None:
    shown = {name: service["environment"] for name, service in services.items() if "environment" in service}
    showing = {name for name, environment in shown.items() if environment.get("JIEBANG_METRICS_PORT")}
    assert showing == PROCESSES - {"migrate", "api"}
    assert all(shown[name]["JIEBANG_HOST"] == "0.0.0.0" for name in showing)  # noqa: S104 - not published


def test_what_is_waited_for_can_become_healthy(services: Compose) -> None:
    waits = [
        (other, wait["condition"])
        for service in services.values()
        for other, wait in service.get("depends_on", {}).items()
    ]
    assert ("migrate", "service_completed_successfully") in waits
    assert all("healthcheck" in services[other] for other, state in waits if state == "service_healthy")
    assert "/readyz" in services["api"]["healthcheck"]["test"][-1]


def test_the_image_runs_as_somebody_without_rights() -> None:
    instructions = (DEPLOY / "Dockerfile").read_text().splitlines()
    last_stage = instructions[max(i for i, line in enumerate(instructions) if line.startswith("FROM ")) :]
    user = last_stage.index("USER jiebang")
    assert user < last_stage.index('ENTRYPOINT ["jiebang"]')


def test_what_the_image_copies_exists() -> None:
    copied = [
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_what_the_packages_read_is_installed_with_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = project["package-data"]["*"]
    packages = [ROOT / pattern.rstrip("*") for pattern in project["packages"]["find"]["include"]]
    files = {path for package in packages for path in package.rglob("*") if path.is_file()}
    compiled = {path for path in files if "__pycache__" in path.parts}
    data = {path.name for path in files - compiled if path.suffix != ".py"} - NOT_INSTALLED
    assert {name for name in data if not any(map(PurePath(name).match, patterns))} == set()
