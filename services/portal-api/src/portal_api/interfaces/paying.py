"""Paying by the provider's page: a payment is written down, then asked for, then noted; what came of it is asked again.

Ledger and provider are never asked inside a transaction. Whoever dies on the way is asked again under the same key, and
finds the same payment and the same page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from portal_api.domain.autopay import AutopayRails
from portal_api.domain.back import BackCurrencyDiffers, MoreBackThanPaid
from portal_api.domain.payment import AmountDiffers, Payment, Seen
from portal_api.gateways import answers, payments
from portal_api.gateways.coming import coming
from portal_api.gateways.open_amounts import open_amounts
from portal_api.gateways.provider import Notice, Page, Provider, ProviderUnavailable
from portal_api.gateways.tally import count_moves, count_refused
from portal_api.handlers.ask_payment import Wish, ask_payment
from portal_api.handlers.learn_payment import learn_payment
from portal_api.interfaces.charge_news import hear_charge
from shared.base.clock import Clock
from shared.base.errors import Refusal
from shared.base.ids import derived_id
from shared.base.points import reached
from shared.base.telling import Telling
from shared.db import timers
from shared.db.work import Database, Work
from shared.messaging.tell import tell
from shared.web.calls import Peer
from shared.web.idempotency import IdempotencyKeyReused

LOOK_AFTER: Final = timedelta(hours=1)
"""So long the provider has to tell what became of a page, before it is asked."""

PAGE_LIFE: Final = timedelta(hours=20)
"""So long the same request without a key is led to the page that is open; the provider closes it after a day."""

MOVED, OLD_NEWS, NOT_OURS = "moved", "no-news", "not-ours"
"""What comes of a notice that is not refused."""


class PayingOff(Refusal):
    """Nobody can pay here yet: the operator has not said who takes the money."""

    code, status = "paying-off", 503


class NoticeOfAnother(Refusal):
    """The notice names a payment of ours, and the provider knows that page for another one."""

    code = "notice-of-another-payment"


class NoticeOfUnknown(Refusal):
    """The notice is of money that the provider knows under a name of ours, and we know no such payment."""

    code = "notice-of-unknown-payment"


class Asking(NamedTuple):
    """One request to pay. `key` is the sender's, within `scope`; "" where they gave none: then the same request again
    is the same payment while its page is open.
    """

    customer_id: UUID
    scope: str
    key: str
    request_hash: bytes
    wishes: Sequence[Wish]
    return_url: str


@dataclass(frozen=True, slots=True)
class Paying:
    """What the doors share. `zones`: time zones of the legal entities."""

    database: Database
    clock: Clock
    ledger: Peer
    provider: Provider | None
    zones: Mapping[str, str]
    rails: AutopayRails

    @property
    def taker(self) -> Provider:
        """Who takes the money. Raises `PayingOff`."""
        if self.provider is None:
            raise PayingOff("paying is not set up yet")
        return self.provider

    async def ask(self, asking: Asking) -> tuple[Payment, bool]:
        """The payment with its page, and whether it was there before: the same key is the same payment."""
        provider = self.taker
        known, on_its_way = await self._look(asking)
        if known is not None and known.url:
            return known, True
        wanted = {one.invoice_id for one in asking.wishes}
        owed = await open_amounts(self.ledger, asking.customer_id, wanted)

        async with self.database.work(self.clock.now()) as work:
            payment = ask_payment(
                owed,
                asking.wishes,
                coming=on_its_way,
                payment_id=await _id_of(work, asking),
                customer_id=asking.customer_id,
                return_url=asking.return_url,
                moment=work.moment,
            )
            payment = await _keep_once(work, payment, asking.request_hash)
        if payment.url:
            return payment, True
        reached("payment.asked")
        page = await provider.open_page(payment)
        reached("payment.page-opened")
        return await self._note_page(payment.payment_id, page), known is not None

    async def hear(self, notice: Notice) -> str:
        """What came of it. Whatever it says, the provider is asked how the payment stands.

        Raises `AmountDiffers` and `NoticeOfAnother`, which are kept too; and `ProviderUnavailable`.
        """
        provider, payment = self.taker, None
        async with self.database.look() as connection:
            before = await payments.noted(connection, notice.event_id)
            payment_id = ours(notice.payment_id)
            if payment_id is not None:
                payment = await payments.find(connection, payment_id)
        if before is not None:
            return again(before)
        if payment is None:
            await self.note(notice, None, NOT_OURS)
            return NOT_OURS
        session_id = payment.session_id or notice.of(payment)
        if not session_id:
            raise ProviderUnavailable("the page of this payment is not noted yet: tell it again")

        seen = await provider.look(session_id)
        reached("notice.looked")

        if seen.payment_id != str(payment.payment_id):
            await self.note(notice, payment.payment_id, NoticeOfAnother.code)
            return again(NoticeOfAnother.code)
        async with self.database.work(self.clock.now()) as work:
            locked = await locked_payment(work, payment)
            telling, outcome = Telling(), OLD_NEWS
            try:
                if await self._learn(work, telling, locked, seen):
                    outcome = MOVED
            except AmountDiffers as refusal:
                outcome = refusal.code
            if await noted(work, notice, locked.payment_id, outcome):
                await payments.move(work.connection, locked)
                tell(work, telling.told)
                tally(telling, outcome)
        return again(outcome)

    async def _learn(self, work: Work, telling: Telling, payment: Payment, seen: Seen) -> bool:
        if payment.charge_id:
            return await hear_charge(work, telling, payment, seen, self.rails)
        zone = self.zone(payment.legal_entity)
        return learn_payment(telling, payment, seen, time_zone=zone, moment=work.moment)

    async def _look(self, asking: Asking) -> tuple[Payment | None, Mapping[UUID, int]]:
        """The payment of that key; and what is on its way, read before the books are, so that nothing is missed."""
        async with self.database.look() as connection:
            on_its_way = await coming(connection, asking.customer_id, moment=self.clock.now())
            if not asking.key:
                return None, on_its_way
            payment_id = _id_of_key(asking)
            _must_be_same(await payments.asked_by(connection, payment_id), asking.request_hash)
            return await payments.find(connection, payment_id), on_its_way

    async def _note_page(self, payment_id: UUID, page: Page) -> Payment:
        async with self.database.work(self.clock.now()) as work:
            payment = await payments.find(work.connection, payment_id, lock=True)
            assert payment is not None, "a payment is never removed"
            payment.open(page.session_id, page.url, moment=work.moment)
            await payments.move(work.connection, payment)
            due = {str(payment_id): work.moment + LOOK_AFTER}
            await timers.set_many(work.connection, payments.TIMER, due)
        return payment

    async def note(self, notice: Notice, payment_id: UUID | None, outcome: str) -> None:
        """Of what moves nothing."""
        async with self.database.work(self.clock.now()) as work:
            if await noted(work, notice, payment_id, outcome):
                tally(Telling(), outcome)

    def zone(self, legal_entity: str) -> str:
        """Whose day it is."""
        return self.zones.get(legal_entity, "UTC")


async def _keep_once(work: Work, payment: Payment, request_hash: bytes) -> Payment:
    """As it was written down first; the customer is locked."""
    hashed = await payments.asked_by(work.connection, payment.payment_id)
    _must_be_same(hashed, request_hash)
    if hashed is None:
        await payments.keep(work.connection, payment, request_hash)
        return payment
    kept = await payments.find(work.connection, payment.payment_id)
    assert kept is not None, "a payment is never removed"
    return kept


async def locked_payment(work: Work, payment: Payment) -> Payment:
    """As it is now; of an attempt of autopay the customer is locked first, for its charge moves with it."""
    if payment.charge_id:
        await answers.lock(work.connection, payment.customer_id)
    locked = await payments.find(work.connection, payment.payment_id, lock=True)
    assert locked is not None, "a payment is never removed"
    return locked


async def noted(work: Work, notice: Notice, payment_id: UUID | None, outcome: str) -> bool:
    """False when somebody else noted it meanwhile."""
    return await payments.note(
        work.connection,
        notice.event_id,
        kind=notice.kind,
        payment_id=payment_id,
        outcome=outcome,
        at=work.moment,
    )


async def _id_of(work: Work, asking: Asking) -> UUID:
    """Of the key where there is one; else of the same request while its page is open, or of how many there were. The
    customer is locked from here on.
    """
    place = await payments.place_of(work.connection, asking.customer_id)
    if asking.key:
        return _id_of_key(asking)
    since = work.moment - PAGE_LIFE
    same = await payments.open_page_of(
        work.connection, asking.customer_id, asking.request_hash, since=since
    )
    return same or derived_id("payment", asking.customer_id, place)


def _id_of_key(asking: Asking) -> UUID:
    return derived_id("payment", asking.scope, asking.key)


def _must_be_same(hashed: bytes | None, request_hash: bytes) -> None:
    if hashed not in (None, request_hash):
        raise IdempotencyKeyReused("this Idempotency-Key was used for another request")


def ours(text: str) -> UUID | None:
    """Our own id as the provider was given it; None for what is not ours."""
    try:
        return UUID(text)
    except ValueError:
        return None


KEPT: Final[Mapping[str, Refusal]] = {
    one.code: one
    for one in (
        AmountDiffers("the provider has another sum or currency than was asked: nothing is booked"),
        NoticeOfAnother("the provider has another payment than was asked: nothing is booked"),
        NoticeOfUnknown("the provider names a payment that was never asked for: nothing is booked"),
        MoreBackThanPaid("the provider gave back more than was paid: nothing is booked"),
        BackCurrencyDiffers("the provider gave back another currency: nothing is booked"),
    )
}
"""Refusals that are kept with the notice."""


def tally(telling: Telling, outcome: str) -> None:
    """Count what came of a notice."""
    count_moves(telling.told)
    if outcome in KEPT:
        count_refused(outcome)


def again(outcome: str) -> str:
    """What was said of a notice is said again."""
    if outcome in KEPT:
        refusal = KEPT[outcome]
        raise type(refusal)(refusal.message)
    return outcome
