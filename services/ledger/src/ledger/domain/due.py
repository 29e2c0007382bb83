"""What of an invoice is due when, and what early payment would settle it: its terms, met by what stands at it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from ledger.domain.adjustment import Adjustment
from ledger.domain.application import Application
from ledger.domain.credit import PAYMENT
from ledger.domain.invoice import Invoice
from ledger.domain.posting import DISCOUNT
from ledger.domain.terms import NOTHING_SAID, Discount, Due, Instalment, Terms
from shared.base.money import share


class InstalmentLeft(NamedTuple):
    """What is open of one of `of` instalments; `due_on` None is not due yet."""

    number: int
    of: int
    due_on: date | None
    minor: int
    open_minor: int

    def days_overdue(self, today: date) -> int:
        return 0 if self.due_on is None else max(0, (today - self.due_on).days)


def left_by_instalment(
    instalments: Sequence[Instalment], named: dict[int, int], open_minor: int
) -> list[InstalmentLeft]:
    """All of them, with what is open of each."""
    opens = open_by_instalment(instalments, named, open_minor)
    return [
        InstalmentLeft(one.number, len(instalments), one.due_on, one.minor, left)
        for one, left in zip(instalments, opens, strict=True)
    ]


def due_of(
    invoice: Invoice, applications: Iterable[Application], adjustments: Iterable[Adjustment]
) -> Due:
    """How the terms of an invoice stand, for what is granted at it now."""
    body = invoice.body
    if body is None or body.terms is None:
        return NOTHING_SAID
    terms, standing, adjusted = body.terms, list(applications), list(adjustments)
    opens: tuple[int, ...] = ()
    if terms.instalments:
        named = named_minor(standing, adjusted, body.currency)
        opens = open_by_instalment(terms.instalments, named, invoice.open_minor)
    offers = tuple(_offer(invoice, terms, one, standing, adjusted) for one in terms.discounts)
    return Due(opens, offers, _kept_minor(invoice, terms, offers, standing, adjusted))


def dues(invoice: Invoice, due: Due) -> list[tuple[date | None, int]]:
    """What is open of it, by the days on which it falls due."""
    assert invoice.body is not None
    if not due.opens or invoice.body.terms is None:
        return [(invoice.body.due_on, invoice.open_minor)]
    parts = zip(invoice.body.terms.instalments, due.opens, strict=True)
    return [(part.due_on, minor) for part, minor in parts if minor]


def open_by_instalment(
    instalments: Sequence[Instalment], named: dict[int, int], open_minor: int
) -> tuple[int, ...]:
    """What is open by instalment: less what the ERP named it for; the rest was for the oldest due, the undated last.

    Where more is open than that leaves, it came back: to the youngest due that lacks it, beyond all amounts to the
    last that has a day.
    """
    left = [max(0, one.minor - named.get(one.number, 0)) for one in instalments]
    order = sorted(range(len(instalments)), key=lambda place: _by_day(instalments[place]))
    over = sum(left) - open_minor
    for place in order:
        taken = min(left[place], max(0, over))
        left[place] -= taken
        over -= taken
    for place in reversed(order):
        lacks = max(0, instalments[place].minor - left[place])
        back = min(lacks, max(0, -over))
        left[place] += back
        over += back
    if over < 0:
        dated = [place for place in order if instalments[place].due_on is not None]
        left[(dated or order)[-1]] -= over
    return tuple(left)


def named_minor(
    applications: Iterable[Application], adjustments: Iterable[Adjustment], currency: str
) -> dict[int, int]:
    """What stands at an invoice for one of its instalments by number, as the ERP named it."""
    named: dict[int, int] = {}
    for application in applications:
        for _, number, minor in application.shares(currency):
            if number is not None:
                named[number] = named.get(number, 0) + minor
    for adjustment in adjustments:
        if adjustment.body is not None and (number := adjustment.body.instalment) is not None:
            named[number] = named.get(number, 0) + adjustment.granted_minor
    return named


def discount_for(
    invoice: Invoice,
    applications: Iterable[Application],
    adjustments: Iterable[Adjustment],
    *,
    cash_minor: int,
    on: date,
) -> int:
    """What may be taken off when so much is paid with value date `on`, and that is less than what is open."""
    terms = invoice.body and invoice.body.terms
    best = terms and terms.best_discount(on)
    if not terms or not best:
        return 0
    whole = _offer(invoice, terms, best, list(applications), list(adjustments))
    if cash_minor >= invoice.open_minor - whole:
        return whole
    return min(whole, _part(invoice, best, cash_minor)) if terms.pro_rata else 0


def _offer(
    invoice: Invoice,
    terms: Terms,
    discount: Discount,
    applications: Sequence[Application],
    adjustments: Sequence[Adjustment],
) -> int:
    """What it takes off what is open, if all of that is paid in time: its part of what was paid in time so far and is
    open, less what was taken already. Money that came late ends it, or, pro rata, has no part in it.
    """
    assert invoice.body is not None
    paid = [one for one in applications if _is_payment(one)]
    late = sum(one.applied_minor for one in paid if _day(one) > discount.until)
    nothing = not (invoice.open_minor and invoice.body.total_minor)
    if nothing or (late and not terms.pro_rata):
        return 0
    adjusted = _adjusted_minor(adjustments)
    in_time = sum(one.applied_minor for one in paid) - late
    taken = adjusted + _deducted_minor(paid, invoice.body.currency)
    basis = max(0, invoice.open_minor + in_time + adjusted)
    whole = share(discount.minor, basis, invoice.body.total_minor)
    return min(invoice.open_minor, max(0, whole - taken))


def _kept_minor(
    invoice: Invoice,
    terms: Terms,
    offers: Sequence[int],
    applications: Sequence[Application],
    adjustments: Sequence[Adjustment],
) -> int:
    """What is open although a payment in time had the right to take it off, such as when the ERP books it later."""
    assert invoice.body is not None
    currency = invoice.body.currency
    paid = [one for one in applications if _is_payment(one) and one.applied_minor]
    if not invoice.open_minor or not paid:
        return 0
    for discount, offer in zip(terms.discounts, offers, strict=True):
        if offer == invoice.open_minor and any(_day(one) <= discount.until for one in paid):
            return offer
    if not terms.pro_rata:
        return 0
    taken = _adjusted_minor(adjustments) + _deducted_minor(paid, currency)
    cash = [(one.applied_minor - one.discounted_minor(currency), _day(one)) for one in paid]
    had_right = sum(
        _part(invoice, best, minor) for minor, on in cash if (best := terms.best_discount(on))
    )
    return min(invoice.open_minor, max(0, had_right - taken))


def _part(invoice: Invoice, discount: Discount, cash_minor: int) -> int:
    """The discount's part that a part payment takes: 490.00 clear 500.00 at 2 %."""
    assert invoice.body is not None
    pays = invoice.body.total_minor - discount.minor
    return share(cash_minor, discount.minor, pays) if pays else 0


def _deducted_minor(paid: Sequence[Application], currency: str) -> int:
    """Discount taken off together with a payment."""
    return sum(one.discounted_minor(currency) for one in paid)


def _adjusted_minor(adjustments: Sequence[Adjustment]) -> int:
    """Discount taken off by itself."""
    standing = (one for one in adjustments if one.body is not None and one.body.reason == DISCOUNT)
    return sum(one.granted_minor for one in standing)


def _is_payment(application: Application) -> bool:
    return application.credit.kind == PAYMENT and application.credit.body is not None


def _day(application: Application) -> date:
    assert application.credit.body is not None
    return application.credit.body.on


def _by_day(instalment: Instalment) -> tuple[bool, date, int]:
    return instalment.due_on is None, instalment.due_on or date.max, instalment.number
