"""Saving a means of payment: a mandate is written down, then asked for, then noted; what was saved is asked again.

The provider is never asked inside a transaction. Whoever dies on the way is asked again under the same key.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from portal_api.domain.autopay import AutopayRails
from portal_api.domain.mandate import Agreed, Mandate, Saved, State, TextChanged
from portal_api.domain.session import Session
from portal_api.gateways import answers, contacts, mandates, payments
from portal_api.gateways.means_provider import MeansProvider, SavingPage
from portal_api.gateways.provider import Notice, ProviderUnavailable
from portal_api.handlers.tell_mandate import tell_mandate
from portal_api.interfaces.mandate_ends import end_mandate
from portal_api.interfaces.paying import MOVED, NOT_OURS, OLD_NEWS, PayingOff
from shared.base.clock import Clock
from shared.base.ids import derived_id
from shared.base.points import reached
from shared.base.telling import Telling
from shared.contracts import portal_api as told
from shared.db import timers
from shared.db.work import Database, Work
from shared.messaging.tell import tell
from shared.web.idempotency import IdempotencyKeyReused

RENEWS: Final = frozenset({"payment_method.automatically_updated", "payment_method.updated"})
"""Of what the provider tells of a means: it is still there."""
LOOK_AFTER: Final = timedelta(hours=1)
"""So long the provider has to tell what became of a page, before it is asked."""


class Agreeing(NamedTuple):
    """One request to save a means; `key` is the sender's, "" where they gave none."""

    session: Session
    key: str
    request_hash: bytes
    text_hash: str
    return_url: str
    network: str


@dataclass(frozen=True, slots=True)
class Mandating:
    """What doors and jobs share. `legal_entity`: in whose name we write to who owes nobody."""

    database: Database
    clock: Clock
    provider: MeansProvider | None
    rails: AutopayRails
    legal_entity: str

    @property
    def keeper(self) -> MeansProvider:
        """Who keeps the means. Raises `PayingOff`."""
        if self.provider is None:
            raise PayingOff("paying is not set up yet")
        return self.provider

    async def ask(self, asking: Agreeing) -> tuple[Mandate, bool]:
        """The mandate with its page, and whether it was there before: the same key is the same mandate."""
        keeper = self.keeper
        async with self.database.work(self.clock.now()) as work:
            mandate, again = await self._keep_once(work, asking)
        if again and mandate.session_id:
            return mandate, True

        reached("mandate.asked")
        kinds = tuple(kind for kind, one in self.rails.means.items() if one.offered)
        page = await keeper.open_saving(mandate, kinds)

        reached("mandate.page-opened")
        return await self._note_page(mandate, page), again

    async def hear(self, notice: Notice) -> str:
        """What came of it. Whatever it says, the provider is asked what was saved."""
        keeper = self.keeper
        async with self.database.look() as connection:
            before = await payments.noted(connection, notice.event_id)
            mandate = await _named(connection, notice)
        if before is not None:
            return before
        if mandate is None:
            return await self._note(notice, NOT_OURS)
        if notice.method_id:
            if notice.kind in RENEWS:
                return await self._hear_renewed(notice, mandate)
            return await self._hear_gone(notice, mandate)
        session_id = mandate.session_id or notice.session_id
        if not session_id:
            raise ProviderUnavailable("the page of this mandate is not noted yet: tell it again")

        saved = await keeper.look_saved(session_id)
        reached("mandate.looked")

        if saved.mandate_id != str(mandate.mandate_id):
            return await self._note(notice, NOT_OURS)
        async with self.database.work(self.clock.now()) as work:
            locked = await _locked(work, mandate)
            outcome = MOVED if await _saved(work, locked, saved) else OLD_NEWS
            await _noted(work, notice, outcome)
        return outcome

    async def _keep_once(self, work: Work, asking: Agreeing) -> tuple[Mandate, bool]:
        session = asking.session
        await answers.lock(work.connection, session.customer_id)
        place = await mandates.place_of(work.connection, session.customer_id)
        mandate_id = _id_of(asking, place)
        hashed = await mandates.asked_by(work.connection, mandate_id)
        if hashed not in (None, asking.request_hash):
            raise IdempotencyKeyReused("this Idempotency-Key was used for another request")
        if hashed is None:
            mandate = await self._new(work, asking, mandate_id)
            await mandates.keep(work.connection, mandate, asking.request_hash)
            return mandate, False
        kept = await mandates.find(work.connection, mandate_id)
        assert kept is not None, "a mandate is never removed"
        return kept, True

    async def _new(self, work: Work, asking: Agreeing, mandate_id: UUID) -> Mandate:
        me = await contacts.me(work.connection, asking.session.customer_id, asking.session.address)
        text = next((t for t in self.rails.texts.values() if t.hash == asking.text_hash), None)
        if text is None:
            raise TextChanged("this is not the text of now", pointer="/text_hash")
        for other in await mandates.standing(work.connection, me.customer_id):
            if not other.is_active:
                await end_mandate(work, other, State.REPLACED, "asked-again")
        return Mandate(
            mandate_id=mandate_id,
            customer_id=me.customer_id,
            legal_entity=me.legal_entity or self.legal_entity,
            agreed=Agreed(
                *(text.version, text.language, text.hash, me.contact_id),
                *(work.moment, asking.network),
            ),
            return_url=asking.return_url,
            asked_at=work.moment,
        )

    async def _note_page(self, mandate: Mandate, page: SavingPage) -> Mandate:
        async with self.database.work(self.clock.now()) as work:
            locked = await _locked(work, mandate)
            locked.open(*page)
            await mandates.move(work.connection, locked)
            if locked.state is State.ASKED:
                due = {str(mandate.mandate_id): work.moment + LOOK_AFTER}
                await timers.set_many(work.connection, mandates.TIMER, due)
        return locked

    async def _hear_renewed(self, notice: Notice, mandate: Mandate) -> str:
        """The issuer may have put another end or number on it: the next announcement names what is charged."""
        means = await self.keeper.look_means(notice.method_id)
        async with self.database.work(self.clock.now()) as work:
            locked = await _locked(work, mandate)
            outcome = MOVED if locked.renew(means) else OLD_NEWS
            await mandates.move(work.connection, locked)
            await _noted(work, notice, outcome)
        return outcome

    async def _hear_gone(self, notice: Notice, mandate: Mandate) -> str:
        """The means is nobody's any more at the provider."""
        async with self.database.work(self.clock.now()) as work:
            locked = await _locked(work, mandate)
            ended = await end_mandate(work, locked, State.REVOKED, "detached")
            outcome = MOVED if ended else OLD_NEWS
            await _noted(work, notice, outcome)
        return outcome

    async def _note(self, notice: Notice, outcome: str) -> str:
        async with self.database.work(self.clock.now()) as work:
            await _noted(work, notice, outcome)
        return outcome


async def _saved(work: Work, mandate: Mandate, saved: Saved) -> bool:
    """Whether it was news; the means that was saved before is let go of."""
    if not mandate.save(saved, moment=work.moment):
        return False
    for other in await mandates.standing(work.connection, mandate.customer_id):
        if other.mandate_id != mandate.mandate_id:
            await end_mandate(work, other, State.REPLACED, "replaced")
    await mandates.move(work.connection, mandate)
    await timers.set_many(work.connection, mandates.TIMER, {str(mandate.mandate_id): None})
    telling = Telling()
    tell_mandate(telling, mandate, told.MandateSaved, moment=work.moment)
    tell(work, telling.told)
    return True


async def _named(connection: asyncpg.Connection, notice: Notice) -> Mandate | None:
    if notice.method_id:
        return await mandates.of_method(connection, notice.method_id)
    try:
        mandate_id = UUID(notice.mandate_id)
    except ValueError:
        return None
    return await mandates.find(connection, mandate_id)


async def _locked(work: Work, mandate: Mandate) -> Mandate:
    """As it is now; the customer is locked."""
    await answers.lock(work.connection, mandate.customer_id)
    found = await mandates.find(work.connection, mandate.mandate_id)
    assert found is not None, "a mandate is never removed"
    return found


async def _noted(work: Work, notice: Notice, outcome: str) -> bool:
    return await payments.note(
        work.connection,
        notice.event_id,
        kind=notice.kind,
        payment_id=None,
        outcome=outcome,
        at=work.moment,
    )


def _id_of(asking: Agreeing, place: int) -> UUID:
    """Of the key where there is one, else of how many the customer has asked for."""
    session = asking.session
    if asking.key:
        return derived_id("mandate", session.customer_id, session.address, asking.key)
    return derived_id("mandate", session.customer_id, place)
