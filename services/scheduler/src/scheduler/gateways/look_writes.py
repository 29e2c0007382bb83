"""Looks, written: verdicts, their place on the timeline, and the facts to be told, in a handful of statements."""

from typing import Any
from uuid import UUID

from scheduler.domain.decision import Verdict
from scheduler.domain.item import Key
from scheduler.domain.looks import Looks
from scheduler.gateways import alarm, tasks, timeline
from scheduler.gateways.looks import Traces
from scheduler.gateways.rows import listed_columns, write_later
from scheduler.gateways.timeline import Line
from shared.base.clock import Moment
from shared.base.telling import Told
from shared.contracts.scheduler import EscalationRaised, ReminderPlanned, ReminderWithdrawn
from shared.db import outbox
from shared.db.outbox import OutboxRow
from shared.db.work import Work
from shared.instruments import traces as spans
from shared.messaging.cloudevents import Record
from shared.messaging.tell import row_of

ORIGINS_HEADER = "ce_origintraces"
"""Trace ids of the events that told of the listed items first, by blanks."""

_STANDINGS = """
INSERT INTO standings (customer_id, segment, segment_entered, segment_why, contact_at, silences, look_at, look_why)
SELECT customer_id, segment, segment_entered, segment_why, contact_at,
       coalesce(string_to_array(nullif(silences, ''), chr(31)), '{}'), look_at, look_why
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[],
            $8::text[])
     AS row (customer_id, segment, segment_entered, segment_why, contact_at, silences, look_at, look_why)
ON CONFLICT (customer_id) DO UPDATE SET
    segment = excluded.segment, segment_entered = excluded.segment_entered, segment_why = excluded.segment_why,
    contact_at = excluded.contact_at,
    silences = excluded.silences, look_at = excluded.look_at, look_why = excluded.look_why
"""
_PLANNED = """
INSERT INTO reminders (reminder_id, customer_id, legal_entity, contact_day, step, invoice_ids, instalments, policy,
                       policy_version, planned_at)
SELECT reminder_id, customer_id, legal_entity, contact_day, step, string_to_array(invoice_ids, ' ')::uuid[],
       string_to_array(instalments, ' ')::int[], policy, policy_version, $10
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::int[], $6::text[], $7::text[], $8::text[], $9::int[])
     AS row (reminder_id, customer_id, legal_entity, contact_day, step, invoice_ids, instalments, policy,
             policy_version)
"""
_WITHDRAWN = "UPDATE reminders SET withdrawn_at = $2 WHERE reminder_id = ANY($1::uuid[])"
_RAISED = """
INSERT INTO escalations (escalation_id, customer_id, legal_entity, level, policy, policy_version, raised_at)
SELECT *, $7 FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[])
ON CONFLICT DO NOTHING
"""
_ESCALATED = """
UPDATE items AS item SET owner_told_on = told.owner_told_on, manager_told_on = told.manager_told_on
FROM unnest($1::uuid[], $2::int[], $3::date[], $4::date[])
     AS told (invoice_id, instalment, owner_told_on, manager_told_on)
WHERE item.invoice_id = told.invoice_id AND item.instalment = told.instalment
"""
_HOLDS_ENDED = """
UPDATE holds SET ended_at = over.ended_at FROM unnest($1::uuid[], $2::timestamptz[]) AS over (hold_id, ended_at)
WHERE holds.hold_id = over.hold_id
"""
_SEPARATOR = "\x1f"


async def save(work: Work, looks: Looks, traces: Traces) -> None:
    """Write every verdict and tell what follows from it; each customer's next look is set."""
    verdicts = looks.verdicts
    _standings(work, verdicts)
    _reminders(work, verdicts)
    _escalations(work, looks)
    ended = [hold for verdict in verdicts.values() for hold in verdict.ended_holds]
    write_later(work, _HOLDS_ENDED, ((hold.hold_id, hold.ended_at) for hold in ended))
    tasks.keep(work, looks.tasks)

    lines = [
        Line(customer_id, decision, verdict.policy.name, verdict.policy.version)
        for customer_id, verdict in verdicts.items()
        for decision in verdict.decisions
    ]
    timeline.append(work, lines)
    outbox.append(work, _outbox_rows(looks, traces, moment=work.moment))
    looks_at = {customer_id: verdict.look_at for customer_id, verdict in verdicts.items()}
    await alarm.set_all(work.connection, looks_at)


def _standings(work: Work, verdicts: dict[UUID, Verdict]) -> None:
    rows = (
        (
            *(
                customer_id,
                verdict.standing.segment,
                verdict.standing.entered,
                verdict.standing.segment_why,
            ),
            *(verdict.standing.contact_at, _SEPARATOR.join(sorted(verdict.standing.silences))),
            *(verdict.look_at, verdict.look_why),
        )
        for customer_id, verdict in verdicts.items()
    )
    write_later(work, _STANDINGS, rows)


def _reminders(work: Work, verdicts: dict[UUID, Verdict]) -> None:
    planned = (
        (
            *(one.reminder_id, one.customer_id, one.legal_entity, one.contact_day, one.step.number),
            *listed_columns(chased.item.key for chased in one.items),
            *(verdict.policy.name, verdict.policy.version),
        )
        for verdict in verdicts.values()
        for one in verdict.reminders
    )
    write_later(work, _PLANNED, planned, work.moment)
    gone = (
        (one.reminder.reminder_id,) for verdict in verdicts.values() for one in verdict.withdrawals
    )
    write_later(work, _WITHDRAWN, gone, work.moment)


def _escalations(work: Work, looks: Looks) -> None:
    raised = (
        (
            *(one.escalation_id, one.customer_id, one.legal_entity, one.level.value),
            *(verdict.policy.name, verdict.policy.version),
        )
        for verdict in looks.verdicts.values()
        for one in verdict.escalations
    )
    write_later(work, _RAISED, raised, work.moment)
    marked = (
        (item.invoice_id, item.number, item.owner_told_on, item.manager_told_on)
        for view in looks.views.values()
        for item in view.items
        if item.changed
    )
    write_later(work, _ESCALATED, marked)


def _outbox_rows(looks: Looks, traces: Traces, *, moment: Moment) -> list[OutboxRow]:
    """What was announced, a trace for each customer: linked to the origins of what it is about.

    A withdrawal continues the trace of the event that caused it.
    """
    rows: list[OutboxRow] = []
    recorded_at = moment.isoformat()
    by_customer: dict[UUID, list[Told]] = {}
    for told in looks.told:
        by_customer.setdefault(told.fact.customer_id, []).append(told)
    for customer_id, announced in by_customer.items():
        listed = {item for told in announced for item in _listed(told.fact)}
        origins = sorted({traces.items[item] for item in listed if traces.items.get(item)})
        cause = _cause(traces.customers.get(customer_id, ""))
        with spans.linked("look", [{"traceparent": origin} for origin in origins]):
            for told in announced:
                if isinstance(told.fact, ReminderWithdrawn):
                    rows.append(row_of(Told(told.fact, cause), recorded_at=recorded_at))
                else:
                    headers = {ORIGINS_HEADER: _trace_ids(told.fact, traces)}
                    rows.append(row_of(Told(told.fact, None, headers), recorded_at=recorded_at))
    return rows


def _listed(fact: Any) -> list[Key]:
    if isinstance(fact, (ReminderPlanned, EscalationRaised)):
        return [(item.invoice_id, item.instalment or 1) for item in fact.items]
    return []


def _trace_ids(fact: Any, traces: Traces) -> str:
    carriers = [{"traceparent": traces.items.get(item, "")} for item in _listed(fact)]
    ids = dict.fromkeys(filter(None, map(spans.trace_id_of, carriers)))
    return " ".join(list(ids)[: spans.ORIGINS_MAX])


def _cause(traceparent: str) -> Record | None:
    """The touching event, as far as its trace goes."""
    if not traceparent:
        return None
    return Record("", 0, 0, "", {"traceparent": traceparent}, b"")
