"""Our own matching of undirected payments to invoices (ERP rule 6).

An invoice that the reference names as a whole token; else the one whose open amount is exactly what is there, the
oldest if several; else the oldest due, by instalment. What no invoice takes stays unapplied cash. Money that comes in
time and is short of what is open settles it together with the discount; money that is enough takes none. What is
disputed is paid only by money that names its invoice.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from ledger.domain.invoice import Invoice

_BETWEEN = re.compile(r"[\s,;:()\[\]+&|\"']+")


class Match(NamedTuple):
    """`minor` of the money goes there, and `discount_minor` more falls away, in minor units."""

    invoice: Invoice
    minor: int
    discount_minor: int


DuesOf = Callable[[Invoice], Iterable[tuple[date | None, int]]]
"""What is open of an invoice by the days on which it falls due."""
DisputedOf = Callable[[Invoice], int]
"""What of an invoice somebody says is not owed."""
Undisputed = tuple[Invoice, int]
"""An invoice, and what of it is open and not disputed."""
DiscountFor = Callable[[Invoice, int], int]
"""What may be taken off an invoice when so much is paid, and that is less than what is open."""


def match(
    free_minor: int,
    reference: str | None,
    invoices: Iterable[Invoice],
    *,
    dues_of: DuesOf,
    discount_for: DiscountFor,
    disputed_of: DisputedOf = lambda _: 0,
) -> Iterator[Match]:
    """Which open invoices of one scope take how much of `free_minor` (minor units), in order of application. What is
    disputed takes nothing unless the payer names its invoice.
    """
    waiting = sorted((one for one in invoices if one.open_minor), key=_age)
    words = tokens(reference or "")
    named = [one for one in waiting if named_in(words, one)] if words.strip() else []
    needed = sum(one.open_minor for one in named)

    for invoice in named:
        if free_minor:
            open_minor = invoice.open_minor
            found = _settle(invoice, open_minor, free_minor, needed, discount_for)
            free_minor, needed = free_minor - found.minor, needed - open_minor
            yield found
    placed = {one.invoice_id for one in named}
    rest = [
        (one, left)
        for one in waiting
        if one.invoice_id not in placed and (left := one.open_minor - disputed_of(one)) > 0
    ]
    for invoice, minor in _exactly(free_minor, rest, discount_for) or _oldest(rest, dues_of):
        if free_minor:
            found = _settle(invoice, minor, free_minor, minor, discount_for)
            free_minor -= found.minor
            yield found


def _settle(
    invoice: Invoice, minor: int, free_minor: int, needed: int, discount_for: DiscountFor
) -> Match:
    """Up to `minor` of what is open of it; with its discount, when the money is short of all that it is meant for."""
    taken = min(free_minor, minor)
    is_short = free_minor < needed and minor == invoice.open_minor
    discount = discount_for(invoice, taken) if is_short else 0
    return Match(invoice, min(taken, minor - discount), discount)


def _exactly(
    free_minor: int, rest: Sequence[Undisputed], discount_for: DiscountFor
) -> list[tuple[Invoice, int]]:
    """The oldest invoice that is exactly so much, or is with its discount."""
    for invoice, left in rest:
        if left == free_minor:
            return [(invoice, free_minor)]
    larger = [one for one, left in rest if 0 < free_minor < left == one.open_minor]
    settles = (
        one for one in larger if one.open_minor - discount_for(one, free_minor) == free_minor
    )
    return [(one, one.open_minor) for one in settles][:1]


def _oldest(rest: Sequence[Undisputed], dues_of: DuesOf) -> list[tuple[Invoice, int]]:
    """What is due, the oldest first; what has no day comes last."""
    parts = [
        ((day is None, day or date.max, str(one.invoice_id)), one, minor)
        for one, left in rest
        for day, minor in _up_to(left, dues_of(one))
    ]
    return [(invoice, minor) for _, invoice, minor in sorted(parts, key=lambda part: part[0])]


def _up_to(left: int, dues: Iterable[tuple[date | None, int]]) -> Iterator[tuple[date | None, int]]:
    """Of what falls due so much, the first first."""
    for day, minor in dues:
        taken = min(minor, left)
        left -= taken
        if taken:
            yield day, taken


def tokens(text: str) -> str:
    """The words of a text between single spaces, so that a whole word is found by its spaces."""
    return f" {' '.join(filter(None, _BETWEEN.split(text.casefold())))} ".replace(". ", " ")


def named_in(words: str, invoice: Invoice) -> bool:
    """Whether `words` (from `tokens`) hold the invoice's number or its payment reference, as a whole."""
    if invoice.body is None:
        return False
    names = (invoice.body.invoice_number, invoice.body.payment_reference)
    return any(tokens(name) in words for name in names if name and name.strip())


def _age(invoice: Invoice) -> tuple[str, str]:
    assert invoice.body is not None
    return invoice.body.due_on.isoformat(), str(invoice.invoice_id)
