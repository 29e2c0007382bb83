"""Keeps programs running: what dies is started again, after a pause that grows."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from local_stack.children import Child, Program, ProgramFailed, start, stop, tail, wait_ready

WATCH_LOOK_S = 0.03
BACKOFF_FIRST_S = 0.2
BACKOFF_MAX_S = 5.0
LIVED_WELL_S = 10.0

# A program that ends with this code (EX_CONFIG) says that starting it again does not help.
EXIT_CONFIG = 78

State = Literal["starting", "up", "pausing", "failed", "stopped"]


@dataclass(slots=True)
class Kept:
    """A program under watch."""

    program: Program
    child: Child
    started_at: float
    state: State = "starting"
    restarts: int = 0
    last_exit: int | None = None
    next_env: dict[str, str] = field(default_factory=dict)
    watch: asyncio.Task[None] | None = None


class Supervisor:
    """All programs of a stack. Use it from the main thread, see `children.start`."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """`say` is told, in a sentence, what died and what was started again."""
        self._say = say
        self._kept: dict[str, Kept] = {}
        self.lost = asyncio.Event()
        """Set when a program died that cannot be started again."""

    async def keep(self, program: Program, *, again: bool = True) -> None:
        """Start a program, return when it is ready, and watch it from then on.

        Raises ProgramFailed. `again=False` is for what forgets all when it dies.
        """
        kept = Kept(program, start(program), time.monotonic())
        self._kept[program.name] = kept

        await asyncio.to_thread(wait_ready, program, kept.child)
        kept.state = "up"
        kept.watch = asyncio.create_task(self._watch(kept, again))

    def all(self) -> list[Kept]:
        """The programs, in the order in which they were started."""
        return list(self._kept.values())

    def one(self, name: str) -> Kept | None:
        """The program of that name, or None."""
        return self._kept.get(name)

    async def stop(self, names: list[str] | None = None) -> None:
        """Stop some programs, or all, at once; return when they have ended."""
        chosen = [kept for name, kept in self._kept.items() if names is None or name in names]
        for kept in chosen:
            kept.state = "stopped"
            if kept.watch:
                kept.watch.cancel()

        await asyncio.gather(
            *(asyncio.to_thread(stop, kept.program, kept.child) for kept in chosen)
        )

    async def _watch(self, kept: Kept, again: bool) -> None:
        backoff = BACKOFF_FIRST_S
        while True:
            await self._ended(kept)
            if not again or kept.last_exit == EXIT_CONFIG:
                kept.state = "failed"
                self._say(
                    f"{kept.program.name} ended with {kept.last_exit}{tail(kept.program.log)}"
                )
                self.lost.set()
                return

            lived_s = time.monotonic() - kept.started_at
            backoff = BACKOFF_FIRST_S if lived_s > LIVED_WELL_S else backoff
            await self._start_again(kept, backoff)
            backoff = min(backoff * 2, BACKOFF_MAX_S)

    async def _ended(self, kept: Kept) -> None:
        while kept.child.poll() is None:  # noqa: ASYNC110 (a child's end is not an event)
            await asyncio.sleep(WATCH_LOOK_S)
        kept.last_exit = kept.child.returncode

    async def _start_again(self, kept: Kept, pause_s: float) -> None:
        name = kept.program.name
        kept.state = "pausing"
        self._say(f"{name} ended with {kept.last_exit}; starting it again in {pause_s:.1f} s")
        await asyncio.sleep(pause_s)

        kept.child = start(kept.program, **kept.next_env)
        kept.next_env = {}
        kept.started_at, kept.state = time.monotonic(), "starting"
        kept.restarts += 1
        try:
            await asyncio.to_thread(wait_ready, kept.program, kept.child)
            kept.state = "up"
        except ProgramFailed as failure:
            self._say(str(failure).partition("\n")[0])
            await asyncio.to_thread(stop, kept.program, kept.child)
