"""The processes that tools and deployments start are commands of `jiebang`."""

from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from jiebang.cli import app
from tools.run_scaled import METRICS_PORTS, PREPARATIONS, PROCESSES, command_of
from tools.services.local import ROOT


def commands() -> list[list[str]]:
    document: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "infra/deploy/compose.yaml").read_text())
    deployed = [
        service["command"] for service in document["services"].values() if service["image"] == "jiebang"
    ]
    return [*deployed, *PREPARATIONS.values(), *PROCESSES.values()]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_it_is_a_command(words: list[str]) -> None:
    command, context, arguments = get_command(app), None, list(words)
    while isinstance(command, TyperGroup):
        context = command.make_context("jiebang", list(arguments), parent=context)
        name, chosen, arguments = command.resolve_command(context, arguments)
        assert chosen is not None, f"{name} is no command"
        command = chosen
    command.make_context(words[-1], arguments, parent=context)


def test_each_process_beside_the_api_shows_its_figures_on_a_port_of_its_own() -> None:
    assert set(METRICS_PORTS) == {name for name, words in PROCESSES.items() if words[0] != "api"}
    assert len(set(METRICS_PORTS.values())) == len(METRICS_PORTS)
    assert command_of("relay")[:2] == ["env", f"JIEBANG_METRICS_PORT={METRICS_PORTS['relay']}"]
    assert command_of("api 8000")[1:] == PROCESSES["api 8000"]
