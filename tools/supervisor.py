"""Keep several processes running side by side, their output on one terminal, until told to stop."""

import asyncio
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from tools.leash import leashed

STOP_SECONDS = 15.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
LINE_LIMIT = 1 << 20


class CommandFailed(RuntimeError):
    """A command that had to succeed did not."""


def show(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)


@dataclass(slots=True)
class Supervisor:
    """Runs commands with `environment` and writes every line of theirs, after the command's name, to `write`.

    Use it as a context: on leaving it, what runs gets SIGTERM, 15 s to end, and is killed then.
    The processes end with this one, however it ends.
    """

    environment: Mapping[str, str]
    write: Callable[[str], None] = show
    _running: dict[Process, asyncio.Task[int]] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        for end in (Process.terminate, Process.kill):
            running = {process: output for process, output in self._running.items() if not output.done()}
            for process in running:
                with suppress(ProcessLookupError):  # it has ended; its output has not yet
                    end(process)
            if running:
                await asyncio.wait(running.values(), timeout=STOP_SECONDS)

    async def run_once(self, name: str, command: Sequence[str]) -> None:
        """Run a command to its end; raises CommandFailed unless it succeeds."""
        code = await self._run(name, command)
        if code:
            raise CommandFailed(f"{name} ended with code {code}; its last lines are above")

    async def keep_running(self, commands: Mapping[str, Sequence[str]]) -> None:
        """Run the named commands, and each one again when it ends, until cancelled.

        The pause before a restart doubles from 0.5 s to 10 s while a command keeps ending within 10 s.
        """
        async with asyncio.TaskGroup() as group:
            for name, command in commands.items():
                group.create_task(self._keep(name, command))

    async def _keep(self, name: str, command: Sequence[str]) -> None:
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE
        while True:
            started = loop.time()
            code = await self._run(name, command)
            pause = FIRST_PAUSE if loop.time() - started > LONGEST_PAUSE else pause
            self.write(f"{name} | ended with code {code}; starts again in {pause} s")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _run(self, name: str, command: Sequence[str]) -> int:
        process = await asyncio.create_subprocess_exec(
            *leashed(command),
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            env=dict(self.environment),
            limit=LINE_LIMIT,
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops the others
        )
        self._running[process] = output = asyncio.create_task(self._follow(name, process))
        await asyncio.wait([output])  # a cancellation ends the waiting, not the copying of the output
        del self._running[process]
        return output.result()

    async def _follow(self, name: str, process: Process) -> int:
        assert process.stdin is not None  # noqa: S101 - narrowed for the type checker: both are pipes
        assert process.stdout is not None  # noqa: S101
        async for line in process.stdout:
            self.write(f"{name} | {line.decode(errors='replace').rstrip()}")
        process.stdin.close()  # lets go of the leash
        return await process.wait()
