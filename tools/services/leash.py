"""Run a command that dies with the process that started it, however that process dies.

Run as a script: `python -I -S leash.py COMMAND…` with standard input a pipe that only the starter holds.
The script forks a small watcher and becomes the command itself, so the starter's process id is the command's.
The watcher reads the pipe: its end means that the starter is gone, and the watcher kills the command.
(Linux could do this with PR_SET_PDEATHSIG, but that fires when the starting *thread* ends.)
"""

import os
import signal
import sys


def main() -> None:
    """Fork the watcher, then become the command given as arguments."""
    command = os.getpid()
    if os.fork() == 0:
        _watch(command)
        return
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the caller's own command, no shell


def _watch(command: int) -> None:
    while os.read(0, 1):
        pass
    if os.getppid() == command:  # otherwise the command has ended, and its id may be another's by now
        os.kill(command, signal.SIGKILL)


main()
