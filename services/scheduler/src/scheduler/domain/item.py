"""Item: an open invoice, with what we last told the customer about it."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

UNTOLD = -100
"""Below every step there is."""


@dataclass(frozen=True, slots=True)
class ItemHold:
    """Silence on an invoice that the ERP asked for: all of it, or an amount, until the end of a day of the entity."""

    reason: str
    amount_minor: int | None = None
    until: date | None = None

    def stands(self, today: date) -> bool:
        return self.until is None or today <= self.until


@dataclass(slots=True)
class Item:
    """`listed_step` is its own step when it was last listed, `told_step` the firmest step it was ever told at."""

    invoice_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    invoice_number: str
    currency: str
    due_on: date
    open_minor: int
    direct_debit: bool = False
    returned: bool = False
    holds: tuple[ItemHold, ...] = ()
    settled_on: date | None = None
    listed_step: int = UNTOLD
    listed_on: date | None = None
    told_step: int = UNTOLD
    owner_told_on: date | None = None
    manager_told_on: date | None = None
    changed: bool = field(default=False, compare=False)

    def tell(self, *, own_step: int, message_step: int, on: date) -> None:
        """Remember that a message listed it. A late outcome never takes anything back."""
        self.listed_step = max(self.listed_step, own_step)
        self.told_step = max(self.told_step, min(own_step, message_step))
        self.listed_on = on if self.listed_on is None else max(self.listed_on, on)
        self.changed = True

    def held_minor(self, today: date, *, whole_debt: bool) -> int:
        """How much of the open amount is held back; a consumer's dispute of a part stops the whole debt."""
        standing = [hold for hold in self.holds if hold.stands(today)]
        if not standing:
            return 0
        if whole_debt or any(hold.amount_minor is None for hold in standing):
            return self.open_minor
        held = sum(hold.amount_minor or 0 for hold in standing)
        return min(max(held, 0), self.open_minor)
