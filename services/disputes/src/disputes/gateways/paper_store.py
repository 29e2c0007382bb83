"""Where the bytes of papers are kept, under ids of ours; what every such place does, and what may be wrong with it."""

from typing import Protocol
from uuid import UUID

from typing_extensions import override


class StoreAway(OSError):
    """The place does not answer, or not as it should: the same may succeed when tried again."""


class ObjectMissing(Exception):
    """The place answers, and has nothing of that id."""


class PaperStore(Protocol):
    """Bytes by id, whole or not at all. Each raises StoreAway (the folder any OSError); each may be done twice."""

    async def put(self, object_id: UUID, content: bytes) -> None:
        """It is there, durably, when this returns."""
        ...

    async def get(self, object_id: UUID) -> bytes:
        """Raises ObjectMissing."""
        ...

    async def delete(self, object_id: UUID) -> None:
        """It is not there, nor what a broken-off `put` left; that it never was is no fault."""
        ...


class NoStore(PaperStore):
    """No place was named: papers are put off."""

    @override
    async def put(self, object_id: UUID, content: bytes) -> None:
        raise StoreAway("DISPUTES_PAPERS_URL names no place for papers")

    @override
    async def get(self, object_id: UUID) -> bytes:
        raise StoreAway("DISPUTES_PAPERS_URL names no place for papers")

    @override
    async def delete(self, object_id: UUID) -> None:
        raise StoreAway("DISPUTES_PAPERS_URL names no place for papers")
