"""The whole state of an invoice as it is told."""

from collections.abc import Iterator
from typing import Any

from ledger.domain.invoice import Invoice, InvoiceBody, ItemHold
from shared.base.money import decimal_text

ERP_STATES_LESS = "erp-states-less"
"""Reason of the hold on what we have open and the ERP has not."""
DISCOUNT_TAKEN = "discount-taken"
"""Reason of the hold on a discount that was rightly taken and that the ERP has not booked (yet)."""


def state_of_invoice(invoice: Invoice) -> dict[str, Any]:
    """The whole state as it is told: the fields of `told.Invoice` and of every fact about an invoice."""
    body = invoice.body
    assert body is not None
    total, left = (
        decimal_text(body.total_minor, body.currency),
        decimal_text(invoice.open_minor, body.currency),
    )
    return {
        "invoice_id": invoice.invoice_id,
        "customer_id": invoice.customer_id,
        "version": invoice.version,
        "source": invoice.source,
        "source_id": invoice.source_id,
        "invoice_number": body.invoice_number,
        "kind": body.kind,
        "legal_entity": body.legal_entity,
        "issued_on": body.issued_on,
        "due_on": body.due_on,
        "currency": body.currency,
        "total": total,
        "open": left,
        "status": invoice.status,
        "instalments": _instalments(invoice, body, total, left),
        "payment_method": body.payment_method,
        "payment_reference": body.payment_reference,
        "purchase_order": body.purchase_order,
        "document_url": body.document_url,
        "returned": invoice.returned,
        "holds": [hold._asdict() for hold in (*body.holds, *_withheld(invoice, body.currency))],
        "discounts": _discounts(invoice, body),
    }


def _instalments(
    invoice: Invoice, body: InvoiceBody, total: str, left: str
) -> tuple[dict[str, Any], ...]:
    if not invoice.due.opens or body.terms is None:
        return ({"number": 1, "due_on": body.due_on, "amount": total, "open": left},)
    return tuple(
        {
            "number": one.number,
            "due_on": one.due_on,
            "amount": decimal_text(one.minor, body.currency),
            "open": decimal_text(minor, body.currency),
        }
        for one, minor in zip(body.terms.instalments, invoice.due.opens, strict=True)
    )


def _discounts(invoice: Invoice, body: InvoiceBody) -> tuple[dict[str, Any], ...]:
    if body.terms is None:
        return ()
    return tuple(
        {
            "until": one.until,
            "amount": decimal_text(minor, body.currency),
            "pays": decimal_text(invoice.open_minor - minor, body.currency),
        }
        for one, minor in zip(body.terms.discounts, invoice.due.offers, strict=True)
        if minor
    )


def _withheld(invoice: Invoice, currency: str) -> Iterator[ItemHold]:
    if invoice.withheld_minor:
        yield ItemHold(ERP_STATES_LESS, decimal_text(invoice.withheld_minor, currency))
    if invoice.due.kept_minor:
        yield ItemHold(DISCOUNT_TAKEN, decimal_text(invoice.due.kept_minor, currency))
