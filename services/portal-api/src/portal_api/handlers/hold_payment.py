"""Hold what the ledger says of a payment."""

from portal_api.domain.credit import Credit, Kind
from portal_api.domain.items import Items
from portal_api.handlers.hold_invoices import hold_invoices
from portal_api.handlers.hold_paid import hold_paid
from portal_api.handlers.read_allocations import read_allocations
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import ledger


def hold_payment(items: Items, told: ledger.PaymentEvent, *, moment: Moment) -> None:
    """It was received, applied, returned or cancelled; so are the invoices that it moved, and what it pays of each."""
    currency = told.currency

    items.hold_credit(
        Credit(
            credit_id=told.payment_id,
            kind=Kind.PAYMENT,
            customer_id=told.customer_id,
            version=told.version,
            legal_entity=told.legal_entity,
            number=None,
            dated_on=told.value_date,
            currency=currency,
            total_minor=minor_of(told.amount, currency),
            returned_minor=minor_of(told.returned, currency),
            returned_on=told.returned_on,
            unapplied_minor=minor_of(told.unapplied, currency),
            status=told.status,
            method=told.method,
            return_reason=told.return_reason,
            reference=told.reference,
            answered_by=told.answered_by,
            allocations=read_allocations(told.allocations, currency),
        )
    )

    hold_invoices(items, told.invoices)
    hold_paid(items, told)
