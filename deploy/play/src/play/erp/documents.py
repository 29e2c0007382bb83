"""What an ERP keeps: invoices, credits and adjustments, in whole minor units, with every move of an open amount."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from play.cast.customers import Customer
from shared.base.days import DAY
from shared.contracts.erp import (
    AdjustmentReason,
    CreditKind,
    DeductionKind,
    ErpInvoiceHold,
    InvoiceKind,
    InvoicePaymentMethod,
)


@dataclass(frozen=True, slots=True)
class Move:
    """One change of an invoice's open amount, and why; of one instalment, when the ERP says which."""

    on: date
    minor: int
    why: str
    instalment: int | None = None


class Opening(NamedTuple):
    """What was left at the end of a day, when the books of the ledger began."""

    minor: int
    as_of: date


class Instalment(NamedTuple):
    """A part of an invoice; without a day it is not due yet."""

    number: int
    due_on: date | None
    minor: int


class Discount(NamedTuple):
    """What may be taken off when all is paid until that day. `percent` is only how it is told."""

    until: date
    minor: int
    percent: int | None = None


class Part(NamedTuple):
    """Where part of a credit stands: `minor` of cash at an invoice, in the invoice's currency, and what falls with it.

    `spent` is what that costs the credit when the credit is in another currency.
    """

    invoice_id: str
    minor: int
    instalment: int | None = None
    spent: int | None = None
    deductions: tuple[tuple[DeductionKind, int], ...] = ()

    @property
    def cost(self) -> int:
        """In the credit's currency."""
        return self.minor if self.spent is None else self.spent

    @property
    def falls(self) -> int:
        """What the invoice's open amount falls by."""
        return self.minor + sum(minor for _, minor in self.deductions)


@dataclass(slots=True)
class Invoice:
    customer: Customer
    id: str
    number: str
    issued_on: date
    due_on: date
    net: int
    tax: int
    method: InvoicePaymentMethod
    kind: InvoiceKind = InvoiceKind.INVOICE
    purchase_order: str | None = None
    holds: tuple[ErpInvoiceHold, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    discounts: tuple[Discount, ...] = ()
    opening: Opening | None = None
    states_tax: bool = True
    scripted: bool = False
    """A scene leads it: the customer's habit keeps its hands off."""
    cancelled: bool = False
    version: int = 0
    moves: list[Move] = field(default_factory=list)
    spared: list[Move] = field(default_factory=list)
    """What is open and yet not to be asked for, until the ERP has booked it."""

    @property
    def total(self) -> int:
        return self.net + self.tax

    @property
    def open(self) -> int:
        return sum(move.minor for move in self.moves)

    @property
    def reference(self) -> str:
        """What the payer should quote."""
        return self.number

    def open_after(self, day: date) -> int:
        """What was open when that day was over."""
        return sum(move.minor for move in self.moves if move.on <= day)

    def claimed_after(self, day: date) -> int:
        """What of it could be asked for."""
        return self.open_after(day) - sum(move.minor for move in self.spared if move.on <= day)

    def opens_after(self, day: date) -> Iterator[tuple[date | None, int]]:
        """The same by the days on which it falls due: what nobody named a part for was for the oldest, undated last."""
        if not self.instalments:
            yield self.due_on, self.open_after(day)
            return
        past = [move for move in self.moves if move.on <= day]
        left = {
            part: part.minor + sum(m.minor for m in past if m.instalment == part.number)
            for part in self.instalments
        }
        unnamed = sum(left.values()) - self.open_after(day)
        for part in sorted(left, key=lambda one: (one.due_on or date.max, one.number)):
            taken = min(left[part], unnamed)
            unnamed -= taken
            yield part.due_on, left[part] - taken

    def overdue_after(self, day: date) -> int:
        """What of that was past due."""
        return sum(minor for due_on, minor in self.opens_after(day) if due_on and due_on < day)

    def overdue_changes(self) -> Iterator[tuple[date, int]]:
        """Day by day, by how much the overdue sum changes in its evening."""
        days = {part.due_on for part in self.instalments} | {self.due_on}
        before = 0
        for day in sorted({move.on for move in self.moves} | {due + DAY for due in days if due}):
            now = self.overdue_after(day)
            yield day, now - before
            before = now


@dataclass(slots=True)
class Credit:
    """A payment or a credit note; `applied` says which part of it stands against which invoice."""

    kind: CreditKind
    customer: Customer
    id: str
    number: str
    dated: date
    amount: int
    currency: str
    tax: int = 0
    opening: Opening | None = None
    returned: int = 0
    adjusted: int = 0
    cancelled: bool = False
    version: int = 0
    set_version: int = 0
    unsaid: bool = False
    """The ERP has put it somewhere without telling where."""
    bank_reference: str = ""
    request_id: str | None = None
    """Which request of ours it answers, where the ERP says so."""
    applied: tuple[Part, ...] = ()

    @property
    def worth(self) -> int:
        return 0 if self.cancelled else self.amount - self.returned - self.adjusted

    @property
    def unapplied(self) -> int:
        return self.worth - sum(part.cost for part in self.applied)


@dataclass(slots=True)
class Adjustment:
    """Taken off an item without money; negative puts back."""

    id: str
    item: Invoice | Credit
    minor: int
    reason: AdjustmentReason
    posted_on: date
    instalment: int | None = None
    request_id: str | None = None
    version: int = 0
    cancelled: bool = False
