"""The clock stands still, and only moves forward."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local_stack.clock.movable import BackwardsError, MovableClock
from shared.base.clock import FileClock

START = datetime(2026, 12, 1, 9, 0, 0, 123456, tzinfo=UTC)


class TestMovableClock:
    def test_services_read_what_it_was_moved_to(self, tmp_path: Path) -> None:
        clock = MovableClock(tmp_path / "clock", start=START)
        service = FileClock(tmp_path / "clock")

        clock.forward(START + timedelta(days=3))

        assert service.now() == clock.now() == START + timedelta(days=3)

    def test_refuses_to_go_back(self, tmp_path: Path) -> None:
        clock = MovableClock(tmp_path / "clock", start=START)

        with pytest.raises(BackwardsError):
            clock.forward(START - timedelta(microseconds=1))

        assert clock.now() == START

    def test_goes_on_where_it_stood_after_a_restart(self, tmp_path: Path) -> None:
        MovableClock(tmp_path / "clock", start=START).forward(START + timedelta(hours=1))

        again = MovableClock(tmp_path / "clock", start=START)

        assert again.now() == START + timedelta(hours=1)
