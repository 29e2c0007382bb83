"""From the ERP's own books to the contract: one builder for each event that the play tells."""

from collections.abc import Sequence
from decimal import Decimal

from play.cast.customers import Customer
from play.erp.documents import Adjustment, Credit, Invoice, Opening, Part
from play.record import present
from shared.base.money import decimal_text
from shared.contracts.erp import (
    CreditKind,
    CreditNoteKind,
    ErpAdjustmentPosted,
    ErpAllocation,
    ErpAllocationsSet,
    ErpCredit,
    ErpCreditLimit,
    ErpCreditNotePosted,
    ErpCustomerChanged,
    ErpDeduction,
    ErpDiscount,
    ErpInstalment,
    ErpInvoicePosted,
    ErpItem,
    ErpOpening,
    ErpPaymentReceived,
    ItemKind,
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
            net=decimal(invoice.net, currency) if invoice.states_tax else None,
            tax=decimal(invoice.tax, currency) if invoice.states_tax else None,
            instalments=_instalments(invoice),
            discounts=_discounts(invoice),
            payment_method=invoice.method,
            payment_reference=invoice.reference,
            purchase_order=invoice.purchase_order,
            document_url=f"{invoice.customer.entity.documents}/{invoice.number}.pdf",
            holds=invoice.holds,
            opening=_opening(invoice.opening, currency),
        )
    )


def credit_note_body(
    note: Credit, *, corrects: Invoice | None, reason: str, inline: Sequence[Part] | None
) -> ErpCreditNotePosted:
    currency = note.currency
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
            allocations=None if inline is None else allocations(note, inline),
            opening=_opening(note.opening, currency),
            reason=reason,
            request_id=note.request_id,
        )
    )


def payment_body(
    payment: Credit, *, method: PaymentMethod, reference: str, inline: Sequence[Part] | None
) -> ErpPaymentReceived:
    currency = payment.currency
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
            bank_reference=payment.bank_reference or f"BANK-{payment.id}",
            allocations=None if inline is None else allocations(payment, inline),
            opening=_opening(payment.opening, currency),
            request_id=payment.request_id,
        )
    )


def allocations_body(credit: Credit, parts: Sequence[Part]) -> ErpAllocationsSet:
    return ErpAllocationsSet(
        credit=ErpCredit(kind=CreditKind(credit.kind), id=credit.id),
        version=credit.set_version,
        customer_number=credit.customer.number,
        allocations=allocations(credit, parts),
    )


def allocations(credit: Credit, parts: Sequence[Part]) -> tuple[ErpAllocation, ...]:
    """Where it stands; in the play, invoices are in the currency of their legal entity."""
    currency = credit.customer.entity.currency
    return tuple(
        ErpAllocation(
            **present(
                invoice_id=part.invoice_id,
                instalment=part.instalment,
                amount=decimal(part.minor, currency),
                credit_amount=None if part.spent is None else decimal(part.spent, credit.currency),
                deductions=tuple(
                    ErpDeduction(kind=kind, amount=decimal(minor, currency))
                    for kind, minor in part.deductions
                ),
            )
        )
        for part in parts
    )


def adjustment_body(adjustment: Adjustment) -> ErpAdjustmentPosted:
    item, customer = adjustment.item, adjustment.item.customer
    currency = customer.entity.currency if isinstance(item, Invoice) else item.currency
    return ErpAdjustmentPosted(
        adjustment_id=adjustment.id,
        version=adjustment.version,
        customer_number=customer.number,
        legal_entity=customer.entity.code,
        item=ErpItem(
            **present(
                kind=ItemKind.INVOICE if isinstance(item, Invoice) else ItemKind(item.kind.value),
                id=item.id,
                instalment=adjustment.instalment,
            )
        ),
        currency=currency,
        amount=decimal(adjustment.minor, currency),
        reason=adjustment.reason,
        posted_on=adjustment.posted_on,
        **present(request_id=adjustment.request_id),
    )


def _instalments(invoice: Invoice) -> tuple[ErpInstalment, ...]:
    currency = invoice.customer.entity.currency
    return tuple(
        ErpInstalment(
            **present(number=one.number, due_on=one.due_on, amount=decimal(one.minor, currency))
        )
        for one in invoice.instalments
    )


def _discounts(invoice: Invoice) -> tuple[ErpDiscount, ...]:
    """By percent or by amount."""
    currency = invoice.customer.entity.currency
    return tuple(
        ErpDiscount(until=one.until, amount=decimal(one.minor, currency))
        if one.percent is None
        else ErpDiscount(until=one.until, percent=Decimal(one.percent))
        for one in invoice.discounts
    )


def _opening(opening: Opening | None, currency: str) -> ErpOpening | None:
    if opening is None:
        return None
    return ErpOpening(open=decimal(opening.minor, currency), as_of=opening.as_of)


def decimal(minor: int, currency: str) -> Decimal:
    return Decimal(decimal_text(minor, currency))


def tax_on(net: int, percent: int) -> int:
    """Tax in minor units, half up."""
    return (net * percent + 50) // 100
