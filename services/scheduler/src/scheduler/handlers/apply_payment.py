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

    _learn(facts, told)
    facts.credit_versions[told.payment_id] = told.version
    facts.credits[told.payment_id] = Credit(
        told.payment_id,
        told.customer_id,
        told.version,
        told.legal_entity,
        told.currency,
        minor_of(told.unapplied, told.currency),
        facts.bounced.get(told.payment_id),
    )
    _pass_on(facts, told)
    facts.touch(told.customer_id)


def _pass_on(facts: Facts, told: PaymentEvent) -> None:
    """The ERP's payment in the place of our own entry is the same money: what bounced does not bounce anew."""
    theirs, since = told.answered_by, facts.bounced.get(told.payment_id)
    if theirs is None or since is None or theirs in facts.credit_versions:
        return
    facts.bounced[theirs] = since
    facts.credits[theirs] = Credit(
        theirs, told.customer_id, 0, told.legal_entity, told.currency, 0, since
    )


def _learn(facts: Facts, told: PaymentEvent) -> None:
    """A payment bounces once, however much of it, however often, and whoever says so."""
    habits = facts.habits_of(told.customer_id)
    is_back = isinstance(told, PaymentReturned) and told.return_reason is not ReturnReason.REFUND
    if is_back and told.payment_id not in facts.bounced:
        facts.bounced[told.payment_id] = told.returned_on or told.value_date
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
