"""Invoices, as far as portal-api must know them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class State(StrEnum):
    """What has become of an invoice."""

    OPEN = "open"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Instalment(NamedTuple):
    """A due part; without `due_on` it is not due at all."""

    number: int
    due_on: date | None
    minor: int
    open_minor: int


class Discount(NamedTuple):
    """Whoever pays `pays_minor` with a value date up to `until` owes no more; `minor` is what is taken off."""

    until: date
    minor: int
    pays_minor: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """The newest we heard of an invoice; `version` is the ledger's, amounts are minor units of `currency`.

    More may be open than was invoiced: an adjustment below zero charges, such as the fee of a bank.
    """

    invoice_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    invoice_number: str
    issued_on: date
    due_on: date
    currency: str
    total_minor: int
    open_minor: int
    status: str
    payment_reference: str | None
    instalments: tuple[Instalment, ...]
    discounts: tuple[Discount, ...]

    def __post_init__(self) -> None:
        assert self.open_minor >= 0, "nothing below zero is open"

    @property
    def late_after(self) -> date | None:
        """The last day on which nothing of it is overdue; None when nothing of it will be."""
        days = [one.due_on for one in self.instalments if one.open_minor > 0]
        return min((day for day in days if day is not None), default=None)


def is_overdue(open_minor: int, late_after: date | None, day: date) -> bool:
    """Whether something of it is open whose day was over before this one began."""
    return open_minor > 0 and late_after is not None and late_after < day
