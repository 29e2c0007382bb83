"""From the ERP's own books to the contract: one builder for each event that the play tells."""

from collections.abc import Mapping
from decimal import Decimal

from play.cast.customers import Customer
from play.erp.book import Credit, Invoice
from play.record import present
from shared.base.money import decimal_text
from shared.contracts.erp import (
    CreditKind,
    CreditNoteKind,
    ErpAllocation,
    ErpAllocationsSet,
    ErpCredit,
    ErpCreditLimit,
    ErpCreditNotePosted,
    ErpCustomerChanged,
    ErpInvoicePosted,
    ErpPaymentReceived,
    PaymentMethod,
)


def customer_body(customer: Customer) -> ErpCustomerChanged:
    currency = customer.entity.currency
    limit = customer.credit_limit_minor
    return ErpCustomerChanged(
        **present(
            customer_number=customer.number,
            version=customer.version,
            name=customer.name,
            kind=customer.kind,
            status=customer.status,
            country=customer.country,
            language=customer.language,
            legal_entity=customer.entity.code,
            time_zone=customer.time_zone,
            contacts=customer.contacts,
            account_owner=customer.owner,
            credit_limit=None
            if limit is None
            else ErpCreditLimit(amount=decimal(limit, currency), currency=currency),
            customer_since=customer.since,
            holds=customer.holds,
        )
    )


def invoice_body(invoice: Invoice) -> ErpInvoicePosted:
    currency = invoice.customer.entity.currency
    return ErpInvoicePosted(
        **present(
            invoice_id=invoice.id,
            version=invoice.version,
            invoice_number=invoice.number,
            kind=invoice.kind,
            customer_number=invoice.customer.number,
            legal_entity=invoice.customer.entity.code,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            currency=currency,
            total=decimal(invoice.total, currency),
            net=decimal(invoice.net, currency),
            tax=decimal(invoice.tax, currency),
            payment_method=invoice.method,
            payment_reference=invoice.reference,
            purchase_order=invoice.purchase_order,
            document_url=f"{invoice.customer.entity.documents}/{invoice.number}.pdf",
            holds=invoice.holds,
        )
    )


def credit_note_body(
    note: Credit, *, corrects: Invoice | None, reason: str, inline: Mapping[str, int] | None
) -> ErpCreditNotePosted:
    currency = note.customer.entity.currency
    return ErpCreditNotePosted(
        **present(
            credit_note_id=note.id,
            version=note.version,
            credit_note_number=note.number,
            kind=CreditNoteKind.CREDIT_NOTE,
            customer_number=note.customer.number,
            legal_entity=note.customer.entity.code,
            issued_on=note.dated,
            currency=currency,
            total=decimal(note.amount, currency),
            net=decimal(note.amount - note.tax, currency),
            tax=decimal(note.tax, currency),
            corrects_invoice_id=None if corrects is None else corrects.id,
            allocations=None if inline is None else allocations(inline, currency),
            reason=reason,
        )
    )


def payment_body(
    payment: Credit, *, method: PaymentMethod, reference: str, inline: Mapping[str, int] | None
) -> ErpPaymentReceived:
    currency = payment.customer.entity.currency
    return ErpPaymentReceived(
        **present(
            payment_id=payment.id,
            version=payment.version,
            customer_number=payment.customer.number,
            legal_entity=payment.customer.entity.code,
            value_date=payment.dated,
            currency=currency,
            amount=decimal(payment.amount, currency),
            method=method,
            reference=reference,
            bank_reference=f"BANK-{payment.id}",
            allocations=None if inline is None else allocations(inline, currency),
        )
    )


def allocations_body(credit: Credit, parts: Mapping[str, int]) -> ErpAllocationsSet:
    return ErpAllocationsSet(
        credit=ErpCredit(kind=CreditKind(credit.kind), id=credit.id),
        version=credit.set_version,
        customer_number=credit.customer.number,
        allocations=allocations(parts, credit.customer.entity.currency),
    )


def allocations(parts: Mapping[str, int], currency: str) -> tuple[ErpAllocation, ...]:
    return tuple(
        ErpAllocation(invoice_id=invoice_id, amount=decimal(part, currency))
        for invoice_id, part in parts.items()
    )


def decimal(minor: int, currency: str) -> Decimal:
    return Decimal(decimal_text(minor, currency))


def tax_on(net: int, percent: int) -> int:
    """Tax in minor units, half up."""
    return (net * percent + 50) // 100
