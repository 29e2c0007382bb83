"""Day by day, a customer with autopay is looked at: what falls due soon is announced."""

from dataclasses import dataclass
from uuid import UUID

from portal_api.domain.autopay import AutopayRails
from portal_api.domain.charge import Charge
from portal_api.domain.mandate import Mandate
from portal_api.gateways import answers, charges, due, mandates
from portal_api.gateways.tally import count_moves
from portal_api.handlers.announce_charges import Terms, announce_charges
from portal_api.handlers.tell_mandate import tell_mandate
from shared.base.clock import Moment
from shared.base.days import DAY, at_local, local_day
from shared.base.telling import Telling
from shared.contracts import portal_api as told
from shared.db import timers
from shared.db.work import Work
from shared.messaging.tell import tell


@dataclass(frozen=True, slots=True)
class Announcing:
    """`legal_entity`: whose morning it is."""

    rails: AutopayRails
    legal_entity: str

    async def look(self, work: Work, customer_id: UUID) -> None:
        """Announce what there is, and look again tomorrow; never again once autopay is off."""
        await answers.lock(work.connection, customer_id)
        mandate = await mandates.active(work.connection, customer_id)
        said = await mandates.autopay_of(work.connection, customer_id)
        again = None
        if mandate is not None and mandate.means is not None and said is not None and said.is_on:
            telling = Telling()
            await self._warn(work, telling, mandate)
            made = announce_charges(
                telling,
                await due.load(work.connection, customer_id, moment=work.moment),
                await charges.of_customer(work.connection, customer_id),
                Terms(said, mandate.means, self.rails),
                moment=work.moment,
            )
            for charge in made:
                await charges.keep(work.connection, charge)
            wake = {str(one.charge_id): charge_at(self.rails, one) for one in made}
            await timers.set_many(work.connection, charges.TIMER, wake)
            tell(work, telling.told)
            count_moves(telling.told)
            again = self._tomorrow(work.moment)
        await timers.set_many(work.connection, charges.LOOKS, {str(customer_id): again})

    async def _warn(self, work: Work, telling: Telling, mandate: Mandate) -> None:
        """A card that ends soon is told of before the next charge."""
        today = local_day(work.moment, self.rails.zone(mandate.legal_entity))
        if mandate.means and mandate.warn(today=today, days=self.rails.expiring_days):
            await mandates.move(work.connection, mandate)
            expires = mandate.means.expires
            tell_mandate(
                telling, mandate, told.MandateExpiring, moment=work.moment, expires=expires
            )

    def _tomorrow(self, moment: Moment) -> Moment:
        zone = self.rails.zone(self.legal_entity)
        return at_local(local_day(moment, zone) + DAY, self.rails.look_at, zone)


def charge_at(rails: AutopayRails, charge: Charge) -> Moment:
    """When the day of a charge has come."""
    return at_local(charge.charge_on, rails.charge_at, rails.zone(charge.legal_entity))
