"""Papers to keep: the copy of an invoice, the receipt of a payment, the statement.

The ledger prints them. It is asked in the portal's own name, so here it is decided whose they are, and after that the
database is let go.
"""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import httpx
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from portal_api.domain.contact import Role
from portal_api.domain.credit import Kind
from portal_api.gateways import invoices, own_credits
from portal_api.interfaces.http.credits import PaymentUnknown
from portal_api.interfaces.http.invoices import InvoiceUnknown
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.errors import Refusal
from shared.web.attachment import CSV, PDF, attached, attachment
from shared.web.calls import PassedOn, Peer, PeerUnavailable, document_of, passed_on
from shared.web.problems import problems

TOO_LONG: Final = PassedOn(
    422, "statement-too-long", "It has too many movements: say from which day on."
)


class NotPrintedYet(Refusal):
    """We have heard of it, and the books cannot print it: it is being changed just now, or nobody knows whose it is."""

    code, status = "not-printed-yet", 409


class Asked(BaseModel):
    """Up to `as_of`, today without; `from` leaves out what was before, but for its balance."""

    as_of: date | None = None
    start: Annotated[date | None, Field(alias="from")] = None


def documents_router(visitors: Visitors, ledger: Peer) -> APIRouter:
    """`/v1/invoices/{id}/document`, `/v1/payments/{id}/document`, `/v1/statement.pdf`, `/v1/statement.csv`."""
    router = APIRouter(prefix="/v1", responses={**SIGNED_IN, **problems(PeerUnavailable)})
    viewer = visitors.allowed(Role.VIEW)
    printed = attached(PDF)

    @router.get(
        "/invoices/{invoice_id}/document",
        tags=["invoices"],
        response_class=Response,
        responses=printed | problems(InvoiceUnknown, NotPrintedYet),
    )
    async def print_invoice(invoice_id: UUID, visitor: Annotated[Visitor, viewer]) -> Response:
        """A copy as PDF. Somebody else's invoice is as unknown as one that there is not."""
        mine = visitor.session.customer_id
        async with visitor.ask() as connection:
            row = await invoices.one(connection, mine, invoice_id)
        if row is None:
            raise InvoiceUnknown("you have no such invoice")
        answer = await ledger.get(f"/v1/invoices/{invoice_id}/document")
        return attachment(content_of(answer), PDF, "invoice", row["invoice_number"])

    @router.get(
        "/payments/{payment_id}/document",
        tags=["payments"],
        response_class=Response,
        responses=printed | problems(PaymentUnknown, NotPrintedYet),
    )
    async def print_receipt(payment_id: UUID, visitor: Annotated[Visitor, viewer]) -> Response:
        """That your payment came and what it settled, as PDF."""
        mine = visitor.session.customer_id
        async with visitor.ask() as connection:
            row = await own_credits.one(connection, mine, payment_id, Kind.PAYMENT)
        if row is None:
            raise PaymentUnknown("you have no such payment")
        answer = await ledger.get(f"/v1/payments/{payment_id}/document")
        return attachment(content_of(answer), PDF, "receipt", row["dated_on"].isoformat())

    async def statement(visitor: Visitor, asked: Asked, media_type: str) -> Response:
        said = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
        path = (
            f"/v1/customers/{visitor.session.customer_id}/statement.{media_type.partition('/')[2]}"
        )
        content = content_of(await ledger.get(path, params=said))
        return attachment(content, media_type, "statement", said.get("as_of", ""))

    @router.get(
        "/statement.pdf",
        tags=["statement"],
        response_class=Response,
        responses=printed | passed_on(TOO_LONG) | problems(NotPrintedYet),
    )
    async def print_statement(
        visitor: Annotated[Visitor, viewer], asked: Annotated[Asked, Query()]
    ) -> Response:
        """As the books have it, each movement in its place, for a person."""
        return await statement(visitor, asked, PDF)

    @router.get(
        "/statement.csv",
        tags=["statement"],
        response_class=Response,
        responses=attached(CSV) | passed_on(TOO_LONG) | problems(NotPrintedYet),
    )
    async def statement_for_spreadsheets(
        visitor: Annotated[Visitor, viewer], asked: Annotated[Asked, Query()]
    ) -> Response:
        """The same for a spreadsheet; no cell of it can be run."""
        return await statement(visitor, asked, CSV)

    return router


def content_of(answer: httpx.Response) -> bytes:
    """What was printed. Raises `NotPrintedYet`, `PeerRefused` or `PeerUnavailable`."""
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise NotPrintedYet("it cannot be printed yet: try again in a moment")
    if not answer.is_success:
        document_of(answer, (TOO_LONG,))
    return answer.content
