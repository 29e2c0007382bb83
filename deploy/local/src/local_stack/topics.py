"""The topics of Dunwell: one per kind of ERP fact, one per service that tells."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

PARTITIONS = 12
CREATE_TIMEOUT_MS = 30_000

ERP = (
    "erp.customers.v1",
    "erp.invoices.v1",
    "erp.payments.v1",
    "erp.balances.v1",
    "erp.inbox.v1",
)
OURS = (
    "ledger.events.v1",
    "scheduler.events.v1",
    "notifier.events.v1",
    "disputes.events.v1",
    "portal-api.events.v1",
)
ALL = ERP + OURS

# Facts carry contact data, so they leave the log after 30 days. Append time, because the times in
# the records follow the movable clock and the ERP's past.
RETENTION_MS = 30 * 24 * 60 * 60 * 1000
# A body of 1 MiB, with room for its headers: a broker that took less would stop whoever tells it.
MESSAGE_BYTES_MAX = 1_048_576 + 128 * 1024
_CONFIGS = {
    "retention.ms": str(RETENTION_MS),
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": str(MESSAGE_BYTES_MAX),
}


def create(
    bootstrap: str, prefix: str = "", partitions: int = PARTITIONS, names: tuple[str, ...] = ALL
) -> None:
    """Create the topics that are missing, from code without an event loop (a fixture, a script)."""
    asyncio.run(create_missing(bootstrap, prefix, partitions, names))


async def create_missing(
    bootstrap: str,
    prefix: str = "",
    partitions: int = PARTITIONS,
    names: tuple[str, ...] = ALL,
    *,
    replicas: int = 1,
) -> None:
    """Create the topics that are missing, each name with the prefix put before it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        wanted = [_topic(prefix + name, partitions, replicas) for name in names]
        answer = await admin.create_topics(wanted, timeout_ms=CREATE_TIMEOUT_MS)
        for error in (for_code(code) for _, code, *_ in answer.topic_errors):
            if error.errno not in {0, TopicAlreadyExistsError.errno}:
                raise error
    finally:
        await admin.close()


def _topic(name: str, partitions: int, replicas: int) -> NewTopic:
    return NewTopic(name, partitions, replication_factor=replicas, topic_configs=_CONFIGS)
