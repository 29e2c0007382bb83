"""The ledger told of a payment, and of the invoices that moved with it."""

from scheduler.domain.facts import Credit, Facts
from scheduler.domain.item import days_late
from scheduler.handlers.apply_invoice import apply_invoice
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.erp import ReturnReason
from shared.contracts.ledger import PaymentEvent, PaymentReturned


def apply_payment(facts: Facts, told: PaymentEvent, *, moment: Moment) -> None:
    """Take over what is unapplied and what is open; learn how late invoices were paid, by the value date."""
    for invoice in told.invoices:
        apply_invoice(facts, invoice, moment=moment)
    if told.version <= facts.credit_versions.get(told.payment_id, 0):
        return

    facts.credit_versions[told.payment_id] = told.version
    facts.credits[told.payment_id] = Credit(
        told.payment_id,
        told.customer_id,
        told.version,
        told.legal_entity,
        told.currency,
        minor_of(told.unapplied, told.currency),
    )
    _learn(facts, told)
    facts.touch(told.customer_id)


def _learn(facts: Facts, told: PaymentEvent) -> None:
    habits = facts.habits_of(told.customer_id)
    if isinstance(told, PaymentReturned) and told.return_reason is not ReturnReason.REFUND:
        habits.returned_payments += 1
    for allocation in told.allocations:
        items = facts.items.get(allocation.invoice_id, {}).values()
        if not items or any(item.open_minor or item.settled_on for item in items):
            continue
        habits.paid_invoices += 1
        habits.days_late += days_late(items, paid_on=told.value_date)
        for item in items:
            item.settled_on = told.value_date
            facts.restated[item.key] = item
