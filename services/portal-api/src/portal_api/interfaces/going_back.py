"""Money that came goes back: refunded, charged back, returned by a bank; or comes again. A notice is a reason to ask.

The provider's money is the only name that such a notice has, and unlike a payment's state it may move to and fro: so
whoever saw it before somebody else did looks once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal_api.domain.back import BackCurrencyDiffers, Gone, MoreBackThanPaid, Why
from portal_api.domain.decline import Decline
from portal_api.domain.payment import Payment, State
from portal_api.gateways import charges, payments
from portal_api.gateways.provider import Notice, ProviderUnavailable
from portal_api.handlers.learn_back import learn_back
from portal_api.interfaces.charge_news import obey
from portal_api.interfaces.paying import (
    MOVED,
    NOT_OURS,
    OLD_NEWS,
    NoticeOfUnknown,
    Paying,
    again,
    locked_payment,
    noted,
    ours,
    tally,
)
from shared.base.points import reached
from shared.base.telling import Telling
from shared.db.work import Work
from shared.messaging.tell import tell

LOOKS_MAX: Final = 4
"""While others look at the same payment, too; then the provider has to tell it again."""


@dataclass(frozen=True, slots=True)
class GoingBack:
    paying: Paying

    async def hear(self, notice: Notice) -> str:
        """What came of it. Raises what the provider says that cannot be, which is kept; and `ProviderUnavailable`."""
        async with self.paying.database.look() as connection:
            before = await payments.noted(connection, notice.event_id)
            payment = await payments.of_reference(connection, notice.intent_id)
        if before is not None:
            return again(before)
        if payment is None or payment.state is not State.SUCCEEDED:
            payment, outcome = await self._owner(notice)
            if payment is None:
                await self.paying.note(notice, None, outcome)
                return again(outcome)

        for _ in range(LOOKS_MAX):
            gone = await self.paying.taker.look_back(notice.intent_id)
            reached("back.looked")
            if (known := await self._learn(notice, payment, gone)) is not None:
                return again(known)
            async with self.paying.database.look() as connection:
                payment = await payments.of_reference(connection, notice.intent_id) or payment
        raise ProviderUnavailable("others look at this payment, too: tell it again")

    async def _owner(self, notice: Notice) -> tuple[Payment | None, str]:
        """Whose money it is, as the provider knows, once it came: nobody may have told us yet that it did. Without a
        payment, what is to be said of the notice.
        """
        seen = await self.paying.taker.look(notice.intent_id)
        payment_id = ours(seen.payment_id)
        if payment_id is None:
            return None, NOT_OURS
        first = Notice(
            f"{notice.event_id}/came", notice.kind, seen.payment_id, "", intent_id=notice.intent_id
        )
        await self.paying.hear(first)
        async with self.paying.database.look() as connection:
            payment = await payments.find(connection, payment_id)
        if payment is None:
            return None, NoticeOfUnknown.code
        is_of_it = payment.reference == notice.intent_id and payment.state is State.SUCCEEDED
        return (payment, "") if is_of_it else (None, OLD_NEWS)

    async def _learn(self, notice: Notice, payment: Payment, gone: Sequence[Gone]) -> str | None:
        """What came of it; None where somebody has looked since `payment` was read, and saw something else."""
        async with self.paying.database.work(self.paying.clock.now()) as work:
            locked = await locked_payment(work, payment)
            is_same = sum(one.minor for one in gone) == locked.away_minor
            if locked.back_looks != payment.back_looks and not is_same:
                return None
            locked.back_looks += 1
            telling, outcome = Telling(), OLD_NEWS
            zone = self.paying.zone(locked.legal_entity)
            try:
                if learn_back(telling, locked, gone, time_zone=zone, moment=work.moment):
                    outcome = MOVED
                    await _end_what_must(work, locked)
            except (MoreBackThanPaid, BackCurrencyDiffers) as refusal:
                outcome = refusal.code
            if await noted(work, notice, locked.payment_id, outcome):
                await payments.move(work.connection, locked)
                tell(work, telling.told)
                tally(telling, outcome)
        return outcome


async def _end_what_must(work: Work, payment: Payment) -> None:
    """A means of which the bank says that we must not charge it ends its mandate."""
    back = payment.back
    if payment.charge_id is None or back is None or not back.minor or back.why is Why.REFUND:
        return
    charge = await charges.find(work.connection, payment.charge_id)
    assert charge is not None, "a charge is never removed"
    await obey(work, Decline(back.code), charge.mandate_id)
