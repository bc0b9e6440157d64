"""The supervisor restarts what ends, prefixes output and stops everything."""

import asyncio
import sys

import pytest

from tools.supervisor import CommandFailed, Supervisor


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


class Screen:
    """The lines written so far; `shows` waits until a line was written `times` times."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._changed = asyncio.Event()

    def write(self, line: str) -> None:
        self.lines.append(line)
        self._changed.set()

    async def shows(self, line: str, times: int = 1) -> None:
        async with asyncio.timeout(20):
            while self.lines.count(line) < times:
                self._changed.clear()
                await self._changed.wait()


async def test_a_command_that_must_succeed_says_that_it_failed() -> None:
    screen = Screen()
    async with Supervisor({}, screen.write) as supervisor:
        await supervisor.run_once("good", python("print('done')"))
        with pytest.raises(CommandFailed, match="bad ended with code 3"):
            await supervisor.run_once("bad", python("print('no'); raise SystemExit(3)"))
    assert screen.lines == ["good | done", "bad | no"]


async def test_what_ends_starts_again_and_what_runs_is_left_alone() -> None:
    screen = Screen()
    commands = {
        "brief": python("print('hello')"),
        "steady": python("import time; print('here', flush=True); time.sleep(60)"),
    }
    async with Supervisor({}, screen.write) as supervisor:
        keeping = asyncio.create_task(supervisor.keep_running(commands))
        await screen.shows("brief | hello", times=2)
        await screen.shows("steady | here")
        keeping.cancel()
    assert "brief | ended with code 0; starts again in 0.5 s" in screen.lines
    assert screen.lines.count("steady | here") == 1


async def test_at_the_end_everything_may_finish_its_work() -> None:
    screen = Screen()
    tidy = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    print('tidying')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    async with Supervisor({}, screen.write) as supervisor:
        keeping = asyncio.create_task(supervisor.keep_running({"tidy": python(tidy)}))
        await screen.shows("tidy | ready")
        keeping.cancel()
    assert screen.lines == ["tidy | ready", "tidy | tidying"]
