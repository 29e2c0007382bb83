"""What one credit does at one invoice, and what stands in the books for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from ledger.domain.direction import Direction, minor_floor
from ledger.domain.invoice import Invoice
from ledger.domain.posting import (
    BANK_FEES,
    CLEARING,
    DISCOUNTS,
    FX_CLEARING,
    OPENING,
    OUTPUT_TAX,
    RECEIVABLE,
    SMALL_DIFFERENCES,
    TAX_WITHHELD,
    Booked,
    Posting,
    Where,
    post,
)
from shared.base.money import share, split

if TYPE_CHECKING:
    from ledger.domain.credit import Credit

DEDUCTION_ACCOUNTS = {
    "discount": DISCOUNTS,
    "tax-withheld": TAX_WITHHELD,
    "bank-fee": BANK_FEES,
    "small-difference": SMALL_DIFFERENCES,
    "other": SMALL_DIFFERENCES,
}


@dataclass(slots=True, eq=False)
class Application:
    """directed: what the ERP says · wanted: that, cut by the credit · spent: what it takes of the credit; all in the
    credit's minor units. applied: what the invoice falls by, deductions included, in the invoice's.

    back: what had been settled before the books began, and was returned since.
    """

    credit: "Credit"
    invoice_id: UUID
    directed_minor: int = 0
    wanted_minor: int = 0
    spent_minor: int = 0
    applied_minor: int = 0
    back_minor: int = 0
    provisional: bool = False
    booked: Booked = ()
    owner_id: UUID | None = None
    """Customer of the invoice, when not the credit's; nobody's while the invoice is not there."""
    stored_row: tuple[object, ...] | None = None

    @property
    def parts(self) -> tuple[Direction, ...]:
        """The ERP's directions to this invoice, when they say more than an amount."""
        return self.credit.rich_directions.get(self.invoice_id, ())

    @property
    def currency(self) -> str:
        """The invoice's, as far as it is booked there."""
        there = (one.currency for _, one in self.booked if one.credit_item == self.invoice_id)
        return next(there, self.credit.currency)

    @property
    def came_back(self) -> bool:
        """Whether money that stood here was returned."""
        if not self.credit.returned_minor:
            return False
        return self.spent_minor < self.directed_minor or not self.spent_minor

    @property
    def kept(self) -> bool:
        """Whether there is anything to remember: amounts, a return, or a place for a credit that is still to come."""
        if self.credit.body is None:
            return True
        return bool(self.directed_minor or self.applied_minor) or self.came_back

    def reaches(self, invoice: Invoice) -> bool:
        """Whether the ERP may apply it there: in one currency, or with both amounts said. We stay inside one scope."""
        if self.credit.scope == invoice.scope:
            return True
        if self.provisional or self.credit.body is None or invoice.body is None:
            return False
        said = bool(self.parts) and all(one.credit_amount is not None for one in self.parts)
        return said or self.credit.body.currency == invoice.body.currency

    def is_history_at(self, invoice: Invoice) -> bool:
        """Whether what is open there was counted after this was applied (ERP rule 9): so it is known, not booked."""
        body, opening = self.credit.body, invoice.body and invoice.body.opening
        if body is None or opening is None or self.provisional or not invoice.line.in_force:
            return False
        return body.opening is None and body.on <= opening.as_of

    def asked_minor(self, currency: str, wanted_minor: int) -> int:
        """What the invoice should fall by, deductions included, when so much of the credit is wanted there."""
        if not self.parts:
            return wanted_minor
        cost = sum(one.cost_minor(self.credit.currency) for one in self.parts)
        whole = sum(minor for _, minor in self._said(currency))
        return whole if wanted_minor == cost else share(whole, wanted_minor, cost)

    def shares(self, currency: str) -> list[tuple[str, int]]:
        """What the invoice falls by: what the credit pays (""), and each deduction, in proportion when it was cut."""
        said = self._said(currency) if self.parts and not self.provisional else []
        if not any(minor for _, minor in said):
            return [("", self.applied_minor)]
        parts = split(self.applied_minor, [minor for _, minor in said])
        return [(kind, minor) for (kind, _), minor in zip(said, parts, strict=True)]

    def _said(self, currency: str) -> list[tuple[str, int]]:
        cash = sum(minor_floor(one.amount, currency) for one in self.parts)
        taken = [taken for one in self.parts for taken in one.deductions]
        return [("", cash), *((kind, minor_floor(amount, currency)) for kind, amount in taken)]


def application_postings(application: Application, invoice: Invoice) -> tuple[Posting, ...]:
    """What should stand for it, effective when both sides exist: the later of the credit's day and the day of issue."""
    credit = application.credit
    if credit.body is None or invoice.body is None:
        return ()
    on = max(credit.body.on, invoice.body.issued_on)
    is_inside = not application.parts and credit.scope == invoice.scope
    if is_inside and not application.is_history_at(invoice):
        plain = plain_posting(application, on)
        return () if plain is None else (plain,)
    return tuple(one for one in _legs(application, invoice, on) if one.minor)


def plain_posting(application: Application, on: date) -> Posting | None:
    """Inside one scope, without deductions: cash leaves 2100; a credit note only moves between items of 1200."""
    credit = application.credit
    if not application.applied_minor or credit.body is None:
        return None
    return Posting(
        "application",
        credit.control,
        credit.credit_id,
        RECEIVABLE,
        application.invoice_id,
        application.applied_minor,
        credit.body.currency,
        on,
        credit.body.legal_entity,
        credit.customer_id,
    )


def _legs(application: Application, invoice: Invoice, on: date) -> Iterator[Posting]:
    credit, paid, owed = application.credit, application.credit.body, invoice.body
    assert paid is not None
    assert owed is not None
    own = (credit.control, credit.credit_id)
    item = (RECEIVABLE, invoice.invoice_id)
    at_credit = Where(paid.currency, on, paid.legal_entity, credit.customer_id)
    at_invoice = Where(owed.currency, on, owed.legal_entity, invoice.customer_id)
    spent, back = application.spent_minor, application.back_minor

    if application.is_history_at(invoice):
        yield post("application", own, (OPENING, None), spent, at_credit)
        yield post("application", item, (OPENING, None), back, at_invoice)
        return
    (_, cash), *deductions = application.shares(owed.currency)
    if at_credit == at_invoice and spent == cash:
        yield post("application", own, item, spent, at_credit)
    else:
        clearing = (FX_CLEARING if paid.currency != owed.currency else CLEARING, None)
        yield post("application", own, clearing, spent, at_credit)
        yield post("application", clearing, item, cash, at_invoice)
    for kind, minor in deductions:
        yield from deduction_postings(kind, DEDUCTION_ACCOUNTS[kind], minor, invoice, on)


def deduction_postings(
    kind: str, account: int, minor: int, invoice: Invoice, on: date
) -> Iterator[Posting]:
    """Taken off an invoice without money (put back, when negative). A discount takes its part of the tax with it."""
    body = invoice.body
    assert body is not None
    tax = 0
    if account == DISCOUNTS and body.total_minor:
        tax = share(abs(minor), body.tax_minor, body.total_minor) * (1 if minor > 0 else -1)
    there = Where(body.currency, on, body.legal_entity, invoice.customer_id)
    item = (RECEIVABLE, invoice.invoice_id)
    for counter, part in ((account, minor - tax), (OUTPUT_TAX, tax)):
        yield post(kind, (counter, None), item, part, there)
