"""The pulse: what a service still has to do, so that a movable clock knows when the whole platform is at rest."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from shared.base.clock import Moment


@dataclass(frozen=True, slots=True)
class Pulse:
    """`busy` are sentences about work that could be done now; `next_due_at` is when the clock makes more of it."""

    busy: tuple[str, ...] = ()
    next_due_at: Moment | None = None


PulseSource = Callable[[asyncpg.Connection, Moment], Awaitable[Pulse]]
"""Asked on a read-only connection at a moment; a service names its own beside the runtime's."""
