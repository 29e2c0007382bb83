"""Hold what the ledger says of invoices, whatever moved them."""

from collections.abc import Iterable

from portal_api.domain.invoice import Discount, Instalment, Invoice
from portal_api.domain.items import Items
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import ledger


def hold_invoice(items: Items, told: ledger.InvoiceEvent, *, moment: Moment) -> None:
    """An invoice was opened, amended, settled, reopened or cancelled."""
    items.hold_invoice(_invoice_of(told))


def hold_invoices(items: Items, moved: Iterable[ledger.Invoice]) -> None:
    """A payment or credit note moved the open amounts of these."""
    for told in moved:
        items.hold_invoice(_invoice_of(told))


def _invoice_of(told: ledger.Invoice) -> Invoice:
    def minor(amount: str) -> int:
        return minor_of(amount, told.currency)

    return Invoice(
        invoice_id=told.invoice_id,
        customer_id=told.customer_id,
        version=told.version,
        legal_entity=told.legal_entity,
        invoice_number=told.invoice_number,
        issued_on=told.issued_on,
        due_on=told.due_on,
        currency=told.currency,
        total_minor=minor(told.total),
        open_minor=minor(told.open),
        status=told.status,
        payment_reference=told.payment_reference,
        instalments=tuple(
            Instalment(one.number, one.due_on, minor(one.amount), minor(one.open))
            for one in told.instalments
        ),
        discounts=tuple(
            Discount(one.until, minor(one.amount), minor(one.pays)) for one in told.discounts
        ),
    )
