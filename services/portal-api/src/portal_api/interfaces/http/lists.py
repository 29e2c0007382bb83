"""The customer's lists as CSV (RFC 4180), for spreadsheets: one line a document, no cell of which can be run.

Amounts have a decimal point, days are ISO 8601. UTF-8 with a byte order mark, without which Excel guesses wrongly.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from portal_api.domain.contact import Role
from portal_api.gateways import invoices, own_credits
from portal_api.gateways.invoices import Today, Wanted
from portal_api.interfaces.http.credits import PaymentShown
from portal_api.interfaces.http.invoices import Filter, InvoiceShown, time_zones_of
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.cell_text import cell_text
from shared.base.errors import Refusal
from shared.contracts.company import Company
from shared.web.attachment import CSV, attached, attachment
from shared.web.problems import problems

BYTE_ORDER_MARK: Final = "\ufeff"
LINES_MAX: Final = 5_000

INVOICE_COLUMNS: Final = (
    *("invoice_number", "legal_entity", "issued_on", "due_on", "currency", "total", "open"),
    *("state", "overdue", "payment_reference"),
)
PAYMENT_COLUMNS: Final = (
    *("value_date", "legal_entity", "currency", "amount", "returned", "returned_on", "unapplied"),
    *("state", "method", "reference"),
)


class ListTooLong(Refusal):
    """It has more lines than one file holds: ask for less."""

    code = "list-too-long"


def lists_router(visitors: Visitors, company: Company | None) -> APIRouter:
    """`/v1/invoices.csv`, `/v1/payments.csv`."""
    router = APIRouter(
        prefix="/v1", responses={**SIGNED_IN, **problems(ListTooLong), **attached(CSV)}
    )
    viewer, zones = visitors.allowed(Role.VIEW), time_zones_of(company)

    @router.get("/invoices.csv", tags=["invoices"], response_class=Response)
    async def invoices_for_spreadsheets(
        visitor: Annotated[Visitor, viewer], asked: Annotated[Filter, Query()]
    ) -> Response:
        """By due date; filtered as the list is."""
        today, mine = Today(visitor.moment, zones), visitor.session.customer_id
        wanted = Wanted(**asked.model_dump())
        async with visitor.look() as connection:
            rows = await invoices.page(
                connection, mine, wanted, today, after=None, limit=LINES_MAX + 1
            )
        shown = [InvoiceShown.of(row, today) for row in rows]
        return attachment(written(shown, INVOICE_COLUMNS), CSV, "invoices")

    @router.get("/payments.csv", tags=["payments"], response_class=Response)
    async def payments_for_spreadsheets(visitor: Annotated[Visitor, viewer]) -> Response:
        """Newest value date first."""
        mine = visitor.session.customer_id
        async with visitor.look() as connection:
            rows = await own_credits.payments(connection, mine, after=None, limit=LINES_MAX + 1)
            settled = await own_credits.settled_by(connection, mine, rows)
        shown = [PaymentShown.of(row, settled) for row in rows]
        return attachment(written(shown, PAYMENT_COLUMNS), CSV, "payments")

    return router


def written(lines: Sequence[BaseModel], columns: Iterable[str]) -> bytes:
    """The file. Numbers stay numbers, negative ones too; what is free text stays text."""
    if len(lines) > LINES_MAX:
        raise ListTooLong(f"more than {LINES_MAX} lines")
    sheet = io.StringIO(newline="")
    sheet.write(BYTE_ORDER_MARK)
    writer = csv.DictWriter(
        sheet, tuple(columns), restval="", extrasaction="ignore", lineterminator="\r\n"
    )
    writer.writeheader()
    for line in lines:
        told = line.model_dump(mode="json")
        writer.writerow({name: _cell(name, one) for name, one in told.items()})
    return sheet.getvalue().encode()


_FREE: Final = frozenset({"invoice_number", "legal_entity", "payment_reference", "reference"})


def _cell(name: str, one: object) -> object:
    return cell_text(one) if name in _FREE and isinstance(one, str) else one
