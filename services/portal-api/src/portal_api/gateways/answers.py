"""What a customer has answered. The customer is locked first, so that commands and jobs wait for one another."""

from collections.abc import Iterable
from uuid import UUID

import asyncpg

from portal_api.domain.answers import Answers
from portal_api.domain.owed import Owed, Paid
from portal_api.domain.segment import NO_TRAITS, Traits
from portal_api.gateways import disputes, plans, promises
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.db.work import Work

_LOCK = "SELECT kind, credit_limit_minor, credit_currency FROM customers WHERE customer_id = $1 FOR UPDATE"
_PROMISES = "SELECT * FROM promises WHERE customer_id = $1 AND state = 'open' ORDER BY place"
_ENDED = """
SELECT count(*) FILTER (WHERE state = 'broken') AS broken,
    count(*) FILTER (WHERE withdrawn_by IS NOT NULL) AS withdrawn
FROM promises WHERE customer_id = $1 AND ended_at >= $2
"""
_PLANS = """
SELECT * FROM plans WHERE customer_id = $1 AND ended_at IS NULL ORDER BY proposed_at, plan_id
"""
_INVOICES = """
SELECT invoice_id, invoice_number, legal_entity, currency, open_minor FROM invoices
WHERE customer_id = $1 AND invoice_id = ANY($2::uuid[])
"""
_PAID = """
SELECT invoice_id, coalesce(ours.credit_id, payment_id) AS payment_id, paid.value_date, amount, invoices.currency
FROM paid JOIN invoices USING (invoice_id) LEFT JOIN credits AS ours ON ours.answered_by = payment_id
WHERE invoices.customer_id = $1 AND invoice_id = ANY($2::uuid[]) AND amount > 0
"""
"""The ERP's payment in the place of our own entry goes by the name of ours: what was paid before stays paid before."""


async def lock(connection: asyncpg.Connection, customer_id: UUID) -> Traits:
    """Whoever wants to change this customer's answers waits until the transaction ends; what their segment goes by."""
    row = await connection.fetchrow(_LOCK, customer_id)
    return NO_TRAITS if row is None else Traits(*row)


async def load(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    invoices: Iterable[UUID] = (),
    broken_since: Moment | None = None,
) -> Answers:
    """What is open of a customer, and their invoices: those named, promised and planned."""
    answers = Answers()
    answers.traits = await lock(connection, customer_id)
    for row in await connection.fetch(_PROMISES, customer_id):
        answers.promises[row["promise_id"]] = promises.promise_of(row)
    for row in await connection.fetch(_PLANS, customer_id):
        answers.plans[row["plan_id"]] = plans.plan_of(row)
    if broken_since is not None:
        ended = await connection.fetchrow(_ENDED, customer_id, broken_since)
        assert ended is not None, "a count has one row"
        answers.broken, answers.withdrawn = ended["broken"], ended["withdrawn"]
    rows = await disputes.standing(connection, customer_id)
    for held in disputes.held(rows):
        before = answers.disputed.get(held.invoice_id, 0)
        answers.disputed[held.invoice_id] = before + held.minor
    wanted = {*invoices, *(item.invoice_id for item in answers.items())}
    await _load_owed(connection, customer_id, answers, list(wanted))
    return answers


async def save(work: Work, answers: Answers) -> None:
    """Write what changed."""
    changed_promises, changed_plans = answers.changed_promises, answers.changed_plans
    if answers.has_spent:
        changed_promises, changed_plans = (
            answers.promises | changed_promises,
            answers.plans | changed_plans,
        )
    await promises.save(work, changed_promises.values())
    await plans.save(work, changed_plans.values())


async def _load_owed(
    connection: asyncpg.Connection, customer_id: UUID, answers: Answers, wanted: list[UUID]
) -> None:
    for row in await connection.fetch(_INVOICES, customer_id, wanted):
        answers.invoices[row["invoice_id"]] = Owed(**dict(row))
    for row in await connection.fetch(_PAID, customer_id, wanted):
        minor = minor_of(row["amount"], row["currency"])
        paid = Paid(row["payment_id"], row["value_date"], minor)
        answers.paid.setdefault(row["invoice_id"], []).append(paid)
