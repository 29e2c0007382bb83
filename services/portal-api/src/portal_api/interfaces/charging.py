"""The day of a charge: what is due is asked, the charge claimed, the provider asked, and what came of it noted.

Ledger and provider are never asked inside a transaction. Whoever dies in between leaves a claim: when it is over the
provider is asked whether it knows the attempt, and only one that it does not know is made, under the same key.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from portal_api.domain.charge import Charge, State, Why
from portal_api.domain.mandate import Mandate
from portal_api.domain.owed import Owed
from portal_api.domain.payment import Payment
from portal_api.domain.payment import State as PaymentState
from portal_api.gateways import answers, charges, due, mandates, messages, payments
from portal_api.gateways.coming import coming
from portal_api.gateways.means_provider import MeansProvider
from portal_api.gateways.open_amounts import open_amounts
from portal_api.gateways.provider import Notice, ProviderRefused
from portal_api.gateways.tally import count_moves
from portal_api.handlers.drop_charge import drop_charge
from portal_api.handlers.make_charge import Standing, make_charge, wanted
from portal_api.interfaces.charge_news import attempts_of
from portal_api.interfaces.paying import Paying
from shared.base.clock import EPOCH, Moment, machine_nanoseconds
from shared.base.days import local_day
from shared.base.errors import Refusal
from shared.base.points import reached
from shared.base.telling import Telling
from shared.db import timers
from shared.db.work import Work
from shared.messaging.tell import tell

CHARGES_PER_RUN: Final = 20
CLAIM_LEASE: Final = timedelta(seconds=60)
"""Of machine time: longer than the library asks, retry included."""
TRY_AGAIN: Final = timedelta(minutes=10)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Charging:
    """`heard_enough`: whether what we know of disputes and holds will do."""

    paying: Paying
    provider: MeansProvider | None
    heard_enough: Callable[[], Awaitable[bool]]

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        paying = self.paying
        if self.provider is None:
            return False
        async with paying.database.look() as connection:
            found = await timers.due(
                connection, charges.TIMER, now=paying.clock.now(), limit=CHARGES_PER_RUN
            )
        if not found or not await self.heard_enough():
            return False
        for one in found:
            try:
                await self._care(UUID(one.key))
            except Refusal as refusal:
                _log.warning("a charge waits", extra={"code": refusal.code})
                await self._later(one.key)
        return False

    async def _care(self, charge_id: UUID) -> None:
        async with self.paying.database.look() as connection:
            charge = await charges.find(connection, charge_id)
        assert charge is not None, "a charge is never removed"
        if charge.claimed_until is not None and charge.claimed_until > _machine_now():
            return
        if charge.state is State.CHARGING and await self._is_known(charge):
            return
        wanted_ids = {one.invoice_id for one in charge.items}
        owed = await open_amounts(self.paying.ledger, charge.customer_id, wanted_ids)

        async with self.paying.database.work(self.paying.clock.now()) as work:
            claimed = await self._claim(work, charge, owed)
        reached("charge.claimed")
        if claimed is not None:
            await self._ask(charge_id, *claimed)

    async def _is_known(self, charge: Charge) -> bool:
        """Whether the attempt that somebody claimed was made; then it is heard of, as of any notice."""
        assert self.provider is not None, "there is somebody to ask"
        async with self.paying.database.look() as connection:
            mandate = await mandates.find(connection, charge.mandate_id or UUID(int=0))
        assert mandate is not None, "a claimed charge has a mandate"
        assert charge.payment_id is not None, "a claimed charge has an attempt"
        seen = await self.provider.find_charge(charge.payment_id, mandate)
        if seen is None:
            return False
        await self._note(charge.payment_id, seen.session_id, "found")
        return True

    async def _claim(
        self, work: Work, found: Charge, owed: dict[UUID, Owed]
    ) -> tuple[Payment, Mandate] | None:
        """What is to be asked of the provider now; None when nothing is. The customer is locked from here on."""
        await answers.lock(work.connection, found.customer_id)
        charge = await charges.find(work.connection, found.charge_id)
        assert charge is not None, "a charge is never removed"
        is_claimed = charge.claimed_until is not None and charge.claimed_until > _machine_now()
        if charge.version != found.version or is_claimed:
            return None
        rails = self.paying.rails
        today = local_day(work.moment, rails.zone(charge.legal_entity))
        standing = await self._standing(work, charge, owed)
        until, telling = _machine_now() + CLAIM_LEASE, Telling()
        payment = None
        if charge.state is State.CHARGING:
            attempt = await self._attempt(work, charge)
            if attempt.state is not PaymentState.ASKED:
                return None
            payment = await self._again(work, charge, attempt, standing, today=today)
            charge.claimed_until = until if payment else charge.claimed_until
        if payment is None:
            payment = make_charge(
                telling, charge, standing, rails, today=today, until=until, moment=work.moment
            )
            if payment is not None:
                await payments.keep(work.connection, payment, b"")
        await charges.move(work.connection, charge)
        if payment is None:
            await timers.set_many(work.connection, charges.TIMER, {str(charge.charge_id): None})
        tell(work, telling.told)
        count_moves(telling.told)
        return None if payment is None or standing.mandate is None else (payment, standing.mandate)

    async def _attempt(self, work: Work, charge: Charge) -> Payment:
        assert charge.payment_id is not None, "a claimed charge has an attempt"
        payment = await payments.find(work.connection, charge.payment_id, lock=True)
        assert payment is not None, "a payment is never removed"
        return payment

    async def _again(
        self, work: Work, charge: Charge, payment: Payment, standing: Standing, *, today: date
    ) -> Payment | None:
        """The attempt that was claimed and not made, if it would be the same today; else it is over."""
        ours = {one.invoice_id for one in payment.items}
        attempts = {
            one: days[:-1] if one in ours else days for one, days in standing.attempts.items()
        }
        items, _ = wanted(
            charge, standing._replace(attempts=attempts), self.paying.rails, today=today
        )
        mandate = standing.mandate
        if items == list(payment.items) and mandate and mandate.mandate_id == charge.mandate_id:
            return payment
        payment.expire(moment=work.moment)
        await payments.move(work.connection, payment)
        charge.let_go()
        return None

    async def _standing(self, work: Work, charge: Charge, owed: dict[UUID, Owed]) -> Standing:
        connection, customer_id, rails = work.connection, charge.customer_id, self.paying.rails
        known = await due.load(connection, customer_id, moment=work.moment)
        zone = rails.zone(charge.legal_entity)
        sent_at = await messages.sent_at(connection, charge.announcement_id)
        paid = await coming(connection, customer_id, moment=work.moment)
        return Standing(
            mandate=await mandates.active(connection, customer_id),
            autopay=await mandates.autopay_of(connection, customer_id),
            announced_on=None if sent_at is None else local_day(sent_at, zone),
            due={
                one.invoice_id: known.chargeable(
                    one.invoice_id,
                    one.numbers,
                    open_minor=owed[one.invoice_id].open_minor - paid.get(one.invoice_id, 0),
                )
                for one in charge.items
                if one.invoice_id in owed
            },
            attempts=await attempts_of(work, customer_id, rails, charge.means.kind, zone),
        )

    async def _ask(self, charge_id: UUID, payment: Payment, mandate: Mandate) -> None:
        assert self.provider is not None, "there is somebody to ask"
        try:
            seen = await self.provider.charge(payment, mandate)
        except ProviderRefused as refusal:
            _log.warning("a charge is refused", extra={"why": str(refusal)})
            await self._refused(charge_id, payment)
            return
        reached("charge.asked")
        await self._note(payment.payment_id, seen.session_id, "charge")

    async def _note(self, payment_id: UUID, intent_id: str, kind: str) -> None:
        """A look is a notice of our own, so it counts once like any other."""
        event_id = f"{kind}/{payment_id}"
        await self.paying.hear(Notice(event_id, kind, str(payment_id), "", intent_id=intent_id))

    async def _refused(self, charge_id: UUID, payment: Payment) -> None:
        """The provider does not take it at all: no bank was asked, and it would say the same again."""
        async with self.paying.database.work(self.paying.clock.now()) as work:
            await answers.lock(work.connection, payment.customer_id)
            charge = await charges.find(work.connection, charge_id)
            kept = await payments.find(work.connection, payment.payment_id, lock=True)
            assert charge is not None, "a charge is never removed"
            assert kept is not None, "a payment is never removed"
            telling = Telling()
            kept.expire(moment=work.moment)
            drop_charge(telling, charge, Why.MANDATE_ENDED, moment=work.moment)
            await payments.move(work.connection, kept)
            await charges.move(work.connection, charge)
            await timers.set_many(work.connection, charges.TIMER, {str(charge_id): None})
            tell(work, telling.told)
            count_moves(telling.told)

    async def _later(self, key: str) -> None:
        """Somebody is away; what was claimed stays so."""
        async with self.paying.database.work(self.paying.clock.now()) as work:
            again = work.moment + TRY_AGAIN
            await timers.set_many(work.connection, charges.TIMER, {key: again})


def _machine_now() -> Moment:
    return EPOCH + timedelta(microseconds=machine_nanoseconds() // 1_000)
