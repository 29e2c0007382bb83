"""An invoice as the books hold it."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.domain.line import Line
from ledger.domain.posting import OUTPUT_TAX, RECEIVABLE, REVENUE, Posting

Scope = tuple[UUID, str, str]
"""(customer, legal entity, currency): credits reach invoices only inside one."""


class ItemHold(NamedTuple):
    """Silence that the ERP asks for. `amount` is a decimal string of the invoice's currency; None = all."""

    reason: str
    amount: str | None = None
    until: date | None = None


class InvoiceBody(NamedTuple):
    """What the ERP's document says. Amounts in minor units; dates local to the legal entity."""

    invoice_number: str
    kind: str
    legal_entity: str
    issued_on: date
    due_on: date
    currency: str
    total_minor: int
    tax_minor: int
    payment_method: str | None = None
    payment_reference: str | None = None
    purchase_order: str | None = None
    document_url: str | None = None
    holds: tuple[ItemHold, ...] = ()


@dataclass(slots=True, eq=False)
class Invoice:
    """The present state; changed only by handlers. `version` is ours and rises by one per told change."""

    invoice_id: UUID
    source: str
    source_id: str
    customer_id: UUID
    line: Line = field(default_factory=Line)
    body: InvoiceBody | None = None
    cancelled_on: date | None = None
    open_minor: int = 0
    returned: bool = False
    version: int = 0
    entry_id: int | None = None
    tax_entry_id: int | None = None
    withheld_minor: int = 0
    """By how much the ERP states less than we do (ERP rule 10); not chased until that is solved."""
    stored_row: tuple[object, ...] | None = None

    @property
    def total_minor(self) -> int:
        """What can be owed: nothing when cancelled or not yet posted."""
        return self.body.total_minor if self.body is not None and self.line.in_force else 0

    @property
    def status(self) -> str:
        """ "" until posted, then `open`, `settled` or `cancelled`."""
        if self.body is None:
            return ""
        if not self.line.in_force:
            return "cancelled"
        return "open" if self.open_minor else "settled"

    @property
    def scope(self) -> Scope | None:
        if self.body is None:
            return None
        return self.customer_id, self.body.legal_entity, self.body.currency


def invoice_postings(invoice: Invoice) -> tuple[Posting | None, Posting | None]:
    """What should stand for the document itself: revenue and tax."""
    body = invoice.body
    if body is None or not invoice.line.in_force:
        return None, None

    def post(account: int, minor: int) -> Posting | None:
        if not minor:
            return None
        return Posting(
            "invoice",
            RECEIVABLE,
            invoice.invoice_id,
            account,
            None,
            minor,
            body.currency,
            body.issued_on,
            body.legal_entity,
            invoice.customer_id,
        )

    return post(REVENUE, body.total_minor - body.tax_minor), post(OUTPUT_TAX, body.tax_minor)
