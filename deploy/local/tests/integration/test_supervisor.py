"""What dies is started again, and nothing outlives the stack."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from local_stack.children import Program, ProgramFailed, running
from local_stack.supervisor import EXIT_CONFIG, Supervisor

# Writes its process id and one variable, then sleeps.
_SLEEPER = """
import os, sys, time
open(sys.argv[1], "w").write(f"{os.getpid()} " + os.environ.get("CRASH_AT", ""))
time.sleep(60)
"""


def program(folder: Path, code: str) -> Program:
    told = folder / "told"
    return Program(
        name="sleeper",
        argv=(sys.executable, "-c", code, str(told)),
        log=folder / "sleeper.log",
        is_ready=lambda: told.exists() and told.read_text() != "",
        ready_within_s=10,
    )


def told(folder: Path) -> tuple[int, str]:
    pid, _, env = (folder / "told").read_text().partition(" ")
    return int(pid or 0), env  # empty while it is being written


def is_gone(pid: int) -> bool:
    """Ended; a zombie has ended too, only nobody has asked yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    made = Supervisor(say=lambda _: None)
    yield made
    await made.stop()


class TestSupervisor:
    async def test_starts_again_what_was_killed(
        self, supervisor: Supervisor, tmp_path: Path
    ) -> None:
        await supervisor.keep(program(tmp_path, _SLEEPER))
        first, _ = told(tmp_path)
        (kept,) = supervisor.all()
        kept.next_env = {"CRASH_AT": "relay.after-send"}

        os.kill(first, signal.SIGKILL)
        await until(lambda: kept.restarts == 1 and told(tmp_path)[0] != first)

        second, crash_at = told(tmp_path)
        assert second == kept.child.pid
        assert crash_at == "relay.after-send"
        assert kept.last_exit == -signal.SIGKILL

    async def test_gives_up_on_a_program_whose_settings_are_wrong(
        self, supervisor: Supervisor, tmp_path: Path
    ) -> None:
        code = f"import sys; open(sys.argv[1],'w').write('1 '); sys.exit({EXIT_CONFIG})"

        await supervisor.keep(program(tmp_path, code))
        await until(supervisor.lost.is_set)

        assert supervisor.all()[0].state == "failed"

    async def test_says_what_the_log_said_when_a_program_does_not_start(
        self, supervisor: Supervisor, tmp_path: Path
    ) -> None:
        with pytest.raises(ProgramFailed, match="no such port"):
            await supervisor.keep(program(tmp_path, "raise SystemExit('no such port')"))

    async def test_stops_all_in_the_end(self, supervisor: Supervisor, tmp_path: Path) -> None:
        await supervisor.keep(program(tmp_path, _SLEEPER))
        pid, _ = told(tmp_path)

        await supervisor.stop()

        assert is_gone(pid)


class TestChildren:
    def test_end_with_the_block(self, tmp_path: Path) -> None:
        with running(program(tmp_path, _SLEEPER)):
            pid, _ = told(tmp_path)

        assert is_gone(pid)

    @pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
    async def test_end_when_their_parent_is_killed(self, tmp_path: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from local_stack.children import *;"
            f"p = Program('s', (sys.executable, '-c', {_SLEEPER!r}, sys.argv[1]),"
            " Path(sys.argv[1] + '.log'), lambda: True); start(p); sys.stdin.read()"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "told")], stdin=subprocess.PIPE
        )
        await until(lambda: (tmp_path / "told").exists() and " " in (tmp_path / "told").read_text())
        pid, _ = told(tmp_path)

        parent.kill()
        parent.wait()

        await until(lambda: is_gone(pid))
        assert parent.returncode == -signal.SIGKILL
