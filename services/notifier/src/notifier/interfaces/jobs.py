"""What is done unasked: dispatch of due messages, and recovery of hand-overs that nobody finished.

Claim on a lease and commit `handing-over`; let go; hand over; note the answer. A crash in between leaves a message in
`handing-over`, and whoever finds its lease expired asks the provider, or calls it unknown. It is never sent again.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from notifier.domain.brief import WarningBrief
from notifier.domain.contact import Channel
from notifier.domain.customer import Owner, Team
from notifier.domain.desk import Desk
from notifier.domain.handover import Answer, InDoubt, Parcel
from notifier.domain.message import Message
from notifier.domain.sending import Mode, Sending
from notifier.domain.silence import Facts
from notifier.gateways import claims, outcomes, switch
from notifier.gateways.claims import Batch
from notifier.gateways.letter import Writer
from notifier.gateways.messages import origins_of
from notifier.gateways.outcomes import Answered, Leased
from notifier.gateways.tally import count_ends
from notifier.gateways.text_carrier import TextCarrier
from notifier.handlers.hand_over import hand_over
from notifier.handlers.note_answer import note_answer
from shared.base.clock import Clock, machine_seconds
from shared.base.points import reached
from shared.contracts.company import Company, LegalEntity
from shared.db.work import Database, is_transient
from shared.instruments import metrics, traces
from shared.messaging.tell import tell

BEHIND_WARNING_SECONDS = 30
NOTE_AGAIN_SECONDS = 0.2
LEASE_RESERVE = 0.5
"""The part of a lease after which no hand-over may begin any more."""

_log = logging.getLogger(__name__)


class Carrier(Protocol):
    """Brings parcels of one channel; never raises for what the other side does."""

    async def bring(self, parcel: Parcel, *, may_start: Callable[[], bool]) -> Answer:
        """Hand one parcel over, unless `may_start` says no at the last moment."""
        ...


class Watermark(Protocol):
    """Whether everything there is has been heard."""

    async def behind(self) -> list[str]: ...


@dataclass(slots=True)
class Dispatch:
    """Due messages are looked at one last time and, if anything is left to say, handed over."""

    database: Database
    clock: Clock
    company: Company
    writer: Writer
    carriers: Mapping[Channel, Carrier]
    watermark: Watermark
    sending: Sending
    """Until somebody sets the mode by the API."""
    claim_messages: int
    lease: timedelta
    instance: str = ""
    """A name that no other living process has; what it had claimed before it died it may recover at once."""
    _behind_since: float | None = field(default=None, init=False)
    _took_over: bool = field(default=False, init=False)

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        if (
            not self._is_alone
            or not await self._something_due()
            or not await self._heard_everything()
        ):
            return False

        began = machine_seconds()
        found, going = await self._claim()
        if going:
            reached("notifier.after-handing-over")
        until = began + self.lease.total_seconds() * LEASE_RESERVE
        carrying = {
            asyncio.ensure_future(self._carry(parcel, leased, until)) for parcel, leased in going
        }
        while carrying:
            done, carrying = await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
            await self._note([one.result() for one in done])
        return found >= self.claim_messages

    async def recover(self) -> bool:
        """Hand-overs whose process died: ask who can be asked, and never send again what may have been sent."""
        async with self.database.work(self.clock.now()) as work:
            if not self._took_over and self.instance:
                await outcomes.give_up(work.connection, self.instance)
            abandoned = await outcomes.claim_abandoned(
                work.connection, by=self.instance, lease=self.lease, limit=self.claim_messages
            )
        self._took_over = True
        for one in abandoned:
            _log.warning("hand-over in doubt", extra={"message_id": str(one.message.message_id)})
            with traces.continued("recover hand-over", *_trace(one.trace)):
                answered = _answered(one, await self._asked(one))
            await self._note([answered])
        return len(abandoned) >= self.claim_messages

    @property
    def _is_alone(self) -> bool:
        """Whether what stands under our name is ours: first the leases of the life before end, then new ones begin."""
        return self._took_over or not self.instance

    async def _something_due(self) -> bool:
        async with self.database.look() as connection:
            mode = await switch.mode(connection, otherwise=self.sending)
            return mode is not Mode.OFF and await claims.any_due(connection, now=self.clock.now())

    async def _heard_everything(self) -> bool:
        """Nothing is handed over on facts that may be old."""
        behind = await self.watermark.behind()
        if not behind:
            self._behind_since = None
            return True

        now = machine_seconds()
        self._behind_since = self._behind_since or now
        if now - self._behind_since > BEHIND_WARNING_SECONDS:
            _log.warning("messages wait: facts are missing", extra={"behind": behind[:10]})
            self._behind_since = now
        return False

    async def _claim(self) -> tuple[int, list[tuple[Parcel, Leased]]]:
        """How many were due, and those of them that are to be carried."""
        async with self.database.work(self.clock.now()) as work:
            sending = await switch.read(work.connection, otherwise=self.sending)
            if sending.mode is Mode.OFF:
                return 0, []
            batch = await claims.claim(
                work.connection, now=work.moment, limit=self.claim_messages, seal=self.writer.seal
            )
            if not batch.due:
                return 0, []
            parcels = [
                hand_over(
                    batch.desk,
                    message,
                    self._facts(message, batch, sending),
                    writer=self.writer,
                    moment=work.moment,
                )
                for message in batch.due
            ]
            claimed = await claims.save(
                work.connection, batch, by=self.instance, lease=self.lease, now=work.moment
            )
            tell(work, batch.desk.told)
            reached("notifier.before-handing-over")
        count_ends(batch.desk)
        return batch.found, [
            (one, _leased(batch, one.message_id, claimed[one.message_id])) for one in parcels if one
        ]

    def _facts(self, message: Message, batch: Batch, sending: Sending) -> Facts:
        known, customer_id = batch.known, message.customer_id
        entity = self.company.legal_entity(message.legal_entity)
        return Facts(
            customer=known.customers[customer_id],
            entity_zone=entity.time_zone if entity else "",
            sending=sending,
            invoices={one.invoice_id: one for one in known.invoices.get(customer_id, ())},
            credits=known.credits.get(customer_id, ()),
            holds=known.holds.get(customer_id, ()),
            contact_days=known.contact_days.get(customer_id, ()),
            opted_out=known.opted_out,
            parked_here=known.parked.get(customer_id, 0),
            earlier_at=known.earlier.get(message.message_id),
            team=_team(message, entity),
        )

    async def _carry(self, parcel: Parcel, leased: Leased, until: float) -> Answered:
        channel = parcel.route.channel
        with (
            traces.continued(f"hand over {channel}", *_trace(leased.trace)),
            metrics.timed("delivery_seconds", channel=channel),
        ):
            answer = await self.carriers[channel].bring(
                parcel, may_start=lambda: machine_seconds() < until
            )
            return _answered(leased, answer)

    async def _note(self, answered: Sequence[Answered]) -> None:
        """Write answers down; while the database is away keep them for as long as the lease: nobody else knows them."""
        until = machine_seconds() + self.lease.total_seconds()
        while True:
            try:
                return await self._write_down(answered)
            except Exception as error:
                if not is_transient(error) or machine_seconds() > until:
                    raise
                _log.warning("answers wait for the database", extra={"why": repr(error)})
            await asyncio.sleep(NOTE_AGAIN_SECONDS)

    async def _write_down(self, answered: Sequence[Answered]) -> None:
        async with self.database.work(self.clock.now()) as work:
            ours, desk = await outcomes.still_ours(work.connection, answered), Desk()
            for one in ours:
                desk.cause = one
                message, customer = one.leased.message, one.leased.customer
                note_answer(desk, message, one.answer, customer, moment=work.moment)
            await outcomes.save(work.connection, desk.to_save(), ours, now=work.moment)
            tell(work, desk.told)
        reached("notifier.after-outcome")
        count_ends(desk)

    async def _asked(self, abandoned: Leased) -> Answer:
        """A provider that can be asked is asked; SMTP cannot."""
        route = abandoned.message.route
        assert route is not None
        carrier = self.carriers[route.channel]
        if isinstance(carrier, TextCarrier):
            return await carrier.ask_about(abandoned.message)
        return InDoubt("the process died during the hand-over")


def _team(message: Message, entity: LegalEntity | None) -> Team | None:
    if entity is None or not isinstance(message.brief, WarningBrief):
        return None
    team = entity.dispute_team(message.brief.team)
    return Team(*(Owner(one.name, one.email) for one in (team.mailbox, team.lead)))


def _leased(batch: Batch, message_id: UUID, claim_id: UUID) -> Leased:
    message = batch.desk.messages[message_id]
    customer = batch.known.customers[message.customer_id]
    return Leased(message, customer, claim_id, batch.traces[message_id])


def _answered(leased: Leased, answer: Answer) -> Answered:
    """In the trace under way."""
    traceparent = traces.current_traceparent()
    headers = {"traceparent": traceparent} if traceparent else {}
    return Answered(leased, answer, traces.current_trace_id(), headers)


def _trace(kept: tuple[str, str]) -> tuple[dict[str, str], list[str]]:
    traceparent, origins = kept
    return ({"traceparent": traceparent} if traceparent else {}), origins_of(origins)
