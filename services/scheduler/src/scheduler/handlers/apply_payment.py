"""The ledger told of a payment, and of the invoices that moved with it."""

from scheduler.domain.facts import Credit, Facts
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
        item = facts.items.get(allocation.invoice_id)
        if item is not None and item.open_minor == 0 and item.settled_on is None:
            item.settled_on = told.value_date
            habits.paid_invoices += 1
            habits.days_late += max((told.value_date - item.due_on).days, 0)
            facts.restated[item.invoice_id] = item
