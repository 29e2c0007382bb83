"""Whether a service has heard everything there is: asked before anything is said to a customer."""

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.db import offsets
from shared.db.work import Database
from shared.messaging.consumer import Consumer
from shared.messaging.routes import Routes


class Watermarks:
    """Compares the broker's ends with the stored offsets, for all partitions, whoever owns them.

    Where a broker's end offsets cannot be trusted (setting `KAFKA_END_OFFSETS=false`), the high-water marks seen by the
    consumer of this process stand in; then one process must own all partitions.
    """

    def __init__(self, database: Database, *, routes: Routes, trust_end_offsets: bool) -> None:
        self._database = database
        self._routes = routes
        self._trust = trust_end_offsets
        self._consumer: Consumer | None = None
        self._asking: AIOKafkaConsumer | None = None

    def attach(self, consumer: Consumer) -> None:
        """Ask about what this consumer hears."""
        self._consumer = consumer

    async def close(self) -> None:
        """Let the broker go."""
        if self._asking is not None:
            await self._asking.stop()

    async def behind(self) -> list[str]:
        """What is still to be heard, in words; empty when nothing is. Not knowing counts as behind."""
        if self._consumer is None or self._consumer.kafka is None:
            return ["not listening yet"]
        if not self._trust:
            return [
                f"{count} of {part.topic}[{part.partition}]"
                for part, count in self._consumer.lag().items()
            ]
        try:
            ends = await self._ends(self._consumer)
        except KafkaError as error:
            return [f"the broker does not say: {error!r}"]
        async with self._database.look() as connection:
            heard = await offsets.everything(connection)
        missing = {
            part: end - heard.get((self._routes.of_ours(part.topic), part.partition), 0)
            for part, end in ends.items()
        }
        return [
            f"{count} of {part.topic}[{part.partition}]"
            for part, count in missing.items()
            if count > 0
        ]

    async def _ends(self, consumer: Consumer) -> dict[TopicPartition, int]:
        assert consumer.kafka is not None
        parts = [
            TopicPartition(topic, number)
            for topic in map(self._routes.on_broker, consumer.topics)
            for number in consumer.kafka.partitions_for_topic(topic) or ()
        ]
        asking = self._asking = self._asking or await self._connected(consumer)
        ends: dict[TopicPartition, int] = await asking.end_offsets(parts)
        return ends

    async def _connected(self, consumer: Consumer) -> AIOKafkaConsumer:
        """A connection of its own: on the consumer's the answer would wait behind its long poll."""
        asking = AIOKafkaConsumer(bootstrap_servers=consumer.at.bootstrap, enable_auto_commit=False)
        await asking.start()
        return asking
