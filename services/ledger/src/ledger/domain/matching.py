"""Our own matching of undirected payments to invoices (ERP rule 6).

An invoice that the reference names as a whole token; else the one whose open amount is exactly what is there, the
oldest if several; else the oldest due. What no invoice takes stays unapplied cash.
"""

import re
from collections.abc import Iterable, Iterator

from ledger.domain.invoice import Invoice

_BETWEEN = re.compile(r"[\s,;:()\[\]+&|\"']+")


def match(
    free_minor: int, reference: str | None, invoices: Iterable[Invoice]
) -> Iterator[tuple[Invoice, int]]:
    """Which open invoices of one scope take how much of `free_minor` (minor units), in order of application."""
    waiting = sorted((one for one in invoices if one.open_minor), key=_age)
    words = tokens(reference or "")

    for invoice in waiting if words.strip() else ():
        if free_minor and named_in(words, invoice):
            taken = min(free_minor, invoice.open_minor)
            free_minor -= taken
            yield invoice, taken
    rest = [one for one in waiting if not (words.strip() and named_in(words, one))]
    exact = next((one for one in rest if one.open_minor == free_minor), None)
    for invoice in [exact] if exact is not None else rest:
        if free_minor:
            taken = min(free_minor, invoice.open_minor)
            free_minor -= taken
            yield invoice, taken


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
