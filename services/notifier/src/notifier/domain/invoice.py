"""An invoice as the notifier reads it right before a message leaves: what of it may be asked for."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class InvoiceHold:
    """The ERP's hold on all (`amount_minor` None) or part of an invoice, to the end of that day."""

    reason: str
    amount_minor: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """Amounts are whole minor units of `currency`; days are the legal entity's."""

    invoice_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    source: str
    invoice_number: str
    due_on: date
    currency: str
    open_minor: int
    status: str
    payment_method: str | None = None
    payment_reference: str | None = None
    document_url: str | None = None
    returned: bool = False
    holds: tuple[InvoiceHold, ...] = ()

    @property
    def is_collected_by_us(self) -> bool:
        """A direct debit is our own errand until one came back."""
        return self.payment_method == "direct-debit" and not self.returned

    def held_minor(self, today: date, *, whole_debt: bool) -> int:
        """How much of the open amount stands under a hold; a consumer's dispute stops the whole debt."""
        standing = [hold for hold in self.holds if hold.until is None or today <= hold.until]
        if not standing:
            return 0
        if whole_debt or any(hold.amount_minor is None for hold in standing):
            return self.open_minor
        return min(self.open_minor, sum(hold.amount_minor or 0 for hold in standing))


@dataclass(frozen=True, slots=True)
class Credit:
    """A payment or a credit note, and what of it stands against no invoice yet."""

    credit_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    currency: str
    unapplied_minor: int
