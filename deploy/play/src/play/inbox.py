"""What the ERPs hear: a reader of `erp.inbox.v1`, as a connector has one."""

import asyncio
from typing import Self

from aiokafka import AIOKafkaConsumer

from shared.contracts.erp import INBOX
from shared.contracts.inbox import Requested
from shared.contracts.registry import INBOX_EVENTS

READ_TIMEOUT_S = 60.0
QUIET_MS = 100
"""Tansu names the first record of the last batch as the end, so that there may be more to come."""


class Inbox:
    """Reads from the beginning, for itself alone; used as an async context manager."""

    def __init__(self, bootstrap_servers: str, *, topic_prefix: str = "") -> None:
        self._topic = topic_prefix + INBOX
        self._bootstrap_servers = bootstrap_servers
        self._consumer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(
            self._topic, bootstrap_servers=self._bootstrap_servers, auto_offset_reset="earliest"
        )
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._consumer is not None:
            await self._consumer.stop()

    async def news(self) -> list[Requested]:
        """What the ERPs were asked since the last time; raises TimeoutError. Everything has to be at rest meanwhile."""
        consumer, asked = self._consumer, list[Requested]()
        assert consumer is not None, "read inside `async with`"

        async with asyncio.timeout(READ_TIMEOUT_S):
            ends = await consumer.end_offsets(consumer.assignment())
            while True:
                batches = await consumer.getmany(timeout_ms=QUIET_MS)
                for record in (one for batch in batches.values() for one in batch):
                    kind = INBOX_EVENTS.get(dict(record.headers)["ce_type"].decode())
                    if kind is not None and issubclass(kind, Requested):
                        asked.append(kind.model_validate_json(record.value))
                read = [await consumer.position(one) >= end for one, end in ends.items()]
                if not batches and all(read):
                    return asked
