"""Commands about disputes: load, handle, save, one customer at a time; and the clocks' alarms are set anew."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from disputes.domain.clock import LEVELS
from disputes.domain.dispute import Dispute
from disputes.domain.docket import Docket
from disputes.domain.move import Move
from disputes.domain.terms import Rulebook
from disputes.gateways import docket as dockets
from disputes.gateways import papers
from disputes.handlers.open_dispute import Opening, open_dispute
from disputes.handlers.reopen_dispute import reopen_dispute
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.db.work import Work
from shared.messaging.tell import tell


class DisputeUnknown(Refusal):
    """There is no dispute of that id."""

    code, status = "dispute-unknown", 404


class CustomerUnknown(Refusal):
    """We have not heard of the customer."""

    code, status = "customer-unknown", 404


@dataclass(frozen=True, slots=True)
class Disputing:
    """What all doors share: the rulebook, and how a command begins and ends."""

    rulebook: Rulebook

    async def open(self, work: Work, opening: Opening) -> Dispute:
        """A new dispute, or the same one again."""
        invoices = [one.invoice_id for one in opening.wanted]
        docket = await dockets.load(work.connection, [opening.customer_id], invoices=invoices)
        if opening.customer_id not in docket.customers:
            raise CustomerUnknown(f"there is no customer {opening.customer_id}")
        dispute_id = await dockets.next_id(work.connection, opening.customer_id)

        dispute = open_dispute(
            docket, opening, self.rulebook, dispute_id=dispute_id, moment=work.moment
        )

        await self.save(work, docket)
        tell(work, docket.told)
        return dispute

    async def reopen(
        self, work: Work, dispute_id: UUID, move: Move, evidence: tuple[UUID, ...]
    ) -> Dispute:
        """It, opened again with these papers."""
        async with self.at_hand(work, dispute_id) as (docket, (dispute,)):
            folder = await papers.folder_of(work.connection, dispute_id)
            assert folder is not None, "every dispute has one"
            await dockets.add_invoices(work.connection, docket, dispute)
            reopen_dispute(docket, dispute, folder, move, papers=evidence, rulebook=self.rulebook)
        return dispute

    @asynccontextmanager
    async def at_hand(
        self, work: Work, *dispute_ids: UUID
    ) -> AsyncIterator[tuple[Docket, list[Dispute]]]:
        """These disputes, locked, for the length of a block; what the block changed is saved at its end."""
        customers = await dockets.customers_of(work.connection, dispute_ids)
        docket = await dockets.load(work.connection, customers, disputes=dispute_ids)
        yield docket, [known(docket.disputes.get(one)) for one in dispute_ids]
        await self.save(work, docket)
        tell(work, docket.told)

    async def save(self, work: Work, docket: Docket) -> None:
        """Write it all; each changed dispute is looked at again when its next clock reaches a level."""
        alarms = {one.dispute_id: self.next_warning(one) for one in docket.changed.values()}
        await dockets.save(work, docket, alarms)

    def next_warning(self, dispute: Dispute) -> Moment | None:
        """When a clock that runs or rests reaches a level that was not told yet, if nothing moves."""
        coming = [
            clock.reaches_level(level)
            for clock in self.rulebook.clocks(dispute)
            if not clock.has_stopped
            for level in LEVELS
            if level > dispute.warned.get(clock.limit.kind, 0)
        ]
        return min((one for one in coming if one is not None), default=None)


def known(dispute: Dispute | None) -> Dispute:
    """It, or a refusal."""
    if dispute is None:
        raise DisputeUnknown("there is no such dispute")
    return dispute
