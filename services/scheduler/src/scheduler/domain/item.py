"""Item: an open instalment of an invoice, with what we last told the customer about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from scheduler.domain.hold import DISPUTE, AmountHold

UNTOLD = -100
"""Below every step there is."""

Key = tuple[UUID, int]
"""Of an item: its invoice, and its number there. An invoice that is paid at once has one, numbered 1."""


@dataclass(frozen=True, slots=True)
class ItemHold:
    """Silence on an invoice that the ERP asked for: all of it, or an amount, until the end of a day of the entity."""

    reason: str
    amount_minor: int | None = None
    until: date | None = None

    def stands(self, today: date) -> bool:
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Discount:
    """Whoever pays `pays_minor` for the whole invoice until the end of a day of the entity owes no more of it."""

    until: date
    pays_minor: int


@dataclass(slots=True)
class Item:
    """Instalment `number` of the `of` that its invoice has. Holds and discounts are the invoice's.

    `due_on` is None while the instalment is not due at all, such as a retention. `listed_step` is its own step when
    it was last listed, `told_step` the firmest step it was ever told at.
    """

    invoice_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    invoice_number: str
    currency: str
    due_on: date | None
    open_minor: int
    number: int = 1
    of: int = 1
    direct_debit: bool = False
    returned: bool = False
    holds: tuple[ItemHold, ...] = ()
    discounts: tuple[Discount, ...] = ()
    settled_on: date | None = None
    listed_step: int = UNTOLD
    listed_on: date | None = None
    told_step: int = UNTOLD
    owner_told_on: date | None = None
    manager_told_on: date | None = None
    changed: bool = field(default=False, compare=False)

    @property
    def key(self) -> Key:
        return self.invoice_id, self.number

    @property
    def instalment(self) -> int | None:
        """Its number, where there is more to say than the invoice's."""
        return None if (self.number, self.of) == (1, 1) else self.number

    @property
    def title(self) -> str:
        if self.instalment is None:
            return self.invoice_number
        return f"{self.invoice_number}, instalment {self.number}"

    def tell(self, *, own_step: int, message_step: int, on: date) -> None:
        """Remember that a message listed it. A late outcome never takes anything back."""
        self.listed_step = max(self.listed_step, own_step)
        self.told_step = max(self.told_step, min(own_step, message_step))
        self.listed_on = on if self.listed_on is None else max(self.listed_on, on)
        self.changed = True

    def held_minor(
        self, today: date, amounts: Sequence[AmountHold], *, older_minor: int, whole_debt: bool
    ) -> int:
        """How much of the open amount is held back; a consumer's dispute of a part stops the whole debt,
        a promise, plan or charge nothing but its own amount.

        A hold on an amount takes the oldest instalments first, where it does not name one: `older_minor` is what is
        open on those before this. `amounts` are the invoice's, by other services, that stand today.
        """
        standing = [hold for hold in self.holds if hold.stands(today)]
        if not standing and not amounts:
            return 0
        stops_all = whole_debt and (standing or any(hold.kind == DISPUTE for hold in amounts))
        if stops_all or any(hold.amount_minor is None for hold in standing):
            return self.open_minor
        anywhere = sum(hold.amount_minor or 0 for hold in standing)
        anywhere += sum(hold.minor for hold in amounts if hold.instalment is None)
        here = sum(hold.minor for hold in amounts if hold.instalment == self.number)
        return min(max(anywhere - older_minor, 0) + here, self.open_minor)

    def best_discount(self, today: date) -> Discount | None:
        """Of those that can still be had, the one that asks for least, and then the one that lasts longest."""
        within = (one for one in self.discounts if today <= one.until)
        return min(within, key=lambda one: (one.pays_minor, -one.until.toordinal()), default=None)


def days_late(instalments: Collection[Item], *, paid_on: date) -> int:
    """How late their invoice was paid in full: after its last due date, early counted as on time."""
    due = [one.due_on for one in instalments if one.due_on is not None]
    return max((paid_on - max(due)).days, 0) if due else 0
