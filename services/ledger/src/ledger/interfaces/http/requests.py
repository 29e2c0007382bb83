"""What we ask of the ERPs: payments that they have still to post, and what they are to give away or move."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from ledger.domain.checks import AllocationsExceedCredit, DateOutOfRange
from ledger.domain.credit import PAYMENT
from ledger.domain.difference import SecondPersonWanted
from ledger.domain.request import (
    ItemElsewhere,
    ItemUnfit,
    ItemUnknown,
    Kind,
    NoRoom,
    NothingAsked,
    Request,
    RequestInOtherState,
    Short,
    SourceIdTaken,
    State,
)
from ledger.gateways import lookups, requests
from ledger.handlers.frame_request import Place, Portion, Wish
from ledger.handlers.know_source import LegalEntityUnknown, Registered, SourceUnknown
from ledger.handlers.read_identity import INVOICE
from ledger.interfaces.http.payments import PaymentShown, payment_shown
from ledger.interfaces.http.request_bodies import (
    AllocationGiven,
    Closing,
    PaymentEntered,
    PaymentGiven,
    PaymentPartGiven,
    RequestGiven,
    RequestShown,
    shown,
)
from ledger.interfaces.http.today import day_at
from ledger.interfaces.http.unknown import NotKnown, known
from ledger.interfaces.requesting import Requesting
from shared.base.money import (
    AmountNegative,
    AmountNotANumber,
    AmountTooLarge,
    AmountTooPrecise,
    CurrencyUnknown,
)
from shared.contracts.company import Company
from shared.db.work import Work
from shared.web.auth import Staff, require, signed_in
from shared.web.commands import Command, CommandRoute, Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems

MAY_BE_REFUSED = (
    *(NotKnown, SourceUnknown, LegalEntityUnknown, CurrencyUnknown, DateOutOfRange),
    *(AmountNotANumber, AmountNegative, AmountTooLarge, AmountTooPrecise, NothingAsked),
    *(ItemUnknown, ItemElsewhere, ItemUnfit, AllocationsExceedCredit, NoRoom),
)


def requests_router(company: Company) -> APIRouter:
    """`/v1/payments` to enter one, and `/v1/requests`."""
    router = APIRouter(
        prefix="/v1",
        tags=["requests"],
        route_class=CommandRoute,
        dependencies=[Depends(signed_in)],
    )
    requesting = Requesting(Registered.of(company))

    @router.post("/payments", status_code=201, responses=problems(*MAY_BE_REFUSED, SourceIdTaken))
    async def enter_payment(
        given: PaymentGiven,
        work: Command,
        response: Response,
        staff: Annotated[Staff, require("operator", "admin")],
    ) -> PaymentEntered:
        """Money that we know of and the ERP does not yet: it counts at once, and the ERP is asked to post it."""
        wish = Wish(
            Kind.PAYMENT_POSTING,
            given.legal_entity,
            given.currency,
            given.amount,
            given.value_date,
            given.source_id,
            bank_reference=given.bank_reference,
            portions=_portions(given.allocations),
        )
        request = await requesting.ask(work, given.customer_id, wish, by=staff.subject)
        response.headers["Location"] = f"/v1/requests/{request.request_id}"
        return PaymentEntered(**shown(request).model_dump(), payment=await _payment(work, request))

    @router.post("/requests", status_code=201, responses=problems(*MAY_BE_REFUSED))
    async def ask(
        given: RequestGiven,
        work: Command,
        response: Response,
        staff: Annotated[Staff, require("operator", "admin")],
    ) -> RequestShown:
        """An allocation is asked of the ERP at once; what gives money away, once a second person approves."""
        today = day_at(company, given.legal_entity, work.moment)
        wish = Wish(
            Kind(given.kind),
            given.legal_entity,
            given.currency,
            given.amount,
            today,
            item=None if given.item is None else Place(given.item.kind, given.item.id),
            reason=given.reason,
            portions=_portions(given.allocations),
        )
        request = await requesting.ask(work, given.customer_id, wish, by=staff.subject)
        response.headers["Location"] = f"/v1/requests/{request.request_id}"
        return shown(request)

    @router.post(
        "/requests/{request_id}/approvals",
        status_code=201,
        responses=problems(NotKnown, RequestInOtherState, SecondPersonWanted, NoRoom),
    )
    async def approve(
        request_id: UUID, work: Command, staff: Annotated[Staff, require("operator", "admin")]
    ) -> RequestShown:
        """The second person's word: it is entered provisionally, and the ERP is asked."""
        return shown(await requesting.approve(work, request_id, by=staff.subject))

    @router.post(
        "/requests/{request_id}/closures",
        status_code=201,
        responses=problems(NotKnown, RequestInOtherState),
    )
    async def close(
        request_id: UUID,
        given: Closing,
        work: Command,
        staff: Annotated[Staff, require("operator", "admin")],
    ) -> RequestShown:
        """Withdraws it, our entry undone; or takes note that the ERP refused it, so that the silence ends."""
        closed = await requesting.close(work, request_id, by=staff.subject, why=given.reason)
        return shown(closed)

    @router.get("/requests")
    async def list_requests(
        question: Question, paging: Paging, state: State | None = None
    ) -> Page[RequestShown]:
        """The oldest first."""
        after = (
            (datetime.fromisoformat(paging.after[0]), UUID(paging.after[1]))
            if paging.after
            else None
        )
        async with question.look() as connection:
            found = await requests.listed(connection, state, after=after, limit=paging.limit + 1)
        return paging.page(
            [shown(one) for one in found], lambda one: (one.asked_at, one.request_id)
        )

    @router.get("/requests/{request_id}", responses=problems(NotKnown))
    async def show_request(request_id: UUID, question: Question) -> RequestShown:
        async with question.look() as connection:
            return shown(known(await requests.one(connection, request_id), "request"))

    return router


def _portions(given: Sequence[AllocationGiven] | None) -> tuple[Portion, ...] | None:
    if given is None:
        return None
    return tuple(Portion(Place(INVOICE, one.invoice_id), one.amount, _short(one)) for one in given)


def _short(given: AllocationGiven) -> Short | None:
    if not isinstance(given, PaymentPartGiven) or given.short is None:
        return None
    return Short(given.short.amount, given.short.reason.value, given.short.words)


async def _payment(work: Work, request: Request) -> PaymentShown | None:
    """As it stands after the command."""
    await work.write()
    payment_id = request.answered_by or request.entered_id
    assert payment_id is not None
    row = await lookups.credit(work.connection, payment_id)
    if row is None or row["kind"] != PAYMENT:
        return None
    return payment_shown(row, await lookups.allocations(work.connection, payment_id))
