"""Filing of papers: a file is looked at and stored outside any transaction, and becomes a paper in one.

First it is written down that an object will lie in the store; then it is stored; then, in the command's transaction, a
paper speaks of it. Whoever dies in between leaves an object that is written down, and that a job takes away.
"""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from disputes.domain.move import Actor
from disputes.domain.paper import Paper
from disputes.domain.paper_content import kind_of
from disputes.domain.paper_name import safe_name
from disputes.gateways import papers
from disputes.gateways.paper_store import ObjectMissing, PaperStore, StoreAway
from disputes.handlers.add_paper import add_paper
from disputes.interfaces.disputing import DisputeUnknown
from shared.base.clock import Clock
from shared.base.errors import Refusal
from shared.base.ids import derived_id
from shared.base.points import reached
from shared.db.work import Database, Work

FILES_AT_ONCE = 4
"""Of one process, from the first byte on: each is in memory, and as it came once more in a temporary file."""

_log = logging.getLogger(__name__)


class PaperUnknown(Refusal):
    """There is no paper of that id."""

    code, status = "paper-unknown", 404


class PaperLost(Refusal):
    """Its bytes are gone, or are not those that were scanned."""

    code, status = "paper-lost", 410


class Given(NamedTuple):
    """A file as it came: whose word its name and declared type are, nobody knows."""

    dispute_id: UUID
    name: str
    declared: str
    content: bytes
    by: Actor
    who: str
    is_shared: bool
    """The customer may see it."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What the doors of papers share."""

    database: Database
    clock: Clock
    store: PaperStore
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FILES_AT_ONCE))

    async def bring(self, given: Given) -> Paper:
        """Look at it and store it. What the dispute has already is not stored again. No transaction may be open."""
        name = safe_name(given.name)
        kind = await asyncio.to_thread(kind_of, given.content, name=name, declared=given.declared)
        digest = sha256(given.content)
        paper_id = derived_id("paper", given.dispute_id, digest.hexdigest())

        async with self.database.work(self.clock.now()) as work:
            folder = await papers.folder_of(work.connection, given.dispute_id)
            if folder is None:
                raise DisputeUnknown("there is no such dispute")
            shared_at = work.moment if given.is_shared else None
            if there := folder.papers.get(paper_id):
                return replace(there, shared_at=there.shared_at or shared_at)
            folder.must_have_room()
            object_id = await papers.begin_object(work.connection)
        reached("disputes.before-storing")
        await self.store.put(object_id, given.content)
        reached("disputes.after-storing")

        return Paper(
            paper_id=paper_id,
            dispute_id=given.dispute_id,
            object_id=object_id,
            kind=kind,
            name=name,
            size_bytes=len(given.content),
            sha256=digest.digest(),
            added_at=work.moment,
            added_by=given.by,
            who=given.who,
            shared_at=shared_at,
        )

    async def file(self, work: Work, brought: Paper) -> tuple[Paper, bool]:
        """It is in the dispute's folder, once, and its object is spoken of. And whether it was not there before."""
        folder = await papers.folder_of(work.connection, brought.dispute_id, lock=True)
        assert folder is not None, "disputes are never deleted"
        paper = add_paper(folder, brought)
        if folder.added and not await papers.tie_object(work.connection, brought.object_id):
            raise StoreAway("it took so long that its object was given up")
        await papers.save(work.connection, folder)
        return paper, bool(folder.added)

    async def content_of(self, paper: Paper) -> bytes:
        """The bytes of a paper, which are those that were scanned. No transaction may be open."""
        paper.must_be_clean()
        try:
            content = await self.store.get(paper.object_id)
        except ObjectMissing:
            content = b""
        if sha256(content).digest() != paper.sha256:
            _log.error("a paper is lost", extra={"paper_id": str(paper.paper_id)})
            raise PaperLost("its bytes are not there any more, or not the same")
        return content
