"""The bus, as the rest of the program sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MESSAGE_BYTES_MAX = 1_048_576
"""1 MiB, ours and the ERP contract's."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to travel."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class BusLost(Exception):
    """The broker did not take a batch in time. Crash-only: the process ends, the producer unclosed (it would hang)."""


class Bus(Protocol):
    """Takes batches; order is kept per key."""

    async def publish(self, batch: Sequence[Outgoing]) -> None:
        """Return when every message is acknowledged by all in-sync replicas; raises `BusLost` otherwise."""
        ...
