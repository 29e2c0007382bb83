"""The customer directs what is left of a credit note or a payment at own invoices. The books are the ledger's."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.gateways import credit_desk
from portal_api.gateways.credit_desk import APPLYING, CreditDesk
from portal_api.interfaces.http.invoices import InvoiceUnknown
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.errors import Refusal
from shared.web.accepted import Amount
from shared.web.calls import passed_on
from shared.web.commands import IdempotencyKey
from shared.web.problems import document, problems

ITEMS_MAX: Final = 100


class CreditUnknown(Refusal):
    """You have no such credit note or payment."""

    code, status = "credit-unknown", 404


class CreditApplicationUnknown(Refusal):
    """You directed no such credit."""

    code, status = "credit-application-unknown", 404


class State(StrEnum):
    """It counts while it is `applied`, and once the seller's books have `confirmed` it."""

    APPLIED = "applied"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STATES: Final = {
    "open": State.APPLIED,
    "echoed": State.CONFIRMED,
    "refused": State.REFUSED,
    "closed": State.WITHDRAWN,
}
"""By what the ledger calls it."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemGiven(_Body):
    """So much of the credit at an invoice, both in one currency."""

    invoice_id: UUID
    amount: Amount


class Given(_Body):
    """`credit_id` of a credit note, or of a payment of which something is unapplied."""

    credit_id: UUID
    items: Annotated[list[ItemGiven], Field(min_length=1, max_length=ITEMS_MAX)]


class ItemShown(BaseModel):
    invoice_id: UUID
    amount: str


class CreditApplicationShown(BaseModel):
    """What came of it: `/v1/credits` has where the credit stands now, provisional until it is confirmed."""

    application_id: UUID
    state: State
    legal_entity: str
    currency: str
    amount: str
    items: list[ItemShown]
    asked_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, request: dict[str, Any]) -> Self:
        """From what the ledger shows of the request."""
        plain = ("legal_entity", "currency", "amount", "asked_at", "answered_at")
        return cls(
            **{name: request[name] for name in plain},
            application_id=request["request_id"],
            state=STATES[request["state"]],
            items=[
                ItemShown(invoice_id=one["invoice_id"], amount=one["amount"])
                for one in request["allocations"]
            ],
        )


def credit_applications_router(visitors: Visitors, desk: CreditDesk) -> APIRouter:
    """`/v1/credit-applications` and one below."""
    refusals = passed_on(*APPLYING)
    for one in (CreditUnknown, InvoiceUnknown):
        document(refusals, one.status, one.code, one.__doc__ or "")
    router = APIRouter(prefix="/v1/credit-applications", tags=["credits"], responses=SIGNED_IN)

    @router.post("", status_code=201, responses=refusals)
    async def apply_credit(
        given: Given,
        visitor: Annotated[Visitor, visitors.allowed(Role.PAY)],
        idempotency_key: IdempotencyKey = None,
    ) -> CreditApplicationShown:
        """It counts at once. One key is one application; without one, the same again is refused: it stands there."""
        mine = visitor.session.customer_id
        wanted = [one.invoice_id for one in given.items]
        async with visitor.look() as connection:
            has_credit = await credit_desk.has_credit(connection, mine, given.credit_id)
            owed = await credit_desk.own_invoices(connection, mine, wanted)
        if not has_credit:
            raise CreditUnknown("you have no such credit note or payment", pointer="/credit_id")
        for place, invoice_id in enumerate(wanted):
            if invoice_id not in owed:
                raise InvoiceUnknown(
                    "you have no such invoice", pointer=f"/items/{place}/invoice_id"
                )
        items = [one.model_dump(mode="json") for one in given.items]
        found = await desk.apply(visitor.session, given.credit_id, items, key=idempotency_key)
        return CreditApplicationShown.of(found)

    @router.get("/{application_id}", responses=passed_on() | problems(CreditApplicationUnknown))
    async def show_credit_application(
        application_id: UUID, visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)]
    ) -> CreditApplicationShown:
        """As the books have it now."""
        found = await desk.application(visitor.session, application_id)
        if found is None:
            raise CreditApplicationUnknown("you directed no such credit")
        return CreditApplicationShown.of(found)

    return router
