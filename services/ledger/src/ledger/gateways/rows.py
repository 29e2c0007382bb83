"""Between rows and the domain's objects, in the columns' order (see `tables`)."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger.domain.credit import (
    Application,
    Credit,
    CreditBody,
    Direction,
    Returned,
    application_posting,
)
from ledger.domain.customer import Customer
from ledger.domain.invoice import Invoice, InvoiceBody, ItemHold
from ledger.domain.line import Line
from shared.db.work import Row

_NO_BODY: Row = (None,) * 13
_NO_CREDIT: Row = (None,) * 9


def customer_row(customer: Customer) -> Row:
    line = customer.line
    return (
        customer.customer_id,
        customer.source,
        customer.customer_number,
        line.body_version,
        line.body_content,
        customer.body,
        customer.merged_into,
        customer.first_seen_at,
        customer.changed_at,
        customer.version,
    )


def customer_of(row: Any) -> Customer:
    (
        customer_id,
        source,
        number,
        version,
        content,
        body,
        merged_into,
        first_seen_at,
        changed_at,
        told,
    ) = row
    return Customer(
        customer_id,
        source,
        number,
        Line(version, content, version, content),
        body,
        merged_into,
        {},
        first_seen_at,
        changed_at,
        told,
        stored_row=tuple(row),
    )


def invoice_row(invoice: Invoice) -> Row:
    line, body = invoice.line, invoice.body
    return (
        invoice.invoice_id,
        invoice.source,
        invoice.source_id,
        invoice.customer_id,
        line.body_version,
        line.body_content,
        line.top_version,
        line.top_content,
        *(_NO_BODY if body is None else (*body[:12], _holds_text(body.holds))),
        invoice.cancelled_on,
        invoice.status,
        invoice.open_minor,
        invoice.returned,
        invoice.version,
        invoice.entry_id,
        invoice.tax_entry_id,
        invoice.withheld_minor,
    )


def invoice_of(row: Any) -> Invoice:
    body = None
    if row[8] is not None:
        body = InvoiceBody._make((*row[8:20], _holds_of(row[20])))
    cancelled_on, _, open_minor, returned, version, entry_id, tax_entry_id, withheld = row[21:29]
    return Invoice(
        row[0],
        row[1],
        row[2],
        row[3],
        Line(*row[4:8]),
        body,
        cancelled_on,
        open_minor,
        returned,
        version,
        entry_id,
        tax_entry_id,
        withheld,
        tuple(row),
    )


def credit_row(credit: Credit) -> Row:
    line, own, body, returned = credit.line, credit.set_line, credit.body, credit.returned
    return (
        credit.credit_id,
        credit.kind,
        credit.source,
        credit.source_id,
        credit.customer_id,
        credit.matched_by_us,
        line.body_version,
        line.body_content,
        line.top_version,
        line.top_content,
        own.body_version,
        own.body_content,
        _directions_text(credit.set_directions),
        *(_NO_CREDIT if body is None else body[:9]),
        _directions_text(body.directions) if body is not None else None,
        str(returned.amount) if returned is not None and returned.amount is not None else None,
        returned.on if returned is not None else None,
        returned.reason if returned is not None else None,
        credit.unapplied_minor,
        credit.waiting,
        credit.version,
        credit.entry_id,
        credit.tax_entry_id,
        credit.return_entry_id,
        credit.status,
        credit.returned_minor,
        credit.matchable,
    )


def credit_of(row: Any) -> Credit:
    body = None
    if row[13] is not None:
        body = CreditBody._make((*row[13:22], _directions_of(row[22])))
    (
        amount,
        returned_on,
        reason,
        unapplied,
        waiting,
        version,
        entry_id,
        tax_entry_id,
        return_entry_id,
    ) = row[23:32]
    returned = None
    if returned_on is not None:
        returned = Returned(Decimal(amount) if amount is not None else None, returned_on, reason)
    set_line = Line(row[10], row[11], row[10], row[11])
    return Credit(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        Line(*row[6:10]),
        body,
        returned,
        set_line,
        _directions_of(row[12]),
        {},
        unapplied,
        version,
        waiting,
        entry_id,
        tax_entry_id,
        return_entry_id,
        tuple(row),
    )


def allocation_row(application: Application) -> Row:
    booked = application.booked
    return (
        application.credit.credit_id,
        application.invoice_id,
        application.credit.customer_id,
        application.directed_minor,
        application.wanted_minor,
        application.applied_minor,
        application.provisional,
        booked.effective_on if booked is not None else None,
        application.entry_id,
    )


def application_of(row: Any, credit: Credit) -> Application:
    """Its posting stands as of the day in the row."""
    _, invoice_id, _, directed, wanted, applied, provisional, effective_on, entry_id = row
    application = Application(
        credit, invoice_id, directed, wanted, applied, provisional, None, entry_id, tuple(row)
    )
    if effective_on is not None:
        posting = application_posting(application, effective_on)
        application.booked = (
            posting._replace(effective_on=effective_on) if posting is not None else None
        )
    return application


def _holds_text(holds: tuple[ItemHold, ...]) -> str | None:
    if not holds:
        return None
    return json.dumps(
        [(hold.reason, hold.amount, hold.until and hold.until.isoformat()) for hold in holds]
    )


def _holds_of(text: str | None) -> tuple[ItemHold, ...]:
    if text is None:
        return ()
    return tuple(
        ItemHold(reason, amount, date.fromisoformat(until) if until else None)
        for reason, amount, until in json.loads(text)
    )


def _directions_text(directions: tuple[Direction, ...] | None) -> str | None:
    if directions is None:
        return None
    return json.dumps(
        [(str(direction.invoice_id), str(direction.amount)) for direction in directions]
    )


def _directions_of(text: str | None) -> tuple[Direction, ...] | None:
    if text is None:
        return None
    return tuple(
        Direction(UUID(invoice_id), Decimal(amount)) for invoice_id, amount in json.loads(text)
    )
