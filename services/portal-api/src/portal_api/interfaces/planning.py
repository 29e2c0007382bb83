"""Commands about plans: load, handle, save, one customer at a time; and their timers are set anew."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.agreement import Agreement
from portal_api.domain.answers import Answers
from portal_api.domain.plan import Acceptance, Plan, PlanState, Side
from portal_api.domain.plan_rails import PlanRails
from portal_api.domain.quote import Quote
from portal_api.domain.segment import BySegment
from portal_api.gateways import answers, contacts, plans
from portal_api.handlers.accept_plan import accept_plan, decline_plan
from portal_api.handlers.extend_plan import extend_plan
from portal_api.handlers.judge_plan import judge_plan
from portal_api.handlers.propose_plan import propose_plan
from portal_api.handlers.quote_plan import Asked, Asker, quote_plan
from portal_api.handlers.refuse_plan import refuse_plan
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.ids import derived_id
from shared.db import timers
from shared.db.work import Work
from shared.messaging.tell import tell


class PlanUnknown(Refusal):
    """There is no such plan."""

    code, status = "plan-unknown", 404


class QuoteUnknown(Refusal):
    """You were given no such quote, or it was long ago."""

    code, status = "quote-unknown", 404


class Accepts(NamedTuple):
    """Who accepts which text; `network` is the address they do it from."""

    by: str
    text_hash: str
    network: str


@dataclass(frozen=True, slots=True)
class Planning:
    """What doors and job share: rails, words, and how a command begins and ends."""

    rails: BySegment[PlanRails]
    agreement: Agreement
    legal_entity_names: dict[str, str]

    async def quote(self, work: Work, me: contacts.Acting, asked: Asked) -> Quote:
        """A quote; nothing of it holds."""
        named = [one.invoice_id for one in asked.wanted]
        found = await answers.load(work.connection, me.customer_id, invoices=named)
        quote = quote_plan(
            found,
            asked,
            self.rails.of(found.traits),
            self.agreement,
            asker=Asker(me.customer_id, me.customer_number, me.language, self.legal_entity_names),
            moment=work.moment,
        )
        await plans.keep_quote(work, quote)
        return quote

    async def propose(self, work: Work, customer_id: UUID, quote_id: UUID) -> Plan:
        """A plan from the quote, or the same one again."""
        await answers.lock(work.connection, customer_id)
        plan_id = derived_id("plan", quote_id)
        if (known := await plans.one(work.connection, customer_id, plan_id)) is not None:
            return known
        quote = await plans.quote(work.connection, customer_id, quote_id)
        if quote is None:
            raise QuoteUnknown("you were given no such quote")
        named = [one.invoice_id for one in quote.items]
        found = await answers.load(work.connection, customer_id, invoices=named)
        plan = propose_plan(found, quote, self.rails.of(found.traits), moment=work.moment)
        await self._save(work, found)
        return plan

    async def accept(self, work: Work, customer_id: UUID, plan_id: UUID, accepts: Accepts) -> Plan:
        """By the customer."""
        found, plan = await self._load(work, customer_id, plan_id)
        accept_plan(
            found,
            plan,
            self.rails.of(found.traits),
            _acceptance(Side.CUSTOMER, accepts, work.moment),
            moment=work.moment,
        )
        await self._save(work, found)
        return plan

    async def approve(self, work: Work, plan_id: UUID, accepts: Accepts) -> Plan:
        """By a person of ours."""
        found, plan = await self._load(work, await self._whose(work, plan_id), plan_id)
        accept_plan(
            found,
            plan,
            self.rails.of(found.traits),
            _acceptance(Side.US, accepts, work.moment),
            moment=work.moment,
        )
        await self._save(work, found)
        return plan

    async def decline(self, work: Work, plan_id: UUID, *, reason: str) -> Plan:
        """By a person of ours."""
        found, plan = await self._load(work, await self._whose(work, plan_id), plan_id)
        decline_plan(found, plan, reason=reason, moment=work.moment)
        await self._save(work, found)
        return plan

    async def refuse(self, work: Work, customer_id: UUID, plan_id: UUID, *, words: str) -> Plan:
        """By the customer."""
        found, plan = await self._load(work, customer_id, plan_id)
        refuse_plan(found, plan, words=words, moment=work.moment)
        await self._save(work, found)
        return plan

    async def extend(self, work: Work, customer_id: UUID, plan_id: UUID, *, days: int) -> Plan:
        """Once, by request."""
        found, plan = await self._load(work, customer_id, plan_id)
        extend_plan(found, plan, self.rails.of(found.traits), days=days, moment=work.moment)
        await self._save(work, found)
        return plan

    async def judge(self, work: Work, plan_id: UUID) -> None:
        """Tell what is news of it, and look again when there may be more."""
        found, plan = await self._load(work, await self._whose(work, plan_id), plan_id)
        if plan.ended_at is None:
            judge_plan(found, plan, self.rails.of(found.traits), moment=work.moment)
            found.keep_plan(plan)
        await self._save(work, found)

    async def _load(self, work: Work, customer_id: UUID, plan_id: UUID) -> tuple[Answers, Plan]:
        found = await answers.load(work.connection, customer_id)
        plan = found.plans.get(plan_id) or await plans.one(work.connection, customer_id, plan_id)
        if plan is None:
            raise PlanUnknown("you have no such plan")
        return found, plan

    async def _whose(self, work: Work, plan_id: UUID) -> UUID:
        plan = await plans.any_one(work.connection, plan_id)
        if plan is None:
            raise PlanUnknown("there is no such plan")
        return plan.customer_id

    async def _save(self, work: Work, found: Answers) -> None:
        await answers.save(work, found)
        rails = self.rails.of(found.traits)
        due = {
            str(one.plan_id): _looked_at(one, rails, work.moment)
            for one in found.changed_plans.values()
        }
        await timers.set_many(work.connection, plans.TIMER, due)
        tell(work, found.told)


def _acceptance(side: Side, accepts: Accepts, moment: Moment) -> Acceptance:
    return Acceptance(side, accepts.by, moment, accepts.text_hash, accepts.network)


def _looked_at(plan: Plan, rails: PlanRails, moment: Moment) -> Moment | None:
    """When there may be news of it again: at once where nothing is left to pay, never once it has ended."""
    if plan.ended_at is not None:
        return None
    if plan.state is not PlanState.ACTIVE:
        return plan.answer_by
    entity = plan.terms.legal_entity
    today = rails.day_of(moment, entity)
    day = plan.next_day(today=today, days_before=rails.remind_days_before)
    return moment if day is None else rails.begins_at(day, entity)
