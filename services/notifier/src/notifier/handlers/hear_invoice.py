"""An invoice was opened, amended, settled, reopened or cancelled."""

from notifier.domain.desk import Desk
from notifier.domain.invoice import Discount, Instalment, Invoice, InvoiceHold
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import ledger
from shared.contracts.ledger import InvoiceEvent


def hear_invoice(desk: Desk, told: InvoiceEvent, *, moment: Moment) -> None:
    """Keep the invoice as the books have it."""
    desk.hear_invoices((invoice_of(told),))


def invoice_of(told: ledger.Invoice) -> Invoice:
    """The invoice in the notifier's own terms."""
    instalments = tuple(
        Instalment(one.number, one.due_on, minor_of(one.open, told.currency))
        for one in told.instalments
    )
    return Invoice(
        invoice_id=told.invoice_id,
        customer_id=told.customer_id,
        version=told.version,
        legal_entity=told.legal_entity,
        source=told.source,
        invoice_number=told.invoice_number,
        currency=told.currency,
        open_minor=sum(one.open_minor for one in instalments),
        status=told.status.value,
        payment_method=told.payment_method.value if told.payment_method else None,
        payment_reference=told.payment_reference,
        document_url=told.document_url,
        returned=told.returned,
        holds=tuple(
            InvoiceHold(
                hold.reason,
                minor_of(hold.amount, told.currency) if hold.amount else None,
                hold.until,
            )
            for hold in told.holds
        ),
        instalments=instalments,
        discounts=tuple(
            Discount(one.until, minor_of(one.pays, told.currency)) for one in told.discounts
        ),
    )
