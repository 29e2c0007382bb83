"""Due messages and the facts to judge them by, claimed a batch at a time.

Whoever moves a message out of `waiting` holds its customer's row: the projection, the claim, an opt-out. That is why
no settlement can commit between the last look and the commit of `handing-over`. Leases are machine time, by the
database's clock; everything else is the business moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg

from notifier.domain.budget import REMEMBERED_DAYS, ContactDay
from notifier.domain.contact import Channel
from notifier.domain.customer import Customer, Hold
from notifier.domain.desk import Desk
from notifier.domain.invoice import AmountHold, Credit, Invoice
from notifier.domain.message import Message, Status
from notifier.gateways import messages, preferences
from notifier.gateways.dossiers import (
    CONTACTS,
    DISCOUNTS,
    ERP_HOLDS,
    INSTALMENTS,
    INVOICE_HOLDS,
    OWNER,
)
from shared.base.clock import Moment
from shared.base.days import DAY
from shared.messaging.seal import Seal

F = TypeVar("F", Invoice, Credit, Hold)

_ANY_DUE = """
SELECT EXISTS (SELECT FROM messages WHERE status = 'waiting' AND withheld_at IS NULL AND due_at <= $1)
"""
_DUE = f"""
SELECT {messages.COLUMNS}, traceparent, origin_traces FROM messages
WHERE status = 'waiting' AND withheld_at IS NULL AND due_at <= $1
ORDER BY due_at, message_id LIMIT $2
FOR UPDATE SKIP LOCKED
"""
_LOCK = """
SELECT * FROM customers WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id FOR UPDATE SKIP LOCKED
"""
_INVOICES = """
SELECT * FROM invoices WHERE (customer_id = ANY($1::uuid[]) AND status = 'open') OR invoice_id = ANY($2::uuid[])
"""
_CREDITS = "SELECT * FROM credits WHERE customer_id = ANY($1::uuid[]) AND unapplied_minor > 0"
_AMOUNT_HOLDS = """
SELECT * FROM amount_holds
WHERE customer_id = ANY($1::uuid[]) AND minor > 0 AND (until IS NULL OR until >= $2)
"""
_HOLDS = "SELECT * FROM holds WHERE customer_id = ANY($1::uuid[]) AND ended_at IS NULL"
_CONTACT_DAYS = """
SELECT customer_id, contact_day, bool_or(purpose = 'reminder') AS overdue FROM messages
WHERE customer_id = ANY($1::uuid[]) AND contact_day > $2
  AND status IN ('handing-over', 'sent', 'unknown') AND purpose IN ('courtesy', 'reminder')
GROUP BY customer_id, contact_day
"""
_OPT_OUTS = """
SELECT channel, address FROM opt_outs WHERE opted_out_at IS NOT NULL AND address = ANY($1::text[])
"""
_PARKED = """
SELECT key, count(*) AS standing FROM parked_events
WHERE key = ANY($1::text[]) AND ended_at IS NULL GROUP BY key
"""
_EARLIER = """
SELECT later.message_id, max(earlier.due_at) AS due_at
FROM messages AS later JOIN messages AS earlier USING (subject_id, purpose)
WHERE later.message_id = ANY($1::uuid[]) AND purpose <> 'warning'
  AND earlier.status IN ('waiting', 'handing-over') AND earlier.withheld_at IS NULL
  AND (earlier.brief ->> 'version')::bigint < (later.brief ->> 'version')::bigint
GROUP BY later.message_id
"""
_LEASE = """
UPDATE messages SET claim_id = claim.claim_id, claimed_until = clock_timestamp() + $3, claimed_by = $4
FROM unnest($1::uuid[], $2::uuid[]) AS claim (message_id, claim_id)
WHERE messages.message_id = claim.message_id
"""
_ATTEMPTS = """
INSERT INTO deliveries (delivery_id, message_id, channel, contact_id, address, started_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
"""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything the books hold on the customers of a batch, by customer; a message picks what concerns it."""

    customers: Mapping[UUID, Customer]
    invoices: Mapping[UUID, Sequence[Invoice]] = field(default_factory=dict)
    credits: Mapping[UUID, Sequence[Credit]] = field(default_factory=dict)
    holds: Mapping[UUID, Sequence[Hold]] = field(default_factory=dict)
    contact_days: Mapping[UUID, list[ContactDay]] = field(default_factory=dict)
    opted_out: frozenset[tuple[Channel, str]] = frozenset()
    parked: Mapping[UUID, int] = field(default_factory=dict)
    earlier: Mapping[UUID, Moment] = field(default_factory=dict)
    """News of a dispute, promise or plan → when earlier news of it is due that has not left yet."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Due messages, oldest first, on a desk, and what is known of their customers, whose rows are locked.

    `traces`: message → its `traceparent` and origin trace ids. `found`: how many were due, left aside included.
    """

    desk: Desk
    known: Known
    due: Sequence[Message] = ()
    traces: Mapping[UUID, tuple[str, str]] = field(default_factory=dict)
    found: int = 0


async def any_due(connection: asyncpg.Connection, *, now: Moment) -> bool:
    """Whether a message could be looked at now."""
    return bool(await connection.fetchval(_ANY_DUE, now))


async def claim(
    connection: asyncpg.Connection, *, now: Moment, limit: int, seal: Seal | None = None
) -> Batch:
    """Take due messages that nobody else looks at, lock those of their customers that nobody else has locked, and read
    what a last look at them needs; contacts as they want to be reached. Waits for nobody.
    """
    rows = await connection.fetch(_DUE, now, limit)
    customers = await lock_customers(connection, [row["customer_id"] for row in rows])
    due = [messages.message_of(row) for row in rows if row["customer_id"] in customers]
    if not due:
        return Batch(Desk(), Known({}), found=len(rows))

    customers = await preferences.laid_over(connection, customers, seal)
    known = await _known(connection, customers, due, now=now)
    traces = {row["message_id"]: (row["traceparent"], row["origin_traces"]) for row in rows}
    return Batch(Desk(messages={one.message_id: one for one in due}), known, due, traces, len(rows))


async def lock_customers(
    connection: asyncpg.Connection, ids: Sequence[UUID]
) -> dict[UUID, Customer]:
    """Those of these customers that nobody else holds, from now to the end of the transaction ours."""
    rows = await connection.fetch(_LOCK, list(set(ids)))
    return {row["customer_id"]: customer_of(row) for row in rows}


async def save(
    connection: asyncpg.Connection, batch: Batch, *, by: str, lease: timedelta, now: Moment
) -> dict[UUID, UUID]:
    """Write the batch back. Messages that are to be handed over get a claim: message → claim id."""
    touched = batch.desk.to_save()
    await messages.move(connection, touched)
    going = [one for one in touched if one.status is Status.HANDING_OVER]
    if not going:
        return {}

    claims = {one.message_id: uuid4() for one in going}
    await lease_out(connection, claims, by=by, lease=lease)
    roads = [one.route for one in going if one.route]
    await connection.execute(
        _ATTEMPTS,
        list(claims.values()),
        list(claims),
        [road.channel.value for road in roads],
        [road.contact_id for road in roads],
        [road.address for road in roads],
        [now] * len(going),
    )
    return claims


async def lease_out(
    connection: asyncpg.Connection, claims: Mapping[UUID, UUID], *, by: str, lease: timedelta
) -> None:
    """Put messages under these claims (message → claim id) from now on."""
    await connection.execute(_LEASE, list(claims), list(claims.values()), lease, by)


async def _known(
    connection: asyncpg.Connection,
    customers: Mapping[UUID, Customer],
    due: Sequence[Message],
    *,
    now: Moment,
) -> Known:
    ids = list(customers)
    listed = [item.invoice_id for one in due for item in getattr(one.brief, "items", ())]
    since = (now - timedelta(days=REMEMBERED_DAYS)).date()
    addresses = [
        address
        for customer in customers.values()
        for contact in customer.contacts
        for address in (contact.email, contact.phone)
        if address
    ]
    amounts = await _amounts(connection, ids, since=now.date() - DAY)
    invoices = [_invoice(row, amounts) for row in await connection.fetch(_INVOICES, ids, listed)]
    return Known(
        customers=customers,
        invoices=_by_customer(invoices),
        credits=_by_customer(map(_credit, await connection.fetch(_CREDITS, ids))),
        holds=_by_customer(map(_hold, await connection.fetch(_HOLDS, ids))),
        contact_days=await _contact_days(connection, ids, since),
        opted_out=frozenset(
            (Channel(row["channel"]), row["address"])
            for row in await connection.fetch(_OPT_OUTS, addresses)
        ),
        parked={
            UUID(row["key"]): row["standing"]
            for row in await connection.fetch(_PARKED, [str(one) for one in ids])
        },
        earlier=await _earlier(connection, due),
    )


async def _earlier(connection: asyncpg.Connection, due: Sequence[Message]) -> Mapping[UUID, Moment]:
    news = [one.message_id for one in due if one.subject_id is not None]
    rows = await connection.fetch(_EARLIER, news) if news else ()
    return {row["message_id"]: row["due_at"] for row in rows}


async def _contact_days(
    connection: asyncpg.Connection, ids: Sequence[UUID], since: date
) -> Mapping[UUID, list[ContactDay]]:
    days: dict[UUID, list[ContactDay]] = {}
    for row in await connection.fetch(_CONTACT_DAYS, ids, since):
        days.setdefault(row["customer_id"], []).append(
            ContactDay(row["contact_day"], row["overdue"])
        )
    return days


def _by_customer(rows: Iterable[F]) -> dict[UUID, list[F]]:
    found: dict[UUID, list[F]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def customer_of(row: asyncpg.Record) -> Customer:
    return Customer(
        customer_id=row["customer_id"],
        version=row["version"],
        known=row["known"],
        customer_number=row["customer_number"],
        name=row["name"],
        kind=row["kind"],
        status=row["status"],
        country=row["country"],
        language=row["language"],
        time_zone=row["time_zone"],
        contacts=CONTACTS.validate_python(row["contacts"]),
        account_owner=OWNER.validate_python(row["account_owner"]),
        erp_holds=ERP_HOLDS.validate_python(row["erp_holds"]),
        doubts=tuple(row["doubts"]),
        parked=row["parked"],
    )


async def _amounts(
    connection: asyncpg.Connection, ids: Sequence[UUID], *, since: date
) -> Mapping[UUID, tuple[AmountHold, ...]]:
    """What other services hold of these customers' invoices, by invoice; nothing that was over before that day."""
    amounts: dict[UUID, tuple[AmountHold, ...]] = {}
    for row in await connection.fetch(_AMOUNT_HOLDS, ids, since):
        held = AmountHold(**dict(row))
        amounts[held.invoice_id] = (*amounts.get(held.invoice_id, ()), held)
    return amounts


def _invoice(row: asyncpg.Record, amounts: Mapping[UUID, tuple[AmountHold, ...]]) -> Invoice:
    read = {
        "amount_holds": amounts.get(row["invoice_id"], ()),
        "holds": INVOICE_HOLDS.validate_python(row["holds"]),
        "instalments": INSTALMENTS.validate_python(row["instalments"]),
        "discounts": DISCOUNTS.validate_python(row["discounts"]),
    }
    return Invoice(**{**dict(row), **read})


def _credit(row: asyncpg.Record) -> Credit:
    return Credit(**dict(row))


def _hold(row: asyncpg.Record) -> Hold:
    return Hold(**dict(row))
