"""An invoice as the books hold it."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.domain.line import Line
from ledger.domain.posting import OPENING, OUTPUT_TAX, RECEIVABLE, REVENUE, Posting, Where, post
from ledger.domain.terms import NOTHING_SAID, Due, Terms

Scope = tuple[UUID, str, str]
"""(customer, legal entity, currency): credits reach invoices only inside one."""


class ItemHold(NamedTuple):
    """Silence that the ERP asks for. `amount` is a decimal string of the invoice's currency; None = all."""

    reason: str
    amount: str | None = None
    until: date | None = None


class Opening(NamedTuple):
    """What was open at the end of a day, when the books began; the rest had been settled before."""

    minor: int
    as_of: date


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
    opening: Opening | None = None
    holds: tuple[ItemHold, ...] = ()
    terms: Terms | None = None
    """None = due whole on `due_on`, without discount."""


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
    adjusted_minor: int = 0
    """What adjustments took off (put back, when negative)."""
    returned: bool = False
    version: int = 0
    entry_id: int | None = None
    tax_entry_id: int | None = None
    withheld_minor: int = 0
    """By how much the ERP states less than we do (ERP rule 10); not chased until that is solved."""
    due: Due = NOTHING_SAID
    stored_row: tuple[object, ...] | None = None

    @property
    def active(self) -> bool:
        """Whether it counts: posted, and not cancelled."""
        return self.body is not None and self.line.in_force

    @property
    def owed_minor(self) -> int:
        """What can be owed: the total, or what was open when the books began; nothing when cancelled or not posted."""
        if self.body is None or not self.active:
            return 0
        return self.body.total_minor if self.body.opening is None else self.body.opening.minor

    def open_of(self, instalment: int | None) -> int:
        """What is open of that instalment; nothing where it has none of that number."""
        if self.body is None or self.body.terms is None or not self.due.opens:
            return 0
        parts = zip(self.body.terms.instalments, self.due.opens, strict=True)
        return sum(minor for part, minor in parts if part.number == instalment)

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
    """What should stand for the document itself: revenue and tax, or what was open when the books began."""
    body = invoice.body
    if body is None or not invoice.line.in_force:
        return None, None

    def posting(account: int, minor: int, on: date = body.issued_on) -> Posting | None:
        there = Where(body.currency, on, body.legal_entity, invoice.customer_id)
        item = (RECEIVABLE, invoice.invoice_id)
        return post("invoice", item, (account, None), minor, there) if minor else None

    if body.opening is not None:
        return posting(OPENING, body.opening.minor, body.opening.as_of), None
    return posting(REVENUE, body.total_minor - body.tax_minor), posting(OUTPUT_TAX, body.tax_minor)
