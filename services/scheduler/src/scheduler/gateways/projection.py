"""The projection, read: what a slice of events names, in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from scheduler.domain.facts import Facts, Sent
from scheduler.domain.hold import (
    AUTOPAY,
    DISPUTE,
    PLAN,
    PROMISE,
    amount_hold_id,
    requested_hold_id,
)
from scheduler.gateways import tasks
from scheduler.gateways.rows import amount_hold_of, item_of
from shared.base.clock import Moment
from shared.contracts import portal_api
from shared.contracts.disputes import ClockWarned, DisputeEvent
from shared.contracts.event import Event
from shared.contracts.ledger import (
    CreditEvent,
    CustomerChanged,
    Invoice,
    InvoiceEvent,
    InvoiceStatus,
    PaymentEvent,
)
from shared.contracts.notifier import MessageEvent
from shared.contracts.portal_api import (
    CallRequested,
    ChargeEvent,
    FeedbackGiven,
    HardshipRequested,
    PlanEvent,
    PromiseEvent,
)

_CUSTOMERS = "SELECT customer_id, version FROM customers WHERE customer_id = ANY($1::uuid[])"
_ITEMS = "SELECT * FROM items WHERE invoice_id = ANY($1::uuid[])"
_CREDITS = "SELECT credit_id, version, bounced_on FROM credits WHERE credit_id = ANY($1::uuid[])"
_AMOUNT_HOLDS = "SELECT * FROM amount_holds WHERE hold_id = ANY($1::uuid[])"
_HOLDS = "SELECT hold_id FROM holds WHERE hold_id = ANY($1::uuid[])"
_SENT = """
SELECT reminder_id AS id, customer_id, outcome, outcome_at, policy, policy_version FROM reminders
WHERE reminder_id = ANY($1::uuid[])
UNION ALL
SELECT escalation_id, customer_id, outcome, outcome_at, policy, policy_version FROM escalations
WHERE escalation_id = ANY($1::uuid[])
"""


@dataclass(slots=True)
class _Named:
    """What a slice of events names, by kind."""

    customers: set[UUID] = field(default_factory=set)
    invoices: set[UUID] = field(default_factory=set)
    credits: set[UUID] = field(default_factory=set)
    sent: set[UUID] = field(default_factory=set)
    holds: set[UUID] = field(default_factory=set)
    asked_holds: set[UUID] = field(default_factory=set)
    causes: set[UUID] = field(default_factory=set)
    """Of tasks."""

    def add(self, event: Event) -> None:
        match event:
            case CustomerChanged():
                self.customers.add(event.customer_id)
            case InvoiceEvent():
                self.invoices.add(event.invoice_id)
                self._add_causes(event)
            case PaymentEvent() | CreditEvent():
                self.credits.update(filter(None, (event.subject_id, event.answered_by)))
                self.invoices.update(invoice.invoice_id for invoice in event.invoices)
                self.invoices.update(allocation.invoice_id for allocation in event.allocations)
                self._add_causes(*event.invoices)
            case MessageEvent():
                self.sent.add(event.reminder_id or event.escalation_id or event.message_id)
                self.invoices.update(line.invoice_id for line in event.items)
            case _:
                self._add_answer(event)

    def _add_answer(self, event: Event) -> None:
        """What customers say at the portal, and what becomes of it."""
        match event:
            case ClockWarned():
                self.causes.add(event.dispute_id)
            case DisputeEvent():
                self.causes.add(event.dispute_id)
                self.holds.update(
                    amount_hold_id(DISPUTE, event.dispute_id, item.invoice_id, item.instalment)
                    for item in event.items
                )
            case PromiseEvent():
                self.holds.update(
                    amount_hold_id(PROMISE, event.promise_id, item.invoice_id, item.instalment)
                    for item in event.items
                )
            case ChargeEvent():
                self.holds.update(
                    amount_hold_id(AUTOPAY, event.charge_id, item.invoice_id, item.instalment)
                    for item in event.items
                )
            case PlanEvent():
                self.causes.add(event.plan_id)
                self.holds.update(
                    amount_hold_id(PLAN, event.plan_id, item.invoice_id, item.instalment)
                    for item in event.items
                )
            case HardshipRequested():
                self.causes.add(event.request_id)
                self.asked_holds.add(requested_hold_id(event.request_id))
            case CallRequested() | FeedbackGiven():
                self.causes.add(event.subject_id)
            case portal_api.PaymentEvent():
                self.causes.update(item.invoice_id for item in event.items)
                self.causes.add(event.payment_id)

    def _add_causes(self, *invoices: Invoice) -> None:
        """Tasks about an invoice end with it; while it is open there is no need to look."""
        ended = (one.invoice_id for one in invoices if one.status is not InvoiceStatus.OPEN)
        self.causes.update(ended)


async def load(connection: asyncpg.Connection, events: Sequence[Event], *, moment: Moment) -> Facts:
    """What is known already of the things these events speak of, and nothing more."""
    facts, named = Facts(), _Named()
    for event in events:
        named.add(event)

    for row in await _fetch(connection, _CUSTOMERS, named.customers):
        facts.customer_versions[row["customer_id"]] = row["version"]
    for row in await _fetch(connection, _ITEMS, named.invoices):
        facts.items.setdefault(row["invoice_id"], {})[row["instalment"]] = item_of(row)
    for row in await _fetch(connection, _CREDITS, named.credits):
        facts.know_credit(*row)
    for row in await _fetch(connection, _SENT, named.sent):
        facts.sent[row["id"]] = Sent(
            row["customer_id"],
            row["outcome"],
            row["outcome_at"],
            row["policy"],
            row["policy_version"],
        )
    for row in await _fetch(connection, _AMOUNT_HOLDS, named.holds):
        facts.held[row["hold_id"]] = amount_hold_of(row)
    for row in await _fetch(connection, _HOLDS, named.asked_holds):
        facts.known_holds.add(row["hold_id"])
    if named.causes:
        for task in await tasks.about(connection, named.causes):
            facts.known_tasks[task.task_id] = task
    return facts


async def _fetch(
    connection: asyncpg.Connection, query: str, ids: set[UUID]
) -> list[asyncpg.Record]:
    return await connection.fetch(query, list(ids)) if ids else []
