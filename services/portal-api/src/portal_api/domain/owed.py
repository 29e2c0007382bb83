"""What a customer owes of an invoice, what is paid of it by whom, and the part of it that they answer for."""

from collections.abc import Iterable
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
    """So much of an invoice is promised or planned. `before` is what each payment had paid of it already by then."""

    invoice_id: UUID
    invoice_number: str
    minor: int
    before: dict[UUID, int] = field(default_factory=dict)
    paid_minor: int = 0
    """Of `minor`, as it was last counted."""

    def __post_init__(self) -> None:
        assert self.minor > 0, "something is promised"
        assert 0 <= self.paid_minor <= self.minor, "no more is counted than was promised"

    @property
    def unpaid_minor(self) -> int:
        return self.minor - self.paid_minor

    def came(self, paid: Iterable[Paid], *, until: date = date.max) -> int:
        """Of `minor`, what was paid since, with a value date up to that day."""
        new = (
            max(one.minor - self.before.get(one.payment_id, 0), 0)
            for one in paid
            if one.value_date <= until
        )
        return min(sum(new), self.minor)

    def owed(self, paid: Iterable[Paid], *, open_minor: int) -> int:
        """What has been owed of `minor` since. Less than that is, where something else than money took it off: a
        credit note, or the ERP took the invoice back.
        """
        return min(self.minor, self.came(paid) + open_minor)
