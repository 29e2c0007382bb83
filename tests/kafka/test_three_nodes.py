"""Three nodes, three copies, two in sync: one node dies in mid-load, comes back, and nobody can tell from the sums."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from shared.base.clock import FrozenClock
from shared.db import outbox
from shared.db.outbox import OutboxRow
from shared.messaging.bus import BusLost
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.messaging.relay import Relay

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(900)]
ROUNDS, CUSTOMERS = 60, 200


class Teller:
    """The relay, started again as a supervisor would when it ends because the broker did not answer."""

    def __init__(self, hall: Any) -> None:
        self._hall = hall
        self.stopping = asyncio.Event()
        self.ended = 0

    async def run(self) -> None:
        while not self.stopping.is_set():
            bus = KafkaBus(self._hall.at)
            await bus.start()
            relay = Relay(
                service="test",
                database=self._hall.database,
                bus=bus,
                clock=FrozenClock(self._hall.now),
                owner="teller",
            )
            with suppress(BusLost):
                await relay.run(self.stopping)
                await bus.stop()
                return
            self.ended += 1


async def told(hall: Any, things: list[Any], as_message: Any) -> None:
    """Commit facts to the outbox."""
    async with hall.database.work(hall.now) as work:
        rows = []
        for thing in things:
            sent = as_message(thing)
            headers = {name: value.decode() for name, value in sent.headers}
            rows.append(
                OutboxRow(thing.event_id, sent.topic, sent.key.decode(), headers, sent.value)
            )
        outbox.append(work, rows)


async def leader_of_most(at: KafkaAt) -> int:
    """The node (from 0) that leads the most partitions."""
    reader = AIOKafkaConsumer(bootstrap_servers=at.bootstrap)
    await reader.start()
    try:
        name = at.routes.on_broker("ledger.events.v1")
        await reader._client.set_topics([name])
        cluster = reader._client.cluster
        leaders = [one.leader for one in cluster._partitions[name].values()]
        return max(set(leaders), key=leaders.count) - 1
    finally:
        await reader.stop()


async def test_a_node_dies_in_mid_load_and_nothing_is_lost_or_double(
    wide_hall: Any,
    cluster: Any,
    new_load: Any,
    as_message: Any,
    record_testsuite_property: Any,
) -> None:
    load, teller = new_load(customers=CUSTOMERS), Teller(wide_hall)
    telling = asyncio.create_task(teller.run())
    await wide_hall.enter("one")
    await wide_hall.enter("two")

    victim = await leader_of_most(wide_hall.at)
    for number in range(ROUNDS):
        await told(wide_hall, load.round(), as_message)
        if number == ROUNDS // 3:
            await wide_hall.heard(load.records // 4)
            cluster.kill(victim)
        if number == 2 * ROUNDS // 3:
            await wide_hall.heard(load.records // 2)
            await asyncio.to_thread(cluster.start, victim)
    await wide_hall.heard(load.records)
    teller.stopping.set()
    await telling

    assert await wide_hall.sums() == load.sums()
    assert await wide_hall.counted() >= load.records
    record_testsuite_property("facts", load.records)
    record_testsuite_property("relay_ended", teller.ended)
    record_testsuite_property("told_again", await wide_hall.counted() - load.records)
