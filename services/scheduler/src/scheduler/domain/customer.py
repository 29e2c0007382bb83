"""Customer: who owes, as the ledger tells it, and how they have paid so far."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of our own company."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ErpHold:
    """Silence the ERP asked for, until the end of a day of the legal entity; without an entity, everywhere."""

    reason: str
    until: date | None = None
    legal_entity: str | None = None

    def stands(self, today: date) -> bool:
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Customer:
    """`version` 0 means that only items name this customer so far. While a doubt stands we are silent."""

    customer_id: UUID
    version: int = 0
    known: bool = False
    customer_number: str = ""
    kind: str = "consumer"
    status: str = "active"
    country: str = ""
    time_zone: str | None = None
    legal_entity: str | None = None
    account_owner: Person | None = None
    credit_limit_minor: int | None = None
    credit_currency: str | None = None
    customer_since: date | None = None
    holds: tuple[ErpHold, ...] = ()
    merged_into: str | None = None
    doubts: tuple[str, ...] = ()

    @property
    def is_consumer(self) -> bool:
        """Whoever is not known to be something else is protected as a consumer."""
        return self.kind not in {"business", "public", "intercompany"}


@dataclass(slots=True)
class Habits:
    """How the customer paid: sums over invoices settled by payment, and payments that came back."""

    paid_invoices: int = 0
    days_late: int = 0
    returned_payments: int = 0

    @property
    def average_days_late(self) -> int | None:
        """Whole days, early payments counted as on time, rounded half up; None without history."""
        if not self.paid_invoices:
            return None
        return (2 * self.days_late + self.paid_invoices) // (2 * self.paid_invoices)


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """What the scheduler must know of a company of ours. `calendar` is a country, or country-subdivision."""

    code: str
    time_zone: str
    calendar: str
    manager: Person


@dataclass(frozen=True, slots=True)
class ContactDay:
    """A day of the customer on which something of ours left; `overdue` when it listed something overdue."""

    day: date
    overdue: bool
