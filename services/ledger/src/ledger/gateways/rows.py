"""Between rows and the domain's objects, in the columns' order (see `tables`)."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger.domain.adjustment import Adjustment, AdjustmentBody
from ledger.domain.application import Application, plain_posting
from ledger.domain.credit import Credit, CreditBody, Returned
from ledger.domain.customer import Customer
from ledger.domain.direction import Direction
from ledger.domain.invoice import Invoice, InvoiceBody, ItemHold, Opening
from ledger.domain.line import Line
from ledger.domain.posting import Booked, Posting
from shared.db.work import Row

_NO_BODY: Row = (None,) * 15
_NO_CREDIT: Row = (None,) * 11
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
            else (*body[:12], *(body.opening or (None, None)), _holds_text(body.holds))
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
    )


def invoice_of(row: Any) -> Invoice:
    body = None
    if row[8] is not None:
        body = InvoiceBody._make((*row[8:20], _opening_of(row[20:22]), _holds_of(row[22])))
    cancelled_on, _, open_minor, adjusted, returned, version, entry_id, tax_entry_id, withheld = (
        row[23:32]
    )
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
        *(_NO_CREDIT if body is None else (*body[:9], *(body.opening or (None, None)))),
        _directions_text(body.directions) if body is not None else None,
        str(returned.amount) if returned is not None and returned.amount is not None else None,
        returned.on if returned is not None else None,
        returned.reason if returned is not None else None,
        credit.unapplied_minor,
        credit.adjusted_minor,
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
        body = CreditBody._make((*row[13:22], _opening_of(row[22:24]), _directions_of(row[24])))
    (
        amount,
        returned_on,
        reason,
        unapplied,
        adjusted,
        waiting,
        version,
        entry_id,
        tax_entry_id,
        return_entry_id,
    ) = row[25:35]
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
        adjusted,
        version,
        waiting,
        entry_id,
        tax_entry_id,
        return_entry_id,
        tuple(row),
    )


def allocation_row(application: Application, owner_id: UUID | None) -> Row:
    """What a plain application has in the books follows from its day; anything else is kept as it was booked."""
    booked = application.booked
    plain = plain_posting(application, booked[0][1].effective_on) if booked else None
    is_plain = not booked or (len(booked) == 1 and booked[0][1] == plain)
    return (
        application.credit.credit_id,
        application.invoice_id,
        application.credit.customer_id,
        owner_id,
        application.directed_minor,
        application.wanted_minor,
        application.spent_minor,
        application.applied_minor,
        application.back_minor,
        application.provisional,
        booked[0][1].effective_on if booked and is_plain else None,
        booked[-1][0] if booked else None,
        None if is_plain else _booked_text(booked),
    )


def application_of(row: Any, credit: Credit) -> Application:
    """Its plain posting stands as of the day in the row."""
    _, invoice_id, _, owner_id, *amounts, provisional, effective_on, entry_id, booked = row
    application = Application(credit, invoice_id, *amounts, provisional)  # type: ignore[call-arg]
    application.owner_id, application.stored_row = owner_id, tuple(row)
    if booked is not None:
        application.booked = _booked_of(booked)
    elif effective_on is not None and (posting := plain_posting(application, effective_on)):
        application.booked = ((entry_id, posting),)
    return application


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
        _booked_text(adjustment.booked) if adjustment.booked else None,
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
        _booked_of(booked) if booked is not None else (),
        tuple(row),
    )


def _booked_text(booked: Booked) -> str:
    return json.dumps([(entry_id, *posting) for entry_id, posting in booked], default=str)


def _booked_of(text: str) -> Booked:
    return tuple((entry_id, _posting_of(*columns)) for entry_id, *columns in json.loads(text))


def _posting_of(
    kind: str, debit: int, debit_item: str | None, credit: int, credit_item: str | None, *rest: Any
) -> Posting:
    minor, currency, on, entity, customer_id = rest
    accounts = debit, _id_of(debit_item), credit, _id_of(credit_item)
    return Posting(
        kind, *accounts, minor, currency, date.fromisoformat(on), entity, UUID(customer_id)
    )


def _id_of(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _opening_of(columns: Any) -> Opening | None:
    minor, as_of = columns
    return None if minor is None else Opening(minor, as_of)


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
    """Plain ones as two texts; others with all that they say."""
    if directions is None:
        return None
    return json.dumps([one[:2] if one.is_plain else one for one in directions], default=str)


def _directions_of(text: str | None) -> tuple[Direction, ...] | None:
    if text is None:
        return None
    return tuple(
        Direction(UUID(invoice_id), Decimal(amount), *_rest_of(*rest))
        for invoice_id, amount, *rest in json.loads(text)
    )


def _rest_of(
    instalment: int | None = None,
    credit_amount: str | None = None,
    deductions: Sequence[tuple[str, str]] = (),
) -> tuple[int | None, Decimal | None, tuple[tuple[str, Decimal], ...]]:
    paid = None if credit_amount is None else Decimal(credit_amount)
    return instalment, paid, tuple((kind, Decimal(amount)) for kind, amount in deductions)
