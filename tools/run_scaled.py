"""`python -m tools.run_scaled`: the scaled form on this machine, on local services, until Ctrl-C."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.services.errors import MissingTool, ServiceFailed
from tools.services.local import ROOT, LocalServices
from tools.services.service import start_all, stop_all
from tools.supervisor import CommandFailed, Supervisor

JIEBANG = str(Path(sys.executable).with_name("jiebang"))
PREPARATIONS = {"migrate": ["migrate"], "seed": ["seed"]}
PROCESSES = {
    "api 8000": ["api", "--port", "8000"],
    "api 8001": ["api", "--port", "8001"],
    "relay": ["relay"],
    "worker core": ["worker", "core"],
    "worker index": ["worker", "index"],
}
METRICS_PORTS = {"relay": 8002, "worker core": 8003, "worker index": 8004}
"""Where the processes that serve no pages show their figures."""


def pointed_at(services: LocalServices) -> dict[str, str]:
    """Return this process's environment, pointed at the services; a home of its own unless one is set."""
    home = {"JIEBANG_HOME": str(ROOT / ".local" / "scaled")}
    return {**home, **os.environ, **services.environment(), "PYTHONUNBUFFERED": "1"}


async def run(environment: Mapping[str, str]) -> None:
    """Prepare the database, then keep the processes running until cancelled."""
    async with Supervisor(environment) as supervisor:
        for name, arguments in PREPARATIONS.items():
            await supervisor.run_once(name, [JIEBANG, *arguments])
        await supervisor.keep_running({name: command_of(name) for name in PROCESSES})


def command_of(process: str) -> list[str]:
    """Return what starts one of PROCESSES."""
    command = [JIEBANG, *PROCESSES[process]]
    port = METRICS_PORTS.get(process)
    return command if port is None else ["env", f"JIEBANG_METRICS_PORT={port}", *command]


def main() -> None:
    """Start the services and the processes; stop them all on Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    services = LocalServices.under()
    print("Starting Kafka, Elasticsearch and PostgreSQL (the first time takes longest).", flush=True)
    try:
        start_all(services.all())
        asyncio.run(run(pointed_at(services)))
    except (MissingTool, ServiceFailed, CommandFailed) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("Stopping.", flush=True)
    finally:
        stop_all(services.all())


if __name__ == "__main__":
    main()
