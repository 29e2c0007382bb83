"""The ledger told of an invoice, by itself or with a credit that moved it."""

from uuid import UUID

from scheduler.domain.facts import Facts
from scheduler.domain.item import Discount, Item, ItemHold, days_late
from scheduler.handlers.end_moot_tasks import end_as_moot
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.erp import InvoicePaymentMethod
from shared.contracts.ledger import Invoice, InvoiceStatus


def apply_invoice(facts: Facts, told: Invoice, *, moment: Moment) -> None:
    """Take over the invoice's instalments as the books have them; an older version changes nothing.

    What we told of an instalment stays with its number; one that the ERP took away is neither due nor open.
    """
    known = facts.items.setdefault(told.invoice_id, {})
    if told.version <= max((item.version for item in known.values()), default=0):
        return

    parts = {part.number: part for part in told.instalments}
    assert parts, f"invoice {told.invoice_id} was told without any instalment"
    for number in parts:
        if number not in known:
            item = known[number] = _item(told, number)
            facts.origins[item.key] = facts.cause
    if told.status is InvoiceStatus.OPEN:
        _unlearn(facts, known, told.customer_id)
    cancelled = told.status is InvoiceStatus.CANCELLED
    if told.status is not InvoiceStatus.OPEN:
        for task in facts.standing_tasks(told.invoice_id):
            end_as_moot(facts, task, note=f"invoice {told.status}", moment=moment)
    _restate(known, told)
    for number, item in known.items():
        part = parts.get(number)
        item.due_on = part.due_on if part else None
        item.open_minor = minor_of(part.open, told.currency) if part and not cancelled else 0
        facts.restated[item.key] = item
    facts.touch(told.customer_id)


def _item(told: Invoice, number: int) -> Item:
    return Item(
        invoice_id=told.invoice_id,
        customer_id=told.customer_id,
        version=0,
        legal_entity=told.legal_entity,
        invoice_number=told.invoice_number,
        currency=told.currency,
        due_on=None,
        open_minor=0,
        number=number,
    )


def _restate(known: dict[int, Item], told: Invoice) -> None:
    """What the ledger says of the whole invoice; what we told of its instalments stays."""
    holds = tuple(
        ItemHold(
            hold.reason,
            None if hold.amount is None else minor_of(hold.amount, told.currency),
            hold.until,
        )
        for hold in told.holds
    )
    discounts = tuple(
        Discount(one.until, minor_of(one.pays, told.currency)) for one in told.discounts
    )
    for item in known.values():
        item.version = told.version
        item.of = len(told.instalments)
        item.invoice_number = told.invoice_number
        item.direct_debit = told.payment_method is InvoicePaymentMethod.DIRECT_DEBIT
        item.returned = told.returned
        item.holds = holds
        item.discounts = discounts


def _unlearn(facts: Facts, known: dict[int, Item], customer_id: UUID) -> None:
    """It was not paid after all: take its lateness back."""
    paid_on = next((item.settled_on for item in known.values() if item.settled_on), None)
    if paid_on is None:
        return
    habits = facts.habits_of(customer_id)
    habits.paid_invoices -= 1
    habits.days_late -= days_late(known.values(), paid_on=paid_on)
    for item in known.values():
        item.settled_on = None
