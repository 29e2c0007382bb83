"""A payment came short, and the payer says why."""

from ledger.domain.books import Books
from ledger.domain.request import Request
from shared.base.ids import derived_id
from shared.base.money import decimal_text, minor_of
from shared.contracts import disputes
from shared.contracts.ledger import DeductionClaimed


def claim_deductions(books: Books, request: Request) -> None:
    """Tell what was left out on purpose, as far as it is open now that the payment stands; nothing is booked for it."""
    asked = request.asked
    for place, part in enumerate(asked.parts or ()):
        if part.short is None:
            continue
        invoice = books.invoices[part.invoice_id]
        assert invoice.body is not None
        minor = min(minor_of(part.short.amount, asked.currency), invoice.open_minor)
        if minor <= 0:
            continue
        books.announce(
            DeductionClaimed(
                customer_id=asked.customer_id,
                version=1,
                deduction_id=derived_id("deduction", request.request_id, place),
                request_id=request.request_id,
                invoice_id=part.invoice_id,
                invoice_number=invoice.body.invoice_number,
                legal_entity=asked.legal_entity,
                currency=asked.currency,
                amount=decimal_text(minor, asked.currency),
                value_date=asked.on,
                reason=disputes.Reason(part.short.reason),
                words=part.short.words,
                entered_by=request.asked_by,
            )
        )
