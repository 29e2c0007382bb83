"""Credits: payments and credit notes, and where they are applied."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from ledger.domain.invoice import Scope
from ledger.domain.line import Line
from ledger.domain.posting import (
    BANK,
    CREDIT_NOTES,
    OUTPUT_TAX,
    RECEIVABLE,
    UNAPPLIED_CASH,
    Posting,
)
from shared.base.money import exponent

PAYMENT = "payment"
CREDIT_NOTE = "credit-note"
NOBODY = UUID(int=0)
"""Owner of a payment that names no customer yet, and of a record whose object nobody knows."""


class Direction(NamedTuple):
    """The ERP's word that part of a credit belongs to an invoice; `amount` in the credit's currency."""

    invoice_id: UUID
    amount: Decimal


class CreditBody(NamedTuple):
    """What the ERP says of a payment or credit note. Amounts in minor units; `on` is value date or day of issue."""

    legal_entity: str
    on: date
    currency: str
    minor: int
    tax_minor: int = 0
    number: str = ""
    kind: str = ""
    """Kind of a credit note, method of a payment."""
    reference: str | None = None
    bank_reference: str | None = None
    directions: tuple[Direction, ...] | None = None
    """Inline allocations; None = the ERP does not say."""


class Returned(NamedTuple):
    """Money that went back. `amount` is cumulative, in the payment's currency; None = all of it."""

    amount: Decimal | None
    on: date
    reason: str


@dataclass(slots=True, eq=False)
class Application:
    """What one credit does at one invoice, in minor units of their currency.

    directed: what the ERP says · wanted: that, cut by the credit · applied: what the books have applied.
    """

    credit: "Credit"
    invoice_id: UUID
    directed_minor: int = 0
    wanted_minor: int = 0
    applied_minor: int = 0
    provisional: bool = False
    booked: Posting | None = None
    entry_id: int | None = None
    stored_row: tuple[object, ...] | None = None

    @property
    def came_back(self) -> bool:
        """Whether money that stood here was returned."""
        if not self.credit.returned_minor:
            return False
        return self.applied_minor < self.directed_minor or not self.applied_minor

    @property
    def kept(self) -> bool:
        """Whether there is anything to remember: amounts, a return, or a place for a credit that is still to come."""
        if self.credit.body is None:
            return True
        return bool(self.directed_minor or self.applied_minor) or self.came_back


@dataclass(slots=True, eq=False)
class Credit:
    """The present state of a payment or credit note; changed only by handlers."""

    credit_id: UUID
    kind: str
    source: str
    source_id: str
    customer_id: UUID
    matched_by_us: bool = False
    """Authority `ours` for its source: the ERP's directions are compared, not booked."""
    line: Line = field(default_factory=Line)
    body: CreditBody | None = None
    returned: Returned | None = None
    set_line: Line = field(default_factory=Line)
    set_directions: tuple[Direction, ...] | None = None
    applications: dict[UUID, Application] = field(default_factory=dict)
    unapplied_minor: int = 0
    version: int = 0
    waiting: bool = False
    entry_id: int | None = None
    tax_entry_id: int | None = None
    return_entry_id: int | None = None
    stored_row: tuple[object, ...] | None = None

    @property
    def active(self) -> bool:
        """Whether the money or document counts: posted, and not cancelled (a return leaves it active)."""
        return self.body is not None and (self.line.in_force or self.returned is not None)

    @property
    def returned_minor(self) -> int:
        if self.returned is None or self.body is None:
            return 0
        if self.returned.amount is None:
            return self.body.minor
        return min(self.body.minor, minor_floor(self.returned.amount, self.body.currency))

    @property
    def available_minor(self) -> int:
        """What can be applied."""
        return self.body.minor - self.returned_minor if self.body is not None and self.active else 0

    @property
    def directions(self) -> tuple[Direction, ...] | None:
        """The ERP's word, when there is one that counts; after the first set, inline ones do not."""
        if self.matched_by_us and self.kind == PAYMENT:
            return None
        if self.set_line.has_body and not self.matched_by_us:
            return self.set_directions
        return self.body.directions if self.body is not None else None

    @property
    def matchable(self) -> bool:
        """Whether we look for invoices for it: a payment of a customer, undirected (ERP rules 5 and 6)."""
        undirected = self.kind == PAYMENT and self.directions is None
        return undirected and self.active and self.customer_id != NOBODY

    @property
    def status(self) -> str:
        """ "" until told of, then `received` or `posted`, `returned`, `cancelled`."""
        if self.body is None:
            return ""
        if self.returned is not None:
            return "returned"
        if not self.line.in_force:
            return "cancelled"
        return "received" if self.kind == PAYMENT else "posted"

    @property
    def scope(self) -> Scope | None:
        if self.body is None:
            return None
        return self.customer_id, self.body.legal_entity, self.body.currency

    @property
    def granted_whole(self) -> bool:
        """Whether nothing is missing: parents are there and every direction was granted (ERP rules 4 and 7)."""
        if self.body is None:
            return False
        if not self.active or self.directions is None:
            return True
        applications = self.applications.values()
        return sum(one.directed_minor for one in applications) <= self.body.minor and all(
            one.applied_minor == one.wanted_minor for one in applications
        )


def minor_floor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount that came before its currency was known; what is finer is left away."""
    return int(amount.scaleb(exponent(currency)))


def directed_minors(directions: Iterable[Direction], currency: str) -> dict[UUID, int]:
    """Directions by invoice, in the order in which each invoice is first named."""
    by_invoice: dict[UUID, int] = {}
    for invoice_id, amount in directions:
        by_invoice[invoice_id] = by_invoice.get(invoice_id, 0) + minor_floor(amount, currency)
    return by_invoice


def credit_postings(credit: Credit) -> tuple[Posting | None, Posting | None, Posting | None]:
    """What should stand for the credit itself: money or net, tax, and what was returned."""
    body = credit.body
    if body is None or not credit.active:
        return None, None, None

    def post(
        kind: str, debit: tuple[int, UUID | None], account: tuple[int, UUID | None], minor: int
    ) -> Posting | None:
        if not minor:
            return None
        return Posting(
            kind,
            *debit,
            *account,
            minor,
            body.currency,
            body.on,
            body.legal_entity,
            credit.customer_id,
        )

    own = credit.credit_id
    if credit.kind == PAYMENT:
        money = post(PAYMENT, (BANK, None), (UNAPPLIED_CASH, own), body.minor)
        back = post("return", (UNAPPLIED_CASH, own), (BANK, None), credit.returned_minor)
        if back is not None and credit.returned is not None:
            back = back._replace(effective_on=max(body.on, credit.returned.on))
        return money, None, back
    net = post(CREDIT_NOTE, (CREDIT_NOTES, None), (RECEIVABLE, own), body.minor - body.tax_minor)
    tax = post(CREDIT_NOTE, (OUTPUT_TAX, None), (RECEIVABLE, own), body.tax_minor)
    return net, tax, None


def application_posting(application: Application, issued_on: date) -> Posting | None:
    """What should stand for an application: cash leaves 2100; a credit note only moves between items of 1200.

    Effective when both sides exist: the later of the credit's day and the invoice's day of issue.
    """
    credit = application.credit
    if not application.applied_minor or credit.body is None:
        return None
    control = UNAPPLIED_CASH if credit.kind == PAYMENT else RECEIVABLE
    return Posting(
        "application",
        control,
        credit.credit_id,
        RECEIVABLE,
        application.invoice_id,
        application.applied_minor,
        credit.body.currency,
        max(credit.body.on, issued_on),
        credit.body.legal_entity,
        credit.customer_id,
    )
