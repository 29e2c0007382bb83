"""A payment or a credit note moved, and with it what the invoices it touches are open for."""

from notifier.domain.desk import Desk
from notifier.domain.invoice import Credit
from notifier.handlers.hear_invoice import invoice_of
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.ledger import CreditEvent, PaymentEvent


def hear_credit(desk: Desk, told: CreditEvent | PaymentEvent, *, moment: Moment) -> None:
    """Keep what stands unapplied, and the changed invoices whole."""
    desk.hear_credit(
        Credit(
            credit_id=told.subject_id,
            customer_id=told.customer_id,
            version=told.version,
            legal_entity=told.legal_entity,
            currency=told.currency,
            unapplied_minor=minor_of(told.unapplied, told.currency),
        )
    )
    desk.hear_invoices(invoice_of(invoice) for invoice in told.invoices)
