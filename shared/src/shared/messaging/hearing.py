"""What a service does with what it hears, a slice at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiokafka import TopicPartition

from shared.db.work import Work
from shared.messaging.cloudevents import Record


class Hearing(Protocol):
    """What a service does with the records of its topics."""

    @property
    def topics(self) -> tuple[str, ...]: ...

    async def take(self, work: Work, records: Sequence[Record]) -> None:
        """Apply one slice inside `work`: in order within a partition. Raising means a crash: the slice is bisected."""
        ...

    async def park(self, work: Work, record: Record, error: Exception) -> None:
        """Set one record aside whose taking crashed."""
        ...


@dataclass(slots=True)
class Slice:
    """What one poll brought for a hearing, and where each partition stood when it was cut (and then, when halved)."""

    hearing: Hearing
    records: list[Record] = field(default_factory=list)
    since: dict[TopicPartition, int] = field(default_factory=dict)
