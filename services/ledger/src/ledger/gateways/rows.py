"""Between rows and the domain's objects, in the columns' order (see `tables`)."""

import json
from datetime import date
from typing import Any

from ledger.domain.adjustment import Adjustment, AdjustmentBody
from ledger.domain.customer import Customer
from ledger.domain.invoice import Invoice, InvoiceBody, ItemHold, Opening
from ledger.domain.line import Line
from ledger.domain.terms import NOTHING_SAID, Discount, Due, Instalment, Terms
from ledger.gateways.booked import booked_of, booked_text
from shared.db.work import Row

_NO_BODY: Row = (None,) * 16
_NO_ADJUSTMENT: Row = (None,) * 8


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
        *(
            _NO_BODY
            if body is None
            else (
                *body[:12],
                *(body.opening or (None, None)),
                _holds_text(body.holds),
                terms_text(body.terms),
            )
        ),
        invoice.cancelled_on,
        invoice.status,
        invoice.open_minor,
        invoice.adjusted_minor,
        invoice.returned,
        invoice.version,
        invoice.entry_id,
        invoice.tax_entry_id,
        invoice.withheld_minor,
        due_text(invoice.due),
    )


def invoice_of(row: Any) -> Invoice:
    body = None
    if row[8] is not None:
        body = InvoiceBody._make(
            (*row[8:20], opening_of(row[20:22]), _holds_of(row[22]), terms_of(row[23]))
        )
    cancelled_on, _, open_minor, adjusted, returned, version, *rest = row[24:34]
    entry_id, tax_entry_id, withheld, due = rest
    return Invoice(
        row[0],
        row[1],
        row[2],
        row[3],
        Line(*row[4:8]),
        body,
        cancelled_on,
        open_minor,
        adjusted,
        returned,
        version,
        entry_id,
        tax_entry_id,
        withheld,
        due_of(due),
        tuple(row),
    )


def adjustment_row(adjustment: Adjustment) -> Row:
    line = adjustment.line
    return (
        adjustment.adjustment_id,
        adjustment.source,
        adjustment.source_id,
        adjustment.customer_id,
        line.body_version,
        line.body_content,
        line.top_version,
        line.top_content,
        *(_NO_ADJUSTMENT if adjustment.body is None else adjustment.body),
        adjustment.granted_minor,
        adjustment.waiting,
        booked_text(adjustment.booked) if adjustment.booked else None,
    )


def adjustment_of(row: Any) -> Adjustment:
    granted, waiting, booked = row[16:19]
    return Adjustment(
        row[0],
        row[1],
        row[2],
        row[3],
        Line(*row[4:8]),
        AdjustmentBody._make(row[8:16]) if row[8] is not None else None,
        granted,
        waiting,
        booked_of(booked) if booked is not None else (),
        tuple(row),
    )


def opening_of(columns: Any) -> Opening | None:
    """From its two columns."""
    minor, as_of = columns
    return None if minor is None else Opening(minor, as_of)


def terms_text(terms: Terms | None) -> str | None:
    """JSON of the terms of payment."""
    if terms is None:
        return None
    return json.dumps([terms.instalments, terms.discounts, terms.pro_rata], default=str)


def terms_of(text: str | None) -> Terms | None:
    """Back from that JSON."""
    if text is None:
        return None
    instalments, discounts, pro_rata = json.loads(text)
    return Terms(
        tuple(
            Instalment(number, due_on and date.fromisoformat(due_on), minor)
            for number, due_on, minor in instalments
        ),
        tuple(Discount(date.fromisoformat(until), minor) for until, minor in discounts),
        pro_rata,
    )


def due_text(due: Due) -> str | None:
    """JSON of how the terms stand."""
    return None if due == NOTHING_SAID else json.dumps(due)


def due_of(text: str | None) -> Due:
    """Back from that JSON."""
    if text is None:
        return NOTHING_SAID
    opens, offers, kept_minor = json.loads(text)
    return Due(tuple(opens), tuple(offers), kept_minor)


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
