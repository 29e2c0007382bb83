"""What time it is: the only place in the repository that reads a clock.

The domain clock (due dates, steps, retries, sign-in links) is a port, so that ninety days can be played in seconds.
Leases, heartbeats and timeouts of infrastructure use the machine's own time and do not come here.
"""

import os
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

Moment = datetime
"""An instant, always aware and in UTC."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = struct.Struct("<q")


class Clock(Protocol):
    """Tells the moment that counts for the business."""

    @property
    def moves_by_itself(self) -> bool:
        """Whether time passes without anybody moving it."""
        ...

    def now(self) -> Moment:
        """The present moment, in UTC."""
        ...


class SystemClock:
    """The machine's clock: production."""

    moves_by_itself = True

    def now(self) -> Moment:
        return datetime.now(UTC)


class FileClock:
    """A movable clock shared by processes: the file holds microseconds since 1970 as one little-endian int64.

    It stands still until somebody writes the file again (`move`); reading costs about a microsecond.
    """

    moves_by_itself = False

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)

    def now(self) -> Moment:
        (microseconds,) = _MICROSECONDS.unpack(os.pread(self._file, _MICROSECONDS.size, 0))
        return EPOCH + timedelta(microseconds=microseconds)

    @staticmethod
    def move(path: Path, to: Moment) -> None:
        """Set the clock of every process that reads `path`, in one write."""
        microseconds = (to - EPOCH) // timedelta(microseconds=1)
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(file, _MICROSECONDS.pack(microseconds), 0)
        finally:
            os.close(file)


class FrozenClock:
    """A clock that a test holds in its hand."""

    moves_by_itself = False

    def __init__(self, at: Moment) -> None:
        self.at = at

    def now(self) -> Moment:
        return self.at


def clock_of(path: str) -> Clock:
    """The clock a process is told to use: a file's, or the machine's when no file is named."""
    return FileClock(Path(path)) if path else SystemClock()


def machine_seconds() -> float:
    """Monotonic seconds of this machine, for leases, timeouts and measurements only."""
    return time.monotonic()


def machine_nanoseconds() -> int:
    """Nanoseconds since 1970 by this machine's clock, for spans, broker timestamps and token life only."""
    return time.time_ns()
