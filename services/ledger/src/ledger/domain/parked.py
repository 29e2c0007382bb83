"""Records of the ERP set aside, each alone, until somebody retries or discards them or a newer version comes."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from ledger.domain.outcome import Outcome


class Ending(StrEnum):
    RETRIED = "retried"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"
    ARRIVED = "arrived"
    """What an over-age record waited for came after all."""


class Parked(NamedTuple):
    """`version` is None when it could not be read; `customer_ids` are those it keeps silent."""

    parked_id: UUID
    object_id: UUID | None
    line: str
    version: int | None
    outcome: Outcome
    code: str
    pointer: str
    detail: str
    parked_at: datetime
    customer_ids: tuple[UUID, ...]
    place: tuple[str, int, int]
    """(topic, partition, offset) of the record as first delivered."""

    def replaced_by(self, version: int) -> bool:
        """Whether an accepted record of `version` on the same line makes it obsolete.

        A conflict stands against its own version, so only a higher one solves it; anything else may come again right.
        """
        if self.version is None:
            return False
        return (
            version > self.version if self.outcome is Outcome.CONFLICT else version >= self.version
        )
