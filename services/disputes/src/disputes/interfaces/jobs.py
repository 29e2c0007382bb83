"""What is done unasked: warnings of clocks that came to a level, scans of papers, objects that no paper speaks of."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from disputes.domain.paper import Paper, Scan
from disputes.gateways import docket as dockets
from disputes.gateways import papers
from disputes.gateways.paper_store import ObjectMissing, PaperStore
from disputes.gateways.scanner import Scanner, Verdict
from disputes.handlers.warn_of_clocks import warn_of_clocks
from disputes.interfaces.disputing import Disputing
from shared.base.clock import Clock
from shared.base.points import reached
from shared.db import timers
from shared.db.work import Database

DISPUTES_PER_RUN = 100
SCANS_AT_ONCE: Final = 4
SCAN_LEASE: Final = timedelta(minutes=3)
"""More than a store and a scanner may take together; then somebody else tries."""
SCAN_AGAIN_FIRST: Final = timedelta(seconds=5)
SCAN_AGAIN_LAST: Final = timedelta(minutes=5)
OBJECTS_PER_RUN: Final = 20
LOOSE_AFTER: Final = timedelta(hours=1)
"""Far longer than any request: whoever began to store it is dead."""
LOOSE_LEASE: Final = timedelta(minutes=5)
LOOSE_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClockWatch:
    """Looks at disputes whose timer came due, a batch in one transaction, which sets their timers anew. Two watches at
    once wait for one another, and the second finds nothing left to tell.
    """

    database: Database
    clock: Clock
    disputing: Disputing

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        async with self.database.work(self.clock.now()) as work:
            due = await timers.due(
                work.connection, dockets.CLOCKS, now=work.moment, limit=DISPUTES_PER_RUN
            )
            if due:
                async with self.disputing.at_hand(work, *(UUID(one.key) for one in due)) as hand:
                    docket, disputes = hand
                    for dispute in disputes:
                        clocks = self.disputing.rulebook.clocks(dispute)
                        warn_of_clocks(docket, dispute, clocks, moment=work.moment)
        return len(due) == DISPUTES_PER_RUN


@dataclass(frozen=True, slots=True)
class PaperScan:
    """Takes waiting papers to the scanner, a few at once: claim, let go, ask, note. While it is away papers wait, and
    are tried again ever more seldom.
    """

    database: Database
    clock: Clock
    store: PaperStore
    scanner: Scanner

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        async with self.database.work(self.clock.now()) as work:
            claimed = await papers.claim(work.connection, limit=SCANS_AT_ONCE, lease=SCAN_LEASE)
        if not claimed:
            return False

        verdicts = await asyncio.gather(*(self._asked(paper) for paper, _ in claimed))
        reached("disputes.after-scan")

        async with self.database.work(self.clock.now()) as work:
            for (paper, tries), verdict in zip(claimed, verdicts, strict=True):
                if verdict is None:
                    await papers.put_off(work.connection, paper.paper_id, scan_again(tries))
                else:
                    paper.take(verdict.scan, found=verdict.found, moment=work.moment)
                    await papers.note_scan(work.connection, paper)
        return len(claimed) == SCANS_AT_ONCE and None not in verdicts

    async def _asked(self, paper: Paper) -> Verdict | None:
        """None while the store or the scanner is away."""
        try:
            content = await self.store.get(paper.object_id)
            if sha256(content).digest() != paper.sha256:
                return Verdict(Scan.UNSCANNABLE, "its bytes are not those that came")
            return await self.scanner.scan(content)
        except ObjectMissing:
            return Verdict(Scan.UNSCANNABLE, "its bytes are gone")
        except OSError as error:
            why = {"paper_id": str(paper.paper_id), "why": repr(error)}
            _log.warning("a paper waits for its scan", extra=why)
            return None


@dataclass(frozen=True, slots=True)
class LooseObjects:
    """Takes away what lies in the store and no paper speaks of: stored by whoever died before the commit, stored twice,
    or infected. It is given up in one transaction, deleted, and forgotten in another.
    """

    database: Database
    clock: Clock
    store: PaperStore

    async def run(self) -> bool:
        """One batch; whether there may be more at once. OSError while the store is away: what was given up stays so."""
        async with self.database.work(self.clock.now()) as work:
            given_up = await papers.give_up_objects(
                work.connection, limit=OBJECTS_PER_RUN, after=LOOSE_AFTER, lease=LOOSE_LEASE
            )
        for object_id in given_up:
            await self.store.delete(object_id)
        if given_up:
            async with self.database.work(self.clock.now()) as work:
                await papers.forget_objects(work.connection, given_up)
        return len(given_up) == OBJECTS_PER_RUN


def scan_again(tries: int) -> timedelta:
    """How long to wait after so many tries in vain."""
    return min(SCAN_AGAIN_FIRST * (1 << min(tries - 1, 10)), SCAN_AGAIN_LAST)
