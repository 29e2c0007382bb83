"""Looks, read: everything a decision about these customers may look at, in bulk. Settled items are not read."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from scheduler.domain.customer import Customer, Habits
from scheduler.domain.hold import ENDING_BY_THEMSELVES
from scheduler.domain.item import Key
from scheduler.domain.looks import Looks
from scheduler.domain.standing import ContactDay, Standing
from scheduler.domain.task import TaskKind
from scheduler.domain.view import Outstanding, View
from scheduler.gateways import tasks
from scheduler.gateways.rows import amount_hold_of, customer_of, hold_of, item_of
from shared.base.clock import Moment
from shared.base.days import DAY
from shared.messaging import parking

CONTACT_DAYS_READ = 90
"""How far back contact days can matter: beyond every gap that a policy may ask for."""

PARKED = "records-parked"
"""The doubt that stands while we could not take a record of the customer."""

_CUSTOMERS = "SELECT * FROM customers WHERE customer_id = ANY($1::uuid[])"
_STANDINGS = "SELECT * FROM standings WHERE customer_id = ANY($1::uuid[])"
_HABITS = "SELECT * FROM habits WHERE customer_id = ANY($1::uuid[])"
_ITEMS = "SELECT * FROM items WHERE customer_id = ANY($1::uuid[]) AND open_minor > 0"
_UNAPPLIED = """
SELECT customer_id, legal_entity, currency, sum(unapplied_minor)::bigint AS unapplied_minor FROM credits
WHERE customer_id = ANY($1::uuid[]) AND unapplied_minor > 0 GROUP BY customer_id, legal_entity, currency
"""
_HOLDS = "SELECT * FROM holds WHERE customer_id = ANY($1::uuid[]) AND ended_at IS NULL"
_AMOUNT_HOLDS = """
SELECT * FROM amount_holds
WHERE customer_id = ANY($1::uuid[]) AND minor > 0 AND (kind <> ALL($2::text[]) OR until >= $3)
"""
_OUTSTANDING = """
SELECT * FROM reminders WHERE customer_id = ANY($1::uuid[]) AND outcome IS NULL AND withdrawn_at IS NULL
"""
_PLANNED_DAYS = """
SELECT customer_id, legal_entity, contact_day FROM reminders WHERE customer_id = ANY($1::uuid[]) AND contact_day >= $2
"""
_CONTACTS = """
SELECT customer_id, day, sent, overdue FROM contact_days
WHERE customer_id = ANY($1::uuid[]) AND day >= $2 ORDER BY day
"""


@dataclass(slots=True)
class Traces:
    """Trace contexts, kept apart from what is decided on: of the event that told of each item first, and of the
    event that last touched each customer."""

    items: dict[Key, str] = field(default_factory=dict)
    customers: dict[UUID, str] = field(default_factory=dict)


async def load(
    connection: asyncpg.Connection, customers: Sequence[UUID], *, moment: Moment
) -> tuple[Looks, Traces]:
    """The views of these customers; one that we know nothing of is seen as unknown."""
    looks, traces = Looks(), Traces()
    looks.views = {customer: View(Customer(customer)) for customer in customers}

    changed = await _profiles(connection, looks, customers, today=moment.date())
    await _debts(connection, looks, traces, customers)
    await _contacts(connection, looks, customers, changed, today=moment.date())
    for task in await tasks.standing(connection, customers, TaskKind.ESCALATION):
        looks.escalated.setdefault(task.customer_id, []).append(task)
    for row in await connection.fetch(_STANDINGS, customers):
        looks.views[row["customer_id"]].standing = Standing(
            segment=row["segment"],
            entered=row["segment_entered"],
            segment_why=row["segment_why"],
            contact_at=row["contact_at"],
            silences=frozenset(row["silences"]),
        )
        traces.customers[row["customer_id"]] = row["traceparent"]
    return looks, traces


async def _profiles(
    connection: asyncpg.Connection, looks: Looks, customers: Sequence[UUID], *, today: date
) -> dict[UUID, date]:
    changed = {}
    for row in await connection.fetch(_CUSTOMERS, customers):
        looks.views[row["customer_id"]].customer = customer_of(row)
        changed[row["customer_id"]] = row["changed_at"].date()
    for key in await parking.standing_keys(connection, [str(customer) for customer in customers]):
        view = looks.views[UUID(key)]
        view.customer = replace(view.customer, doubts=(*view.customer.doubts, PARKED))
    for row in await connection.fetch(_HABITS, customers):
        looks.views[row["customer_id"]].habits = Habits(
            row["paid_invoices"], row["days_late"], row["returned_payments"]
        )
    for row in await connection.fetch(_HOLDS, customers):
        looks.views[row["customer_id"]].holds.append(hold_of(row))
    ending, since = sorted(ENDING_BY_THEMSELVES), today - DAY  # nowhere is it earlier
    for row in await connection.fetch(_AMOUNT_HOLDS, customers, ending, since):
        held = amount_hold_of(row)
        looks.views[held.customer_id].amount_holds.setdefault(held.invoice_id, []).append(held)
    return changed


async def _debts(
    connection: asyncpg.Connection, looks: Looks, traces: Traces, customers: Sequence[UUID]
) -> None:
    for row in await connection.fetch(_ITEMS, customers):
        item = item_of(row)
        looks.views[item.customer_id].items.append(item)
        traces.items[item.key] = row["traceparent"]
    for row in await connection.fetch(_UNAPPLIED, customers):
        there = row["legal_entity"], row["currency"]
        looks.views[row["customer_id"]].unapplied[there] = row["unapplied_minor"]


async def _contacts(
    connection: asyncpg.Connection,
    looks: Looks,
    customers: Sequence[UUID],
    changed: dict[UUID, date],
    *,
    today: date,
) -> None:
    since = today - timedelta(days=CONTACT_DAYS_READ)
    for row in await connection.fetch(_OUTSTANDING, customers):
        looks.views[row["customer_id"]].outstanding.append(
            Outstanding(
                row["reminder_id"],
                row["legal_entity"],
                row["contact_day"],
                row["step"],
                frozenset(zip(row["invoice_ids"], row["instalments"], strict=True)),
            )
        )
    for row in await connection.fetch(_PLANNED_DAYS, customers, since):
        planned = row["legal_entity"], row["contact_day"]
        looks.views[row["customer_id"]].planned_days.add(planned)
    for row in await connection.fetch(_CONTACTS, customers, since):
        view, day = looks.views[row["customer_id"]], row["day"]
        if row["sent"]:
            view.contacts.append(ContactDay(day, row["overdue"]))
            view.unsent_days.clear()
        elif day >= changed.get(row["customer_id"], day):
            view.unsent_days.append(day)
