"""An announcement has left: that its charge is awaited is told."""

from dataclasses import dataclass
from uuid import UUID

from portal_api.domain.autopay import AutopayRails
from portal_api.domain.charge import Charge
from portal_api.gateways import answers, charges, messages
from portal_api.gateways.tally import count_moves
from portal_api.handlers.await_charge import await_charge
from shared.base.days import local_day
from shared.base.telling import Telling
from shared.db import timers
from shared.db.work import Work
from shared.messaging.tell import tell


@dataclass(frozen=True, slots=True)
class Awaiting:
    rails: AutopayRails

    async def look(self, work: Work, charge_id: UUID) -> None:
        """Once for each announcement that left."""
        charge = await _locked(work, charge_id)
        sent_at = await messages.sent_at(work.connection, charge.announcement_id)
        assert sent_at is not None, "its announcement has left"
        announced_on = local_day(sent_at, self.rails.zone(charge.legal_entity))

        telling = Telling()
        if await_charge(telling, charge, self.rails, announced_on=announced_on, moment=work.moment):
            await charges.move(work.connection, charge)
            tell(work, telling.told)
            count_moves(telling.told)

        await timers.set_many(work.connection, charges.ANNOUNCEMENTS, {str(charge_id): None})


async def _locked(work: Work, charge_id: UUID) -> Charge:
    found = await charges.find(work.connection, charge_id)
    assert found is not None, "a charge is never removed"
    await answers.lock(work.connection, found.customer_id)
    charge = await charges.find(work.connection, charge_id)
    assert charge is not None, "a charge is never removed"
    return charge
