"""The clock moves only when everything is at rest, and stops at every due timer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_stack.addresses import LOOPBACK, free_port
from local_stack.clock.ends import Ends
from local_stack.clock.movable import MovableClock
from local_stack.clock.pulses import Pulses
from local_stack.clock.settling import Mover, NotSettledError
from local_stack.servers import Servers, app

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TOPIC = "ledger.events.v1"


class Service:
    """Answers `/pulse`; a timer of it is due every day at nine, until the last one."""

    def __init__(self, clock: MovableClock, last: datetime) -> None:
        self.clock = clock
        self.last = last
        self.busy: list[str] = []
        self.consumed = 0
        self.stops: list[datetime] = []

    def pulse(self) -> dict[str, Any]:
        now = self.clock.now()
        if not self.stops or self.stops[-1] != now:
            self.stops.append(now)
        due = now + timedelta(days=1)
        return {
            "service": "ledger",
            "now": now.isoformat(),
            "busy": self.busy,
            "next_due_at": due.isoformat() if due <= self.last else None,
            "consumed": {TOPIC: {"0": self.consumed}},
            "told_seq": 0,
        }


class Log:
    """A topic of one partition whose end we say."""

    def __init__(self) -> None:
        self.end = 0

    async def of(self, topics: set[str]) -> Ends:
        return {topic: {0: self.end} for topic in topics}

    async def close(self) -> None:
        pass


class World:
    def __init__(self, folder: Path) -> None:
        self.clock = MovableClock(folder / "clock", start=START)
        self.service = Service(self.clock, last=START + timedelta(days=3))
        self.log = Log()
        self.port = free_port()
        self.pulses = Pulses({"ledger": f"http://{LOOPBACK}:{self.port}"})
        self.mover = Mover(self.clock, self.pulses, self.log)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made, servers = World(tmp_path), Servers()
    stub = app("stub")
    stub.add_api_route("/pulse", made.service.pulse)
    await servers.serve(stub, made.port)
    yield made
    await made.pulses.close()
    await servers.stop()


class TestSettle:
    async def test_returns_when_nobody_has_work(self, world: World) -> None:
        await world.mover.settle(timeout_s=5)

    async def test_says_who_is_busy_when_the_time_is_up(self, world: World) -> None:
        world.service.busy = ["outbox: 3 events not sent"]

        with pytest.raises(NotSettledError) as refused:
            await world.mover.settle(timeout_s=0.2)

        assert refused.value.busy == ["ledger: outbox: 3 events not sent"]

    async def test_waits_for_records_that_were_not_heard(self, world: World) -> None:
        world.log.end = 7

        with pytest.raises(NotSettledError) as refused:
            await world.mover.settle(timeout_s=0.2)
        world.service.consumed = 7
        await world.mover.settle(timeout_s=5)

        assert refused.value.busy == [f"ledger: 7 records of {TOPIC} not heard"]

    async def test_is_not_fooled_by_a_service_that_does_not_answer(self, world: World) -> None:
        gone = Pulses({"ledger": f"http://{LOOPBACK}:{free_port()}"})
        mover = Mover(world.clock, gone, world.log)

        with pytest.raises(NotSettledError, match="ledger: gives no pulse"):
            await mover.settle(timeout_s=0.2)
        await gone.close()

    async def test_waits_while_work_goes_on(self, world: World) -> None:
        world.service.busy = ["timers: 1 due"]
        settling = asyncio.create_task(world.mover.settle(timeout_s=5))
        await asyncio.sleep(0.2)

        assert not settling.done()
        world.service.busy = []
        await settling


class TestAdvance:
    async def test_stops_at_every_due_timer_on_the_way(self, world: World) -> None:
        to = START + timedelta(days=4)

        stops = await world.mover.advance(to, timeout_s=5)

        days = [START + timedelta(days=n) for n in range(4)]
        assert world.service.stops == [*days, to]
        assert stops == 4

    async def test_goes_no_further_than_it_was_told(self, world: World) -> None:
        to = START + timedelta(hours=36)

        await world.mover.advance(to, timeout_s=5)

        assert world.clock.now() == to
        assert world.service.stops == [START, START + timedelta(days=1), to]


class TestJump:
    async def test_passes_over_timers_as_an_outage_does(self, world: World) -> None:
        to = START + timedelta(days=4)

        await world.mover.jump(to, timeout_s=5)

        assert world.service.stops == [START, to]

    async def test_does_not_move_while_somebody_is_busy(self, world: World) -> None:
        world.service.busy = ["messages: 1 claimed"]

        with pytest.raises(NotSettledError):
            await world.mover.jump(START + timedelta(days=1), timeout_s=0.2)

        assert world.clock.now() == START
