"""The projection, written: what a slice of events changed, in a handful of statements.

Facts of the ledger are guarded by their version. Rows are written in the order of their ids, after the alarm of
their customers, so that slices and looks wait for one another instead of deadlocking.
"""

import json
from dataclasses import astuple
from typing import Any

from scheduler.domain.facts import Facts
from scheduler.gateways import alarm, tasks, timeline
from scheduler.gateways.rows import discounts_json, holds_json, write_later
from scheduler.gateways.timeline import Line
from shared.db.work import Work
from shared.messaging.cloudevents import Record

_TRACES = """
INSERT INTO standings (customer_id, traceparent) SELECT * FROM unnest($1::uuid[], $2::text[])
ON CONFLICT (customer_id) DO UPDATE SET traceparent = excluded.traceparent
"""
_CUSTOMERS = """
INSERT INTO customers
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::text[], $14::date[], $15::jsonb[],
    $16::text[], $17::jsonb[], $18::timestamptz[])
ON CONFLICT (customer_id) DO UPDATE SET
    version = excluded.version, known = excluded.known, customer_number = excluded.customer_number,
    kind = excluded.kind, status = excluded.status, country = excluded.country, time_zone = excluded.time_zone,
    legal_entity = excluded.legal_entity, owner_name = excluded.owner_name, owner_email = excluded.owner_email,
    credit_limit_minor = excluded.credit_limit_minor, credit_currency = excluded.credit_currency,
    customer_since = excluded.customer_since, holds = excluded.holds, merged_into = excluded.merged_into,
    doubts = excluded.doubts,
    changed_at = CASE WHEN to_jsonb(customers) - '{version,changed_at}'::text[]
                         = to_jsonb(excluded) - '{version,changed_at}'::text[]
                      THEN customers.changed_at ELSE excluded.changed_at END
WHERE customers.version < excluded.version
"""
_ITEMS = """
INSERT INTO items (invoice_id, instalment, instalments, customer_id, version, legal_entity, invoice_number, currency,
                   due_on, open_minor, direct_debit, returned, holds, discounts, settled_on, traceparent)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[],
    $9::date[], $10::bigint[], $11::boolean[], $12::boolean[], $13::jsonb[], $14::jsonb[], $15::date[], $16::text[])
ON CONFLICT (invoice_id, instalment) DO UPDATE SET
    instalments = excluded.instalments, version = excluded.version, invoice_number = excluded.invoice_number,
    due_on = excluded.due_on, open_minor = excluded.open_minor, direct_debit = excluded.direct_debit,
    returned = excluded.returned, holds = excluded.holds, discounts = excluded.discounts,
    settled_on = excluded.settled_on
WHERE items.version <= excluded.version
"""
_CREDITS = """
INSERT INTO credits
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::date[])
ON CONFLICT (credit_id) DO UPDATE SET version = excluded.version, unapplied_minor = excluded.unapplied_minor,
    bounced_on = excluded.bounced_on
WHERE credits.version < excluded.version
"""
_HABITS = """
INSERT INTO habits AS known
SELECT * FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::int[])
ON CONFLICT (customer_id) DO UPDATE SET
    paid_invoices = known.paid_invoices + excluded.paid_invoices,
    days_late = known.days_late + excluded.days_late,
    returned_payments = known.returned_payments + excluded.returned_payments
"""
_AMOUNT_HOLDS = """
INSERT INTO amount_holds AS known (hold_id, customer_id, version, kind, reason, invoice_id, instalment, minor,
                                   legal_entity, currency, owner, placed_at, until, ended_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[], $7::int[], $8::bigint[],
                     $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::date[], $14::timestamptz[])
ON CONFLICT (hold_id) DO UPDATE SET
    version = excluded.version, reason = excluded.reason, minor = excluded.minor, legal_entity = excluded.legal_entity,
    currency = excluded.currency, owner = excluded.owner, placed_at = excluded.placed_at, until = excluded.until,
    ended_at = excluded.ended_at
WHERE known.version < excluded.version
"""
_HOLDS = """
INSERT INTO holds (hold_id, customer_id, kind, reason, owner, placed_at, until)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
ON CONFLICT DO NOTHING
"""
_TOLD_OF = """
UPDATE items AS item SET listed_step = told.listed_step, listed_on = told.listed_on, told_step = told.told_step
FROM unnest($1::uuid[], $2::int[], $3::int[], $4::date[], $5::int[])
     AS told (invoice_id, instalment, listed_step, listed_on, told_step)
WHERE item.invoice_id = told.invoice_id AND item.instalment = told.instalment
"""
_CONTACT_DAYS = """
INSERT INTO contact_days AS known
SELECT * FROM unnest($1::uuid[], $2::date[], $3::boolean[], $4::boolean[])
ON CONFLICT (customer_id, day) DO UPDATE SET
    sent = known.sent OR excluded.sent, overdue = known.overdue OR excluded.overdue
"""
_OUTCOMES = """
UPDATE {table} SET outcome = told.outcome, outcome_at = told.outcome_at
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS told (id, outcome, outcome_at) WHERE {key} = told.id
"""
_OF_REMINDERS = _OUTCOMES.format(table="reminders", key="reminder_id")
_OF_ESCALATIONS = _OUTCOMES.format(table="escalations", key="escalation_id")


async def save(work: Work, facts: Facts) -> None:
    """Write what changed, and have every customer it touches looked at."""
    if facts.touched:
        await alarm.ring_now(work.connection, facts.touched, moment=work.moment)
        write_later(work, _TRACES, [(one, _traceparent(why)) for one, why in facts.touched.items()])

    _customers(work, facts)
    await _items(work, facts)
    _credits(work, facts)
    _outcomes(work, facts)
    write_later(work, _AMOUNT_HOLDS, map(astuple, facts.amount_holds.values()))
    holds = (
        (
            one.hold_id,
            one.customer_id,
            one.kind.value,
            one.reason,
            one.owner,
            one.placed_at,
            one.until,
        )
        for one in facts.holds.values()
    )
    write_later(work, _HOLDS, holds)
    tasks.keep(work, facts.tasks.values())
    lines = [Line(customer_id, decision, "", 0) for customer_id, decision in facts.lines]
    lines += [
        Line(customer_id, decision, sent.policy, sent.policy_version)
        for customer_id, decision, sent in facts.decisions
    ]
    timeline.append(work, lines)


def _customers(work: Work, facts: Facts) -> None:
    rows = [
        (
            *(one.customer_id, one.version, one.known, one.customer_number, one.kind, one.status),
            *(one.country, one.time_zone, one.legal_entity),
            *(
                (one.account_owner.name, one.account_owner.email)
                if one.account_owner
                else (None, None)
            ),
            *(one.credit_limit_minor, one.credit_currency, one.customer_since),
            *(holds_json(one.holds), one.merged_into, json.dumps(one.doubts)),
            facts.customers_told_at[one.customer_id],
        )
        for one in facts.customers.values()
    ]
    write_later(work, _CUSTOMERS, rows)


async def _items(work: Work, facts: Facts) -> None:
    restated = [
        (
            *(one.invoice_id, one.number, one.of, one.customer_id, one.version, one.legal_entity),
            *(one.invoice_number, one.currency, one.due_on, one.open_minor),
            *(one.direct_debit, one.returned, holds_json(one.holds)),
            *(discounts_json(one.discounts), one.settled_on),
            _traceparent(facts.origins.get(one.key)),
        )
        for one in facts.restated.values()
    ]
    write_later(work, _ITEMS, restated)
    told_of = [
        (one.invoice_id, one.number, one.listed_step, one.listed_on, one.told_step)
        for one in facts.told_of.values()
    ]
    if told_of:
        await work.write()  # the same items may have been restated
        write_later(work, _TOLD_OF, told_of)


def _credits(work: Work, facts: Facts) -> None:
    credited = [
        (
            one.credit_id,
            one.customer_id,
            one.version,
            one.legal_entity,
            one.currency,
            one.unapplied_minor,
            one.bounced_on,
        )
        for one in facts.credits.values()
    ]
    write_later(work, _CREDITS, credited)
    habits = [
        (customer_id, one.paid_invoices, one.days_late, one.returned_payments)
        for customer_id, one in facts.habits.items()
        if one.paid_invoices or one.days_late or one.returned_payments
    ]
    write_later(work, _HABITS, habits)


def _outcomes(work: Work, facts: Facts) -> None:
    days = [
        (customer_id, day, one.sent, one.overdue)
        for (customer_id, day), one in facts.contact_days.items()
    ]
    write_later(work, _CONTACT_DAYS, days)
    outcomes = [(sent_id, one.outcome, one.at) for sent_id, one in facts.outcomes.items()]
    for statement in (_OF_REMINDERS, _OF_ESCALATIONS):
        write_later(work, statement, outcomes)


def _traceparent(cause: Any) -> str:
    return cause.attributes.get("traceparent", "") if isinstance(cause, Record) else ""
