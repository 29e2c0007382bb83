"""The file that every service of the stack reads as its clock."""

import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORMAT = struct.Struct("<q")


class BackwardsError(Exception):
    """The clock was asked to go back."""


class MovableClock:
    """Microseconds since 1970 in eight bytes; stands still between moves, and only moves forward."""

    def __init__(self, path: Path, *, start: datetime) -> None:
        """Go on where the file stands; a new file begins at `start`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if os.fstat(self._file).st_size < _FORMAT.size:
            self._write(start)

    def now(self) -> datetime:
        """The moment at which the stack is, in UTC."""
        microseconds: int = _FORMAT.unpack(os.pread(self._file, _FORMAT.size, 0))[0]
        return _EPOCH + microseconds * _MICROSECOND

    def forward(self, to: datetime) -> None:
        """Move to a moment not before the present one; raises BackwardsError otherwise."""
        now = self.now()
        if to < now:
            raise BackwardsError(f"the clock is at {now.isoformat()}; it does not go back to {to}")
        self._write(to)

    def close(self) -> None:
        """Let the file go."""
        os.close(self._file)

    def _write(self, moment: datetime) -> None:
        os.pwrite(self._file, _FORMAT.pack((moment - _EPOCH) // _MICROSECOND), 0)
