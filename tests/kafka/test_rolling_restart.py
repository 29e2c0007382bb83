"""Two workers with names of their own are replaced one at a time, while a newer teller already speaks."""

from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.event import Event
from shared.messaging.kafka import KafkaBus

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]


class Weighed(Event):
    """A type that old workers have never heard of."""

    TYPE = "ledger.thing.weighed.v1"
    TOPIC = "ledger.events.v1"
    SUBJECT = "customer_id"

    grams: int


def newer(thing: Any, as_message: Any) -> Any:
    """The same fact from a newer teller, with a field that old workers do not know."""
    body = thing.model_dump_json().encode()
    return as_message(thing, body[:-1] + b',"colour":"blue"}')


async def members(hall: Any) -> set[str]:
    """Ids of the group's members; a static member that comes back in time changes its own only."""
    admin = AIOKafkaAdminClient(bootstrap_servers=hall.at.bootstrap)
    await admin.start()
    try:
        group = hall.at.routes.prefix + "dunwell-scheduler"
        (answer,) = await admin.describe_consumer_groups([group])
        return {member[0] for found in answer.groups for member in found[5]}
    finally:
        await admin.close()


class TestRollingRestart:
    async def test_old_and_new_workers_hear_a_newer_teller(
        self, hall: Any, bus: KafkaBus, new_load: Any, as_message: Any
    ) -> None:
        load, weighed = new_load(customers=300), []
        hears_more = {hall.Counted: hall.count_thing, Weighed: lambda *_, **__: weighed.append(1)}

        async def publish(rounds: int) -> None:
            for _ in range(rounds):
                things = load.round()
                scale = [
                    Weighed(customer_id=one, version=1, grams=5) for one in load.customers[:10]
                ]
                await bus.publish([newer(thing, as_message) for thing in things])
                await bus.publish([as_message(one) for one in scale])

        await hall.enter("worker-1")
        await hall.enter("worker-2")
        await publish(5)
        for name in ("worker-1", "worker-2"):
            await hall.leave(name)
            await publish(5)
            await hall.enter(name, hears_more)
            await publish(5)
        await hall.heard(load.records + 10 * load.rounds)

        assert await hall.sums() == load.sums()
        assert await hall.counted() == load.records
        assert len(weighed) > 0
        assert {one.rpartition("-")[0][:8] for one in await members(hall)} == {
            "worker-1",
            "worker-2",
        }
