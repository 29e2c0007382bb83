"""What one command knows of a customer's promises, and what became of them."""

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.promise import Paid, Promise
from shared.base.telling import Telling


class Owed(NamedTuple):
    """An invoice of the customer, as far as a promise must know it."""

    invoice_id: UUID
    invoice_number: str
    legal_entity: str
    currency: str
    open_minor: int


@dataclass(slots=True)
class Promises(Telling):
    """Of one customer: those that are open, those at hand, and the invoices at hand with what is paid of them."""

    open: dict[UUID, Promise] = field(default_factory=dict)
    broken: int = 0
    """Within the rails' days."""
    invoices: dict[UUID, Owed] = field(default_factory=dict)
    paid: dict[UUID, list[Paid]] = field(default_factory=dict)
    changed: dict[UUID, Promise] = field(default_factory=dict)

    def promised_minor(self, invoice_id: UUID) -> int:
        """What open promises say of the invoice already."""
        items = (item for promise in self.open.values() for item in promise.items)
        return sum(item.minor for item in items if item.invoice_id == invoice_id)

    def keep(self, promise: Promise) -> None:
        """Hold a promise that has news."""
        self.changed[promise.promise_id] = promise
