"""Hold what the ledger says of a credit note."""

from portal_api.domain.credit import Credit, Kind
from portal_api.domain.items import Items
from portal_api.handlers.hold_invoices import hold_invoices
from portal_api.handlers.read_allocations import read_allocations
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import ledger


def hold_credit_note(items: Items, told: ledger.CreditEvent, *, moment: Moment) -> None:
    """It was posted, applied or cancelled; the invoices that it moved are held too."""
    currency = told.currency

    items.hold_credit(
        Credit(
            credit_id=told.credit_note_id,
            kind=Kind.CREDIT_NOTE,
            customer_id=told.customer_id,
            version=told.version,
            legal_entity=told.legal_entity,
            number=told.credit_note_number,
            dated_on=told.issued_on,
            currency=currency,
            total_minor=minor_of(told.total, currency),
            returned_minor=0,
            returned_on=None,
            unapplied_minor=minor_of(told.unapplied, currency),
            status=told.status,
            method=None,
            return_reason=None,
            reference=None,
            answered_by=None,
            allocations=read_allocations(told.allocations, currency),
        )
    )

    hold_invoices(items, told.invoices)
