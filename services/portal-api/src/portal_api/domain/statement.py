"""A customer's statement of account: the documents up to a day with a running total, by legal entity and currency.

Balances are never added across either. What is open and unapplied is the ledger's word; where documents do not add up
to that, such as after a write-off, the rest is told item by item.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from portal_api.domain.credit import CreditState, Kind
from portal_api.domain.invoice import State
from shared.base.errors import Refusal
from shared.base.money import minor_of

STATEMENT_DOCUMENTS_MAX: Final = 10_000
"""Invoices, and payments and credit notes, each."""

Scope = tuple[str, str]
"""(legal entity, currency)."""


class StatementTooLong(Refusal):
    """There are more documents than one statement has room for: narrow it by legal entity or currency."""

    code = "statement-too-long"


class LineKind(StrEnum):
    """What moved the balance."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    PAYMENT = "payment"
    RETURN = "return"
    DEDUCTION = "deduction"
    """Taken off an invoice together with a payment, such as for paying early."""


Id = str
"""Of a document, as it is written: nobody here does anything with it but compare and show, hundreds of times."""

Spent = tuple[Id, str, int, bool]
"""What one invoice falls by: its id, a decimal of its currency, what that takes of the credit, and whether it is ours
until the ERP speaks.
"""


class Owed(NamedTuple):
    """An invoice, as a statement needs it."""

    invoice_id: Id
    number: str
    legal_entity: str
    currency: str
    on: date
    minor: int
    open_minor: int
    status: str


class Given(NamedTuple):
    """A payment or credit note, as a statement needs it."""

    credit_id: Id
    kind: str
    number: str | None
    legal_entity: str
    currency: str
    on: date
    minor: int
    returned_minor: int
    returned_on: date | None
    unapplied_minor: int
    status: str
    allocations: Sequence[Spent]


Applied = tuple[Owed, int, int]
"""An invoice, by how much it falls, and what that takes of the credit."""


class Line(NamedTuple):
    """`minor` > 0 is owed more."""

    on: date
    kind: LineKind
    document_id: Id
    number: str | None
    minor: int


class Difference(NamedTuple):
    """By how much what the ledger says of one item is not what its documents add up to; > 0 is owed more."""

    document_id: Id
    number: str | None
    minor: int


class Account(NamedTuple):
    """One legal entity and currency. `lines` come with the total after each; `closing_minor` is the last of these and
    all differences.

    Open and unapplied are those of the documents up to the day, as they are now.
    """

    legal_entity: str
    currency: str
    as_of: date
    lines: tuple[tuple[Line, int], ...]
    differences: tuple[Difference, ...]
    closing_minor: int
    open_minor: int
    unapplied_minor: int


def draw_up(
    invoices: Sequence[Owed], given: Sequence[Given], *, days: Mapping[str, date]
) -> tuple[Account, ...]:
    """The accounts by legal entity and currency; `days` says up to which day, for each legal entity."""
    owed_by: dict[Scope, list[Owed]] = {}
    for invoice in invoices:
        owed_by.setdefault((invoice.legal_entity, invoice.currency), []).append(invoice)
    given_by: dict[Scope, list[Given]] = {}
    for credit in given:
        given_by.setdefault((credit.legal_entity, credit.currency), []).append(credit)

    return tuple(
        _account(scope, owed_by.get(scope, []), given_by.get(scope, []), days[scope[0]])
        for scope in sorted(owed_by.keys() | given_by.keys())
    )


def _account(
    scope: Scope, invoices: Sequence[Owed], given: Sequence[Given], as_of: date
) -> Account:
    by_id = {one.invoice_id: one for one in invoices}
    applied = [(one, _applied(one, by_id)) for one in given]
    moved = [*_of_invoices(invoices), *_of_credits(given), *_deductions(applied)]
    told = sorted((one for one in moved if one.on <= as_of), key=_place)
    differences = tuple(one for on, one in _differences(applied, by_id) if on <= as_of)

    lines, balance = [], 0
    for line in told:
        balance += line.minor
        lines.append((line, balance))
    return Account(
        *scope,
        as_of=as_of,
        lines=tuple(lines),
        differences=differences,
        closing_minor=balance + sum(one.minor for one in differences),
        open_minor=sum(one.open_minor for one in invoices if one.on <= as_of),
        unapplied_minor=sum(one.unapplied_minor for one in given if one.on <= as_of),
    )


def _of_invoices(invoices: Sequence[Owed]) -> Iterator[Line]:
    for one in invoices:
        if _worth(one):
            yield Line(one.on, LineKind.INVOICE, one.invoice_id, one.number, one.minor)


def _of_credits(given: Sequence[Given]) -> Iterator[Line]:
    for one in given:
        if one.status == CreditState.CANCELLED:
            continue
        kind = LineKind.PAYMENT if one.kind == Kind.PAYMENT else LineKind.CREDIT_NOTE
        yield Line(one.on, kind, one.credit_id, one.number, -one.minor)
        if one.returned_minor:
            on = max(one.on, one.returned_on or one.on)
            yield Line(on, LineKind.RETURN, one.credit_id, one.number, one.returned_minor)


def _deductions(applied: Iterable[tuple[Given, Sequence[Applied]]]) -> Iterator[Line]:
    """By how much more an invoice falls than the credit gives: on the day when both were there."""
    for credit, ways in applied:
        for invoice, falls_minor, spent_minor in ways:
            if falls_minor != spent_minor:
                on = max(credit.on, invoice.on)
                minor = spent_minor - falls_minor
                yield Line(on, LineKind.DEDUCTION, invoice.invoice_id, invoice.number, minor)


def _differences(
    applied: Iterable[tuple[Given, Sequence[Applied]]], invoices: Mapping[Id, Owed]
) -> Iterator[tuple[date, Difference]]:
    """Of each item what is left of it, beside what its documents say should be, where these differ; with its day."""
    fallen: dict[Id, int] = {}
    for credit, ways in applied:
        spent = 0
        for invoice, falls_minor, spent_minor in ways:
            spent += spent_minor
            fallen[invoice.invoice_id] = fallen.get(invoice.invoice_id, 0) + falls_minor
        cancelled = credit.status == CreditState.CANCELLED
        worth = 0 if cancelled else credit.minor - credit.returned_minor
        if minor := worth - spent - credit.unapplied_minor:
            yield credit.on, Difference(credit.credit_id, credit.number, minor)
    for one in invoices.values():
        if minor := one.open_minor - _worth(one) + fallen.get(one.invoice_id, 0):
            yield one.on, Difference(one.invoice_id, one.number, minor)


def _applied(credit: Given, invoices: Mapping[Id, Owed]) -> list[Applied]:
    """The invoices of the same account on which it stands; money that left for another is a difference in both."""
    return [
        (invoice, minor_of(amount, invoice.currency), spent_minor)
        for invoice_id, amount, spent_minor, _ in credit.allocations
        if (invoice := invoices.get(invoice_id)) is not None
    ]


def _worth(invoice: Owed) -> int:
    return 0 if invoice.status == State.CANCELLED else invoice.minor


def _place(line: Line) -> tuple[date, bool, str, str, Id]:
    """By day; on one day what is owed more first."""
    return line.on, line.minor < 0, line.number or "", line.kind, line.document_id
