"""Silence that people of ours ask for, and end."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from scheduler.domain.hold import (
    Hold,
    HoldAlreadyEnded,
    HoldEndsBeforeItBegins,
    HoldKind,
    Silencing,
    Told,
)
from scheduler.gateways import holds
from scheduler.handlers.end_hold import HoldOfOthers, HoldUnknown, end_hold
from scheduler.handlers.place_hold import place_hold
from scheduler.interfaces.http.timeline import BEFORE_ALL, CustomerUnknown, known
from shared.base.ids import derived_id
from shared.base.money import decimal_text
from shared.web.accepted import NO_NUL, Instant, Reason
from shared.web.auth import Staff, require
from shared.web.commands import Command, CommandRoute, Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems

FIRST_ID = UUID(int=0)

router = APIRouter(prefix="/v1/customers", tags=["holds"], route_class=CommandRoute)
Placing = Annotated[Staff, require("collector", "operator", "admin")]


class Scope(BaseModel):
    """Without both, all of the customer is held."""

    model_config = ConfigDict(extra="forbid")

    legal_entity: Annotated[str | None, Field(min_length=1, max_length=40, pattern=NO_NUL)] = None
    invoice_id: UUID | None = None


class WantedHold(BaseModel):
    """`until` is an instant; without it the hold stays until somebody ends it."""

    model_config = ConfigDict(extra="forbid")

    kind: HoldKind = HoldKind.MANUAL
    reason: Reason
    scope: Scope = Scope()
    until: Instant | None = None


class Ending(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason = "ended by a person"


class ShownHold(BaseModel):
    hold_id: UUID
    kind: HoldKind
    reason: str
    owner: str
    scope: Scope
    placed_at: datetime
    until: datetime | None
    ended_at: datetime | None


class ListedScope(BaseModel):
    """All of the customer, a legal entity, an invoice, or an amount: of an invoice, or of money on account."""

    legal_entity: str | None
    invoice_id: UUID | None
    instalment: int | None
    amount: str | None
    currency: str | None


class ListedHold(BaseModel):
    """`until` is an instant, `until_on` the last day at the legal entity. Who told of it ends it: only `manual`,
    `sales`, `hardship`, `legal` and `insolvency` are ended here.
    """

    hold_id: UUID
    kind: HoldKind | Told
    reason: str
    owner: str
    scope: ListedScope
    placed_at: datetime
    until: datetime | None
    until_on: date | None
    ended_at: datetime | None


@router.get(
    "/{customer_id}/holds", dependencies=[require("viewer")], responses=problems(CustomerUnknown)
)
async def read_holds(customer_id: UUID, question: Question, paging: Paging) -> Page[ListedHold]:
    """Everything that keeps us silent or ever did, whoever told of it, oldest first; of what the ERP says, and of money
    on account, only what is so now.
    """
    after = (BEFORE_ALL, FIRST_ID)
    if paging.after:
        after = datetime.fromisoformat(paging.after[0]), UUID(paging.after[1])
    async with question.look() as connection:
        await known(connection, customer_id)
        found = await holds.page(connection, customer_id, after=after, limit=paging.limit + 1)
    shown = [_listed(one) for one in found]
    return paging.page(shown, lambda hold: (hold.placed_at.isoformat(), hold.hold_id))


@router.post(
    "/{customer_id}/holds",
    status_code=201,
    responses=problems(CustomerUnknown, HoldEndsBeforeItBegins),
)
async def place(customer_id: UUID, wanted: WantedHold, work: Command, staff: Placing) -> ShownHold:
    """Say nothing more to this customer, from now on. The same hold asked for twice is placed once."""
    await known(work.connection, customer_id)
    hold = _hold(customer_id, wanted, owner=staff.subject, placed_at=work.moment)
    desk = await holds.load(work.connection, customer_id, moment=work.moment)
    place_hold(desk, hold, moment=work.moment)
    await holds.save(work, desk)
    return _shown(desk.holds[hold.hold_id])


@router.post(
    "/{customer_id}/holds/{hold_id}/ends",
    status_code=201,
    responses=problems(HoldUnknown, HoldAlreadyEnded, HoldOfOthers),
)
async def end(
    customer_id: UUID, hold_id: UUID, work: Command, staff: Placing, ending: Ending | None = None
) -> ShownHold:
    """End a hold before its time."""
    desk = await holds.load(work.connection, customer_id, moment=work.moment)
    if await holds.is_told(work.connection, customer_id, hold_id):
        desk.of_others.add(hold_id)
    reason = (ending or Ending()).reason
    ended = end_hold(desk, hold_id, by=staff.subject, reason=reason, moment=work.moment)
    await holds.save(work, desk)
    return _shown(ended)


def _hold(customer_id: UUID, wanted: WantedHold, *, owner: str, placed_at: datetime) -> Hold:
    scope, until = wanted.scope, wanted.until
    cause: tuple[Any, ...] = (wanted.kind, wanted.reason, owner, scope, until, placed_at)
    return Hold(
        hold_id=derived_id("hold", customer_id, *cause),
        customer_id=customer_id,
        kind=wanted.kind,
        reason=wanted.reason,
        owner=owner,
        placed_at=placed_at,
        until=until,
        legal_entity=scope.legal_entity,
        invoice_id=scope.invoice_id,
    )


def _shown(hold: Hold) -> ShownHold:
    return ShownHold(
        hold_id=hold.hold_id,
        kind=hold.kind,
        reason=hold.reason,
        owner=hold.owner,
        scope=Scope(legal_entity=hold.legal_entity, invoice_id=hold.invoice_id),
        placed_at=hold.placed_at,
        until=hold.until,
        ended_at=hold.ended_at,
    )


def _listed(one: Silencing) -> ListedHold:
    amount = (
        decimal_text(one.minor, one.currency) if one.minor is not None and one.currency else None
    )
    return ListedHold(
        hold_id=one.hold_id,
        kind=one.kind,
        reason=one.reason,
        owner=one.owner,
        scope=ListedScope(
            legal_entity=one.legal_entity,
            invoice_id=one.invoice_id,
            instalment=one.instalment,
            amount=amount,
            currency=one.currency,
        ),
        placed_at=one.placed_at,
        until=one.until,
        until_on=one.until_on,
        ended_at=one.ended_at,
    )
