"""What one credit does at one invoice, and what stands in the books for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from ledger.domain.direction import Direction, minor_floor
from ledger.domain.invoice import Invoice
from ledger.domain.posting import (
    CLEARING,
    DISCOUNT,
    DISCOUNTS,
    FX_CLEARING,
    OPENING,
    OUTPUT_TAX,
    RECEIVABLE,
    TAKEN_OFF,
    Account,
    Booked,
    Posting,
    Where,
    post,
)
from shared.base.money import share, split

if TYPE_CHECKING:
    from ledger.domain.credit import Credit


class Share(NamedTuple):
    """Part of what an invoice falls by: cash (""), or a deduction by kind; for an instalment, if the ERP says so."""

    kind: str
    instalment: int | None
    minor: int


@dataclass(slots=True, eq=False)
class Application:
    """directed: what the ERP says · wanted: that, cut by the credit · spent: what it takes of the credit; all in the
    credit's minor units. applied: what the invoice falls by, deductions included, in the invoice's.

    back: what had been settled before the books began, and was returned since. discount: the part of applied that a
    provisional payment took off for being early; the ERP's own directions say theirs.
    """

    credit: "Credit"
    invoice_id: UUID
    directed_minor: int = 0
    wanted_minor: int = 0
    spent_minor: int = 0
    applied_minor: int = 0
    back_minor: int = 0
    discount_minor: int = 0
    provisional: bool = False
    request_id: UUID | None = None
    """The open request that wants it to stand here, though the ERP has not said so."""
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
        if body is None or opening is None or self.provisional or not invoice.active:
            return False
        return body.opening is None and body.on <= opening.as_of

    def asked_minor(self, currency: str, wanted_minor: int) -> int:
        """What the invoice should fall by, deductions included, when so much of the credit is wanted there."""
        if not self.parts:
            return wanted_minor
        cost = sum(one.cost_minor(self.credit.currency) for one in self.parts)
        whole = sum(self._said(currency).values())
        return whole if wanted_minor == cost else share(whole, wanted_minor, cost)

    def shares(self, currency: str) -> list[Share]:
        """What the invoice falls by: what the credit pays (""), and each deduction, in proportion when it was cut."""
        said = self._said(currency) if self.parts and not self.provisional else {}
        if any(said.values()):
            parts = split(self.applied_minor, list(said.values()))
            return [Share(*of, minor) for of, minor in zip(said, parts, strict=True)]
        cash = Share("", None, self.applied_minor - self.discount_minor)
        return [cash, Share(DISCOUNT, None, self.discount_minor)] if self.discount_minor else [cash]

    def discounted_minor(self, currency: str) -> int:
        """What of it is a discount."""
        return sum(one.minor for one in self.shares(currency) if one.kind == DISCOUNT)

    def _said(self, currency: str) -> dict[tuple[str, int | None], int]:
        """The ERP's amounts by kind and instalment."""
        said: dict[tuple[str, int | None], int] = {}
        for one in self.parts:
            for kind, amount in (("", one.amount), *one.deductions):
                of = (kind, one.instalment)
                said[of] = said.get(of, 0) + minor_floor(amount, currency)
        return said


def application_postings(application: Application, invoice: Invoice) -> tuple[Posting, ...]:
    """What should stand for it, effective when both sides exist: the later of the credit's day and the day of issue."""
    credit = application.credit
    if credit.body is None or invoice.body is None:
        return ()
    on = max(credit.body.on, invoice.body.issued_on)
    is_plain = not application.parts and not application.discount_minor
    if is_plain and credit.scope == invoice.scope and not application.is_history_at(invoice):
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
    own: Account = (credit.control, credit.credit_id)
    item = (RECEIVABLE, invoice.invoice_id)
    at_credit = Where(paid.currency, on, paid.legal_entity, credit.customer_id)
    at_invoice = Where(owed.currency, on, owed.legal_entity, invoice.customer_id)
    spent, back = application.spent_minor, application.back_minor

    if application.is_history_at(invoice):
        yield post("application", own, (OPENING, None), spent, at_credit)
        yield post("application", item, (OPENING, None), back, at_invoice)
        return
    shares = application.shares(owed.currency)
    cash = [one for one in shares if not one.kind]
    if at_credit != at_invoice or spent != sum(one.minor for one in cash):
        clearing: Account = (FX_CLEARING if paid.currency != owed.currency else CLEARING, None)
        yield post("application", own, clearing, spent, at_credit)
        own = clearing
    for _, instalment, minor in cash:
        yield post("application", own, item, minor, at_invoice._replace(instalment=instalment))
    for kind, instalment, minor in shares:
        if kind:
            yield from deduction_postings(kind, minor, invoice, on, instalment)


def deduction_postings(
    kind: str, minor: int, invoice: Invoice, on: date, instalment: int | None
) -> Iterator[Posting]:
    """Taken off an invoice without money (put back, when negative). A discount takes its part of the tax with it."""
    body, account, tax = invoice.body, TAKEN_OFF[kind], 0
    assert body is not None
    if account == DISCOUNTS and body.total_minor:
        tax = share(abs(minor), body.tax_minor, body.total_minor) * (1 if minor > 0 else -1)
    there = Where(body.currency, on, body.legal_entity, invoice.customer_id, instalment)
    item = (RECEIVABLE, invoice.invoice_id)
    for counter, part in ((account, minor - tax), (OUTPUT_TAX, tax)):
        yield post(kind, (counter, None), item, part, there)
