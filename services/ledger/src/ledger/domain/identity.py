"""What an object is, for ever: its customer, legal entity and currency never change (ERP rule 2)."""

from typing import ClassVar
from uuid import UUID

from ledger.domain.adjustment import Adjustment, AdjustmentBody
from ledger.domain.credit import CREDIT_NOTE, NOBODY, Credit, CreditBody
from ledger.domain.invoice import Invoice, InvoiceBody
from shared.base.errors import Refusal


class IdentityChanged(Refusal):
    """Base: somebody says that a known object belongs elsewhere."""


class InvoiceIdentityChanged(IdentityChanged):
    code: ClassVar[str] = "invoice-identity-changed"


class PaymentIdentityChanged(IdentityChanged):
    code: ClassVar[str] = "payment-identity-changed"


class CreditNoteIdentityChanged(IdentityChanged):
    code: ClassVar[str] = "credit-note-identity-changed"


class AdjustmentIdentityChanged(IdentityChanged):
    code: ClassVar[str] = "adjustment-identity-changed"


def check_adjustment(
    adjustment: Adjustment, customer_id: UUID | None, body: AdjustmentBody | None = None
) -> None:
    """The same for an adjustment, which keeps to its item too."""
    known = adjustment.body
    _check(AdjustmentIdentityChanged, adjustment.customer_id, customer_id, known, body)
    if body is not None and known is not None and body.item_id != known.item_id:
        raise AdjustmentIdentityChanged("it adjusts another item", pointer="/item/id")


def check_invoice(
    invoice: Invoice, customer_id: UUID | None, body: InvoiceBody | None = None
) -> None:
    """Refuse another customer, legal entity or currency than the invoice is known by."""
    _check(InvoiceIdentityChanged, invoice.customer_id, customer_id, invoice.body, body)


def check_credit(credit: Credit, customer_id: UUID | None, body: CreditBody | None = None) -> None:
    """The same for a payment, which may gain its customer once, and for a credit note."""
    refusal = CreditNoteIdentityChanged if credit.kind == CREDIT_NOTE else PaymentIdentityChanged
    _check(refusal, credit.customer_id, customer_id, credit.body, body)


def _check(
    refusal: type[IdentityChanged],
    owner: UUID,
    named: UUID | None,
    known: InvoiceBody | CreditBody | AdjustmentBody | None,
    told: InvoiceBody | CreditBody | AdjustmentBody | None,
) -> None:
    if named is not None and owner not in {named, NOBODY}:
        raise refusal("it belongs to another customer", pointer="/customer_number")
    if known is None or told is None:
        return
    if told.legal_entity != known.legal_entity:
        raise refusal(
            f"it belongs to {known.legal_entity}, not {told.legal_entity}", pointer="/legal_entity"
        )
    if told.currency != known.currency:
        raise refusal(f"it is in {known.currency}, not {told.currency}", pointer="/currency")
