"""A credit's rest, directed at invoices of the same customer: by themselves at the portal, or by our people."""

from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from ledger.domain.checks import AllocationsExceedCredit
from ledger.domain.request import ItemElsewhere, ItemUnknown, Kind, NoRoom
from ledger.gateways import lookups
from ledger.handlers.apply_credit import AlreadyStandsThere, apply_credit
from ledger.handlers.frame_request import Place, Portion, Wish
from ledger.handlers.know_source import LegalEntityUnknown, Registered, SourceUnknown
from ledger.handlers.read_identity import INVOICE
from ledger.interfaces.http.request_bodies import Given, RequestShown, shown
from ledger.interfaces.http.today import day_at
from ledger.interfaces.http.unknown import NotKnown, known
from ledger.interfaces.requesting import Requesting
from shared.base.money import AmountTooLarge, AmountTooPrecise
from shared.contracts.company import Company
from shared.web.accepted import Text
from shared.web.auth import Staff, require, signed_in
from shared.web.commands import Command, CommandRoute
from shared.web.problems import problems

ITEMS_MAX: Final = 100

MAY_BE_REFUSED: Final = (
    *(NotKnown, SourceUnknown, LegalEntityUnknown, ItemUnknown, ItemElsewhere, NoRoom),
    *(AlreadyStandsThere, AllocationsExceedCredit, AmountTooLarge, AmountTooPrecise),
)


class ItemGiven(Given):
    """So much of the credit, in its currency, at an invoice in the same."""

    invoice_id: UUID
    amount: Annotated[Decimal, Field(gt=0, max_digits=18, examples=["30.00"])]


class CreditApplicationGiven(Given):
    """`contact_id` where a contact asks for it: then it is the customer's own word. Ids are our own."""

    customer_id: UUID
    credit_id: UUID
    items: Annotated[list[ItemGiven], Field(min_length=1, max_length=ITEMS_MAX)]
    contact_id: Annotated[Text | None, Field(min_length=1)] = None


def credit_applications_router(company: Company) -> APIRouter:
    """`/v1/credit-applications`."""
    router = APIRouter(
        prefix="/v1/credit-applications",
        tags=["requests"],
        route_class=CommandRoute,
        dependencies=[Depends(signed_in)],
    )
    requesting = Requesting(Registered.of(company))

    @router.post("", status_code=201, responses=problems(*MAY_BE_REFUSED))
    async def apply(
        given: CreditApplicationGiven,
        work: Command,
        response: Response,
        staff: Annotated[Staff, require("portal", "operator", "admin")],
    ) -> RequestShown:
        """It counts at once, and the ERP is asked to say the same: an allocation among the requests."""
        found = await lookups.credit(work.connection, given.credit_id)
        credit = known(found if found is not None and found["currency"] else None, "credit")
        entity = credit["legal_entity"]
        wish = Wish(
            Kind.ALLOCATION,
            entity,
            credit["currency"],
            sum((one.amount for one in given.items), Decimal()),
            day_at(company, entity, work.moment),
            item=Place(credit["kind"], str(given.credit_id)),
            reason="directed by the customer" if given.contact_id else None,
            portions=tuple(
                Portion(Place(INVOICE, str(one.invoice_id)), one.amount) for one in given.items
            ),
        )
        by = given.contact_id or staff.subject
        request = await requesting.ask(work, given.customer_id, wish, by=by, make=apply_credit)
        response.headers["Location"] = f"/v1/requests/{request.request_id}"
        return shown(request)

    return router
