"""An invoice as the notifier reads it right before a message leaves: what of it may be asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class InvoiceHold:
    """The ERP's hold on all (`amount_minor` None) or part of an invoice, to the end of that day."""

    reason: str
    amount_minor: int | None = None
    until: date | None = None

    def stands(self, today: date) -> bool:
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of an invoice that falls due by itself; without a due date it is not due at all."""

    number: int
    due_on: date | None
    open_minor: int

    def is_overdue(self, today: date) -> bool:
        return self.open_minor > 0 and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class Discount:
    """Whoever pays `pays_minor` for the whole invoice until the end of that day owes no more of it."""

    until: date
    pays_minor: int


DISPUTE, PROMISE, PLAN, AUTOPAY = "dispute", "promise", "plan", "autopay"
"""Kinds of a hold on an amount."""


@dataclass(frozen=True, slots=True)
class AmountHold:
    """So much of an invoice, or of one of its instalments, is not asked for: the service that told of it says so.

    `minor` in minor units of the invoice's currency; 0 once it has ended. `version` is the teller's.
    """

    hold_id: UUID
    customer_id: UUID
    version: int
    kind: str
    invoice_id: UUID
    instalment: int | None
    minor: int
    until: date | None = None
    """The last day of it, of the legal entity; None where only another word of the teller ends it."""

    def stands(self, today: date) -> bool:
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Invoice:
    """Amounts are whole minor units of `currency`; days are the legal entity's. Instalments add up to what is open;
    an invoice that is paid at once has one, numbered 1.
    """

    invoice_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    source: str
    invoice_number: str
    currency: str
    open_minor: int
    status: str
    payment_method: str | None = None
    payment_reference: str | None = None
    document_url: str | None = None
    returned: bool = False
    holds: tuple[InvoiceHold, ...] = ()
    """Of the ERP."""
    amount_holds: tuple[AmountHold, ...] = ()
    """Of other services; those that nobody has ended."""
    instalments: tuple[Instalment, ...] = ()
    discounts: tuple[Discount, ...] = ()

    @property
    def is_collected_by_us(self) -> bool:
        """A direct debit is our own errand until one came back."""
        return self.payment_method == "direct-debit" and not self.returned

    def instalment(self, number: int) -> Instalment:
        """The one of that number; one that the ERP took away is neither open nor due."""
        gone = Instalment(number, None, 0)
        return next((one for one in self.instalments if one.number == number), gone)

    def held_minor(self, today: date, *, whole_debt: bool) -> Mapping[int, int]:
        """How much of each instalment stands under a hold, by number; a consumer's dispute stops the whole debt, a
        promise, plan or charge nothing but its own amount.

        A hold on an amount takes the oldest first, and what is not due last, where it does not name an instalment.
        """
        standing = [hold for hold in self.holds if hold.stands(today)]
        amounts = self._amounts(today)
        stops_all = standing or any(hold.kind == DISPUTE for hold in amounts)
        whole = whole_debt or any(hold.amount_minor is None for hold in standing)
        amount = sum(hold.amount_minor or 0 for hold in standing)
        amount += sum(hold.minor for hold in amounts if hold.instalment is None)
        rest = self.open_minor if stops_all and whole else max(amount, 0)
        held = {}
        for one in sorted(self.instalments, key=lambda one: (one.due_on or date.max, one.number)):
            taken = min(rest, one.open_minor)
            here = sum(hold.minor for hold in amounts if hold.instalment == one.number)
            held[one.number] = min(taken + here, one.open_minor)
            rest -= taken
        return held

    def offer(self, today: date) -> Discount | None:
        """The best discount that can still be had; none once something of the invoice is overdue or held."""
        if self._amounts(today) or any(hold.stands(today) for hold in self.holds):
            return None
        if any(one.is_overdue(today) for one in self.instalments):
            return None
        within = (one for one in self.discounts if today <= one.until)
        return min(within, key=lambda one: (one.pays_minor, -one.until.toordinal()), default=None)

    def _amounts(self, today: date) -> list[AmountHold]:
        return [hold for hold in self.amount_holds if hold.stands(today)]


@dataclass(frozen=True, slots=True)
class Credit:
    """A payment or a credit note, and what of it stands against no invoice yet."""

    credit_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    currency: str
    unapplied_minor: int
