"""Hold what the ledger says of invoices, whatever moved them."""

from disputes.domain.docket import Docket
from disputes.domain.invoice import Invoice
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import ledger


def hold_invoice(docket: Docket, told: ledger.InvoiceEvent, *, moment: Moment) -> None:
    """An invoice was opened, amended, settled, reopened or cancelled."""
    docket.hold_invoice(_invoice_of(told))


def hold_invoices(
    docket: Docket, credit: ledger.PaymentEvent | ledger.CreditEvent, *, moment: Moment
) -> None:
    """A payment or credit note moved the open amounts of these invoices."""
    for told in credit.invoices:
        docket.hold_invoice(_invoice_of(told))


def _invoice_of(told: ledger.Invoice) -> Invoice:
    return Invoice(
        invoice_id=told.invoice_id,
        customer_id=told.customer_id,
        version=told.version,
        legal_entity=told.legal_entity,
        invoice_number=told.invoice_number,
        issued_on=told.issued_on,
        due_on=told.due_on,
        currency=told.currency,
        total_minor=minor_of(told.total, told.currency),
        open_minor=minor_of(told.open, told.currency),
        status=told.status,
        instalments={one.number: minor_of(one.open, told.currency) for one in told.instalments},
    )
