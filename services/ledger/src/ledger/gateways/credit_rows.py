"""Between rows and the domain's credits and applications, in the columns' order (see `tables`)."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger.domain.application import Application, plain_posting
from ledger.domain.credit import Credit, CreditBody, Returned
from ledger.domain.direction import Direction
from ledger.domain.gone_back import GoneBack
from ledger.domain.line import Line
from ledger.gateways.booked import booked_of, booked_text
from ledger.gateways.rows import opening_of
from ledger.gateways.tables import ALLOCATIONS
from shared.base.clock import Moment
from shared.db.work import Row

_NO_CREDIT: Row = (None,) * 11
_NOTHING_BACK: Row = (None,) * len(GoneBack._fields)
_PROVISIONAL, _TURNED_AT = map([*ALLOCATIONS.columns].index, ("provisional", "turned_at"))


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
        *(credit.gone_back or _NOTHING_BACK),
    )


def credit_of(row: Any) -> Credit:
    body = None
    if row[13] is not None:
        body = CreditBody._make((*row[13:22], opening_of(row[22:24]), _directions_of(row[24])))
    unapplied, adjusted, waiting, version, entry_id, tax_entry_id, return_entry_id = row[28:35]
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
        _returned_of(*row[25:28]),
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
        None if row[38] is None else GoneBack._make(row[38:44]),
    )


def _returned_of(amount: str | None, on: date | None, reason: str) -> Returned | None:
    if on is None:
        return None
    return Returned(Decimal(amount) if amount is not None else None, on, reason)


def allocation_row(
    application: Application, owner_id: UUID | None, stored: Row | None, *, moment: Moment
) -> Row:
    """What a plain application has in the books follows from its day; anything else is kept as it was booked.

    When it is the ERP's word that was only ours, or the reverse, no entry need show it: the row says when.
    """
    turned_at = stored[_TURNED_AT] if stored is not None else None
    if stored is not None and stored[_PROVISIONAL] != application.provisional:
        turned_at = moment
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
        application.discount_minor,
        application.provisional,
        application.request_id,
        booked[0][1].effective_on if booked and is_plain else None,
        booked[-1][0] if booked else None,
        None if is_plain else booked_text(booked),
        turned_at,
    )


def application_of(row: Any, credit: Credit) -> Application:
    """Its plain posting stands as of the day in the row."""
    (
        _,
        invoice_id,
        _,
        owner_id,
        *amounts,
        provisional,
        request_id,
        effective_on,
        entry_id,
        booked,
        _,
    ) = row
    directed, wanted, spent, applied, back, discount = amounts
    application = Application(
        credit,
        invoice_id,
        directed,
        wanted,
        spent,
        applied,
        back,
        discount,
        provisional,
        request_id,
        (),
        owner_id,
        tuple(row),
    )
    if booked is not None:
        application.booked = booked_of(booked)
    elif effective_on is not None and (posting := plain_posting(application, effective_on)):
        application.booked = ((entry_id, posting),)
    return application


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
