"""Child processes: started in a session of their own, stopped in order, none outlives us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

READY_LOOK_FIRST_S = 0.02
READY_LOOK_MAX_S = 0.2
LOG_TAIL_BYTES = 2_000

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProgramFailed(Exception):
    """A program ended, or was not ready in time; the message ends with the tail of its log."""


@dataclass(frozen=True, slots=True)
class User:
    """Whom a program runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, how to see that it is ready, and how to stop it."""

    name: str
    argv: tuple[str, ...]
    log: Path
    is_ready: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    user: User | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 15.0
    ready_within_s: float = 120.0


Child = subprocess.Popen[bytes]


def start(program: Program, **more_env: str) -> Child:
    """Start a program without waiting for it.

    Call it from the main thread: Linux ends a child when the *thread* that started it ends.
    """
    program.log.parent.mkdir(parents=True, exist_ok=True)
    stop_signal = int(program.stop_signal)

    def end_with_parent() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, stop_signal)

    with program.log.open("ab") as log:
        return subprocess.Popen(
            program.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=program.folder,
            env={**os.environ, **program.env, **more_env},
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 (one system call, no lock taken)
            user=program.user.uid if program.user else None,
            group=program.user.gid if program.user else None,
            extra_groups=() if program.user else None,
        )


def wait_ready(program: Program, child: Child) -> None:
    """Return when the program is ready; raises ProgramFailed when it ended or took too long."""
    deadline = time.monotonic() + program.ready_within_s
    pause_s = READY_LOOK_FIRST_S

    while not program.is_ready():
        if child.poll() is not None:
            raise ProgramFailed(f"{program.name} ended with {child.returncode}{tail(program.log)}")
        if time.monotonic() > deadline:
            took = f"{program.ready_within_s:.0f} s"
            raise ProgramFailed(f"{program.name} was not ready in {took}{tail(program.log)}")
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.3, READY_LOOK_MAX_S)


def stop(program: Program, child: Child) -> None:
    """Ask the program to end; after its grace end the whole process group."""
    if child.poll() is None:
        child.send_signal(program.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            child.wait(program.grace_s)

    kill_group(child.pid)
    child.wait()


def kill_group(pid: int) -> None:
    """End a process group at once; none left is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


@contextmanager
def running(program: Program) -> Iterator[Child]:
    """The program, ready, for the length of the block."""
    child = start(program)
    try:
        wait_ready(program, child)
        yield child
    finally:
        stop(program, child)


def tail(log: Path) -> str:
    """The last lines of a log, indented for a message."""
    with suppress(OSError):
        end = log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").strip()
        return f"; {log}:\n    " + end.replace("\n", "\n    ")
    return ""
