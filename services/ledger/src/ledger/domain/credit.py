"""Credits: payments and credit notes, and where they are applied."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from ledger.domain.application import Application
from ledger.domain.direction import Direction, minor_floor, rich_directions
from ledger.domain.gone_back import GoneBack
from ledger.domain.invoice import Opening, Scope
from ledger.domain.line import Line
from ledger.domain.posting import (
    BANK,
    CREDIT_NOTES,
    OPENING,
    OUTPUT_TAX,
    PAYMENT_CLEARING,
    RECEIVABLE,
    UNAPPLIED_CASH,
    Account,
    Posting,
    Where,
    post,
)
from ledger.domain.request import OURS

PAYMENT = "payment"
CREDIT_NOTE = "credit-note"
NOBODY = UUID(int=0)
"""Owner of a payment that names no customer yet, and of a record whose object nobody knows."""


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
    opening: Opening | None = None
    directions: tuple[Direction, ...] | None = None
    """Inline allocations; None = the ERP does not say."""


class Returned(NamedTuple):
    """Money that went back. `amount` is cumulative, in the payment's currency; None = all of it."""

    amount: Decimal | None
    on: date
    reason: str


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
    adjusted_minor: int = 0
    """What adjustments took off (put back, when negative)."""
    version: int = 0
    waiting: bool = False
    entry_id: int | None = None
    tax_entry_id: int | None = None
    return_entry_id: int | None = None
    stored_row: tuple[object, ...] | None = None
    gone_back: GoneBack | None = None
    _rich: tuple[object, dict[UUID, tuple[Direction, ...]]] = (None, {})

    @property
    def currency(self) -> str:
        assert self.body is not None
        return self.body.currency

    @property
    def provisional(self) -> bool:
        """Whether we entered it ourselves and the ERP has still to post it (ERP rule 8)."""
        return self.source == OURS

    @property
    def control(self) -> int:
        """The account on which it stands."""
        return UNAPPLIED_CASH if self.kind == PAYMENT else RECEIVABLE

    @property
    def rich_directions(self) -> dict[UUID, tuple[Direction, ...]]:
        """Where the ERP says more than amounts, by invoice."""
        directions = self.directions
        if self._rich[0] is not directions:
            self._rich = (directions, rich_directions(directions))
        return self._rich[1]

    @property
    def active(self) -> bool:
        """Whether the money or document counts: posted, and not cancelled (a return leaves it active)."""
        return self.body is not None and (self.line.in_force or self.returned is not None)

    @property
    def erp_returned_minor(self) -> int:
        """What the ERP says went back."""
        if self.returned is None or self.body is None:
            return 0
        if self.returned.amount is None:
            return self.body.minor
        return min(self.body.minor, minor_floor(self.returned.amount, self.body.currency))

    @property
    def back(self) -> Returned | GoneBack | None:
        """What went back, as it counts: the ERP's word, or the provider's where the ERP has still to say it."""
        if self.gone_back is None or not self.gone_back.stands:
            return self.returned
        return self.gone_back if self.active and self.gone_back.minor else None

    @property
    def returned_minor(self) -> int:
        back = self.back
        if not isinstance(back, GoneBack):
            return 0 if back is None else self.erp_returned_minor
        away = 0 if self.body is None else min(self.body.minor, back.minor)
        return max(0, away - back.refunded_minor)

    @property
    def worth_minor(self) -> int:
        """What there is of it before adjustments: without what went back, or was used before the books began."""
        if self.body is None or not self.active:
            return 0
        begun = self.body.minor if self.body.opening is None else self.body.opening.minor
        return max(0, begun - self.returned_minor)

    @property
    def history_minor(self) -> int:
        """What was applied before the books began."""
        if self.body is None or self.body.opening is None:
            return 0
        return max(0, self.body.minor - self.body.opening.minor)

    @property
    def available_minor(self) -> int:
        """What can be applied."""
        return self.worth_minor - self.adjusted_minor

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
        if self.back is not None:
            return "returned"
        if not self.active:
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
            one.provisional or one.spent_minor == one.wanted_minor for one in applications
        )


def credit_postings(credit: Credit) -> tuple[Posting | None, Posting | None, Posting | None]:
    """What should stand for the credit itself: money or net, tax, and what was returned."""
    body = credit.body
    if body is None or not credit.active:
        return None, None, None

    def posting(kind: str, debit: Account, other: Account, minor: int) -> Posting | None:
        return post(kind, debit, other, minor, there) if minor else None

    there = Where(body.currency, body.on, body.legal_entity, credit.customer_id)
    own = credit.credit_id
    if credit.kind == PAYMENT:
        bank = PAYMENT_CLEARING if credit.provisional else BANK
        money = posting(PAYMENT, (bank, None), (UNAPPLIED_CASH, own), body.minor)
        returned = credit.returned_minor
        if body.opening is not None:
            money, returned = _opened(credit, body.opening), min(returned, body.opening.minor)
        ours = credit.provisional or isinstance(credit.back, GoneBack)
        away = PAYMENT_CLEARING if ours else BANK
        back = posting("return", (UNAPPLIED_CASH, own), (away, None), returned)
        if back is not None and credit.back is not None:
            back = back._replace(effective_on=max(body.on, credit.back.on))
        return money, None, back
    if body.opening is not None:
        return _opened(credit, body.opening), None, None
    net = posting(CREDIT_NOTE, (CREDIT_NOTES, None), (RECEIVABLE, own), body.minor - body.tax_minor)
    tax = posting(CREDIT_NOTE, (OUTPUT_TAX, None), (RECEIVABLE, own), body.tax_minor)
    return net, tax, None


def _opened(credit: Credit, opening: Opening) -> Posting | None:
    body = credit.body
    if body is None or not opening.minor:
        return None
    there = Where(body.currency, opening.as_of, body.legal_entity, credit.customer_id)
    own = (credit.control, credit.credit_id)
    return post(credit.kind, (OPENING, None), own, opening.minor, there)
