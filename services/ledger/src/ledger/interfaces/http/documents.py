"""An invoice's copy and a payment's receipt, printed as the books stand now."""

import asyncio
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ledger.gateways import documents
from ledger.gateways.document_pdf import invoice_copy_pdf, receipt_pdf
from ledger.gateways.statement_pdf import Paper
from ledger.interfaces.http.today import day_at
from ledger.interfaces.http.unknown import NotKnown, known
from shared.contracts.company import Company
from shared.web.attachment import PDF, attached, attachment
from shared.web.auth import signed_in
from shared.web.commands import Question
from shared.web.problems import problems


def documents_router(company: Company, paper: Paper) -> APIRouter:
    """`/v1/invoices/{id}/document` and `/v1/payments/{id}/document`, by our own ids."""
    router = APIRouter(
        prefix="/v1",
        dependencies=[Depends(signed_in)],
        responses={**problems(NotKnown), **attached(PDF)},
    )

    @router.get("/invoices/{invoice_id}/document", tags=["invoices"], response_class=Response)
    async def print_invoice(invoice_id: UUID, question: Question) -> Response:
        """A copy: what the books hold, without the lines, which only the ERP has."""
        async with question.look() as connection:
            found = await documents.invoice_copy(connection, invoice_id, known_at=question.moment)
        copy = known(found, "invoice")
        today = day_at(company, copy.legal_entity, question.moment)
        offers = tuple(one for one in copy.offers if today <= one.until)
        copy = replace(copy, offers=offers)
        printed = await asyncio.to_thread(invoice_copy_pdf, paper, copy)
        return attachment(printed, PDF, "invoice", copy.number)

    @router.get("/payments/{payment_id}/document", tags=["payments"], response_class=Response)
    async def print_receipt(payment_id: UUID, question: Question) -> Response:
        """That it came, and what it settled."""
        async with question.look() as connection:
            found = await documents.receipt(connection, payment_id, known_at=question.moment)
        receipt = known(found, "payment")
        printed = await asyncio.to_thread(receipt_pdf, paper, receipt)
        return attachment(printed, PDF, "receipt", receipt.number)

    return router
