"""What a customer owes of an invoice, what is paid of it by whom, and the part of it that they answer for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID


class Owed(NamedTuple):
    """An invoice of the customer, as far as an answer must know it."""

    invoice_id: UUID
    invoice_number: str
    legal_entity: str
    currency: str
    open_minor: int


class Paid(NamedTuple):
    """What one payment pays of an invoice now, in minor units of its currency."""

    payment_id: UUID
    value_date: date
    minor: int


@dataclass(slots=True)
class Item:
    """So much of an invoice is promised or planned. `before` is what each payment had paid of it already by then.

    The other three are parts of `minor`, as they were last counted: what was paid; what is not owed any more, as a
    credit note or the ERP took it off; and what is not asked for while it is disputed.
    """

    invoice_id: UUID
    invoice_number: str
    minor: int
    before: dict[UUID, int] = field(default_factory=dict)
    paid_minor: int = 0
    off_minor: int = 0
    disputed_minor: int = 0

    def __post_init__(self) -> None:
        assert self.minor > 0, "something is promised"
        assert 0 <= self.paid_minor <= self.minor, "no more is counted than was promised"

    @property
    def counted(self) -> tuple[int, int, int]:
        """To see whether a count brought news."""
        return self.paid_minor, self.off_minor, self.disputed_minor

    @property
    def unpaid_minor(self) -> int:
        return self.minor - self.paid_minor

    @property
    def owed_minor(self) -> int:
        """What is or was to be paid of it."""
        return self.minor - self.off_minor

    @property
    def due_minor(self) -> int:
        """The same, without what is disputed."""
        return self.owed_minor - self.disputed_minor

    @property
    def left_minor(self) -> int:
        """What is to be paid still."""
        return max(self.due_minor - self.paid_minor, 0)

    def new_of(self, paid: Paid) -> int:
        """What a payment has paid of the invoice since."""
        return max(paid.minor - self.before.get(paid.payment_id, 0), 0)

    def came(self, paid: Iterable[Paid], *, until: date = date.max) -> int:
        """Of `minor`, what was paid since, with a value date up to that day."""
        return min(sum(self.new_of(one) for one in paid if one.value_date <= until), self.minor)

    def count(
        self,
        paid: Sequence[Paid],
        *,
        open_minor: int,
        disputed_minor: int = 0,
        until: date = date.max,
    ) -> None:
        """Count anew. What neither came, however late, nor is open has been taken off."""
        came = self.came(paid)
        owed = min(self.minor, came + open_minor)
        due = min(self.minor, came + max(open_minor - disputed_minor, 0))
        self.paid_minor = self.came(paid, until=until)
        self.off_minor, self.disputed_minor = self.minor - owed, owed - due


@dataclass(frozen=True, slots=True)
class Known:
    """By invoice, what an answer about it is judged by: payments, what is open, and what of that is disputed. Of an
    invoice that is not named nothing is.
    """

    paid: Mapping[UUID, Sequence[Paid]] = field(default_factory=dict)
    open_minor: Mapping[UUID, int] = field(default_factory=dict)
    disputed_minor: Mapping[UUID, int] = field(default_factory=dict)

    def payments(self, item: Item) -> Sequence[Paid]:
        return self.paid.get(item.invoice_id, ())

    def count(self, item: Item, *, until: date = date.max) -> None:
        """Count the item anew; `until` is the last value date that counts."""
        item.count(
            self.payments(item),
            open_minor=self.open_minor.get(item.invoice_id, 0),
            disputed_minor=self.disputed_minor.get(item.invoice_id, 0),
            until=until,
        )
