"""The ledger told of an invoice, by itself or with a credit that moved it."""

from scheduler.domain.facts import Facts
from scheduler.domain.item import Item, ItemHold
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.erp import InvoicePaymentMethod
from shared.contracts.ledger import Invoice, InvoiceStatus


def apply_invoice(facts: Facts, told: Invoice, *, moment: Moment) -> None:
    """Take over the invoice as the books have it; an older version changes nothing."""
    item = facts.items.get(told.invoice_id)
    if item is not None and told.version <= item.version:
        return

    if item is None:
        item = facts.items[told.invoice_id] = _item(told)
        facts.origins[told.invoice_id] = facts.cause
    _restate(item, told)
    if item.open_minor > 0 and item.settled_on is not None:
        _unlearn(facts, item)
    facts.restated[item.invoice_id] = item
    facts.touch(item.customer_id)


def _item(told: Invoice) -> Item:
    return Item(
        invoice_id=told.invoice_id,
        customer_id=told.customer_id,
        version=0,
        legal_entity=told.legal_entity,
        invoice_number=told.invoice_number,
        currency=told.currency,
        due_on=told.due_on,
        open_minor=0,
    )


def _restate(item: Item, told: Invoice) -> None:
    """Everything that is the ledger's; what we told of the item stays."""
    gone = told.status is InvoiceStatus.CANCELLED
    item.version = told.version
    item.invoice_number = told.invoice_number
    item.due_on = told.due_on
    item.open_minor = 0 if gone else minor_of(told.open, told.currency)
    item.direct_debit = told.payment_method is InvoicePaymentMethod.DIRECT_DEBIT
    item.returned = told.returned
    item.holds = tuple(
        ItemHold(
            hold.reason,
            None if hold.amount is None else minor_of(hold.amount, told.currency),
            hold.until,
        )
        for hold in told.holds
    )


def _unlearn(facts: Facts, item: Item) -> None:
    """It was not paid after all: take its lateness back."""
    assert item.settled_on is not None
    habits = facts.habits_of(item.customer_id)
    habits.paid_invoices -= 1
    habits.days_late -= max((item.settled_on - item.due_on).days, 0)
    item.settled_on = None
