"""Run a command that dies with the process that started it, however that process dies.

The starter runs `leashed(command)` with a pipe, which only the starter holds, as standard input. This script
forks a small watcher and becomes the command itself, so that the started process id is the command's. The
watcher reads the pipe: its end means that the starter is gone, and the watcher kills the command.
(Linux could do this with PR_SET_PDEATHSIG, but that fires when the starting *thread* ends.)
"""

import os
import signal
import sys
from collections.abc import Sequence


def leashed(command: Sequence[str]) -> list[str]:
    """Return the command that runs `command` on the leash; start it with `stdin=PIPE`."""
    return [sys.executable, "-I", "-S", __file__, *command]


def _become(command: list[str]) -> None:
    process, nothing = os.getpid(), os.open(os.devnull, os.O_RDWR)
    if os.fork() == 0:
        os.dup2(nothing, 1)  # whoever reads the command's output shall see its end
        os.dup2(nothing, 2)
        _watch(process)
        return
    os.dup2(nothing, 0)
    os.execvp(command[0], command)  # noqa: S606 - the starter's own command, no shell


def _watch(process: int) -> None:
    while os.read(0, 1):
        pass
    if os.getppid() == process:  # otherwise the command has ended, and its id may be another's by now
        os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    _become(sys.argv[1:])
