"""SLA clocks: how much of the time we have is over. Nothing is counted on the way: moves say when a clock ran."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from disputes.domain.hours import NOTHING, Hours
from disputes.domain.move import ENDED, WAITING, Move, State
from shared.base.clock import Moment


class ClockKind(StrEnum):
    """What has to be done in time."""

    FIRST_ANSWER = "first-answer"
    RESOLUTION = "resolution"
    HARD_STOP = "hard-stop"


LEVELS = (50, 80, 100)
"""Per cent of the limit at which somebody hears of it."""


class Stretch(NamedTuple):
    """Part of a dispute's life; `end` None: it goes on."""

    begin: Moment
    end: Moment | None

    def spent(self, hours: Hours, now: Moment) -> timedelta:
        return hours.spent(self.begin, now if self.end is None else min(self.end, now))


@dataclass(frozen=True, slots=True)
class Limit:
    """How long it may take in those hours, and how long it may pause in all while we wait for others."""

    kind: ClockKind
    length: timedelta
    hours: Hours
    pause_max: timedelta = NOTHING


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one dispute: it runs in `running` and rests in `waiting`, where it may for so long."""

    limit: Limit
    running: tuple[Stretch, ...]
    waiting: tuple[Stretch, ...]
    rests_for: State | None = None
    """What it waits for, if that is its last stretch."""

    @property
    def has_stopped(self) -> bool:
        """There is an answer, or an outcome."""
        return all(one.end is not None for one in (*self.running, *self.waiting))

    @property
    def due_at(self) -> Moment | None:
        """When the limit is reached, if nothing moves; None when the clock stopped before."""
        return self.reaches(self.limit.length)

    def is_running(self, now: Moment) -> bool:
        return any(one.begin <= now and (one.end is None or now < one.end) for one in self.running)

    @property
    def goes_on_at(self) -> Moment | None:
        """From when on it runs though we still wait; None if it does not wait."""
        return None if self.rests_for is None else self.running[-1].begin

    def paused_for(self, now: Moment) -> State | None:
        """The state in which it rests then, at or after its last move; None if it runs or has stopped."""
        return None if self.goes_on_at is None or self.goes_on_at <= now else self.rests_for

    def elapsed(self, now: Moment) -> timedelta:
        return sum((one.spent(self.limit.hours, now) for one in self.running), NOTHING)

    def paused(self, now: Moment) -> timedelta:
        waited = sum((one.spent(self.limit.hours, now) for one in self.waiting), NOTHING)
        return min(waited, self.limit.pause_max)

    def level(self, now: Moment) -> int:
        """The highest level that is reached; 0 below all."""
        elapsed = self.elapsed(now)
        return max((one for one in LEVELS if elapsed >= self.limit.length * one / 100), default=0)

    def reaches_level(self, level: int) -> Moment | None:
        """When it reached or will reach that per cent."""
        return self.reaches(self.limit.length * level / 100)

    def reaches(self, length: timedelta) -> Moment | None:
        """When so much was or will be elapsed; None if it stopped before."""
        left, hours = length, self.limit.hours
        for begin, end in self.running:
            there = None if end is None else hours.spent(begin, end)
            if there is None or there >= left:
                return hours.after(begin, left)
            left -= there
        return None


def clock_of(limit: Limit, moves: Sequence[Move]) -> Clock:
    """The clock of that limit after those moves, of which the first is the opening."""
    running: list[Stretch] = []
    waiting: list[Stretch] = []
    pause_left, rests_for = limit.pause_max, None
    for move, stretch in _stretches(limit.kind, moves):
        if move.state not in WAITING or not limit.pause_max:
            running.append(stretch)
            continue
        waiting.append(stretch)
        goes_on = limit.hours.after(stretch.begin, pause_left)
        if stretch.end is None or goes_on < stretch.end:
            running.append(Stretch(goes_on, stretch.end))
        if stretch.end is None:
            rests_for = move.state
        else:
            pause_left -= min(pause_left, limit.hours.spent(stretch.begin, stretch.end))
    return Clock(limit, tuple(running), tuple(waiting), rests_for)


def _stretches(kind: ClockKind, moves: Sequence[Move]) -> Iterator[tuple[Move, Stretch]]:
    """From each move to the next: until we answered, or while nothing is decided, and again once it is reopened."""
    for move, following in zip(moves, [*moves[1:], None], strict=True):
        if kind is ClockKind.FIRST_ANSWER and move.answers:
            return
        if move.state not in ENDED:
            yield move, Stretch(move.at, None if following is None else following.at)
