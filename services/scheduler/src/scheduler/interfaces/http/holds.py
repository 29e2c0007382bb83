"""Silence that people of ours ask for, and end."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from scheduler.domain.hold import Hold, HoldAlreadyEnded, HoldEndsBeforeItBegins, HoldKind
from scheduler.gateways import holds
from scheduler.handlers.end_hold import HoldUnknown, end_hold
from scheduler.handlers.place_hold import place_hold
from scheduler.interfaces.http.timeline import BEFORE_ALL, CustomerUnknown, known
from shared.base.ids import derived_id
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


@router.get(
    "/{customer_id}/holds", dependencies=[require("viewer")], responses=problems(CustomerUnknown)
)
async def read_holds(customer_id: UUID, question: Question, paging: Paging) -> Page[ShownHold]:
    """All holds there ever were, oldest first."""
    after = (BEFORE_ALL, FIRST_ID)
    if paging.after:
        after = datetime.fromisoformat(paging.after[0]), UUID(paging.after[1])
    async with question.look() as connection:
        await known(connection, customer_id)
        found = await holds.page(connection, customer_id, after=after, limit=paging.limit + 1)
    shown = [_shown(hold) for hold in found]
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
    responses=problems(HoldUnknown, HoldAlreadyEnded),
)
async def end(
    customer_id: UUID, hold_id: UUID, work: Command, staff: Placing, ending: Ending | None = None
) -> ShownHold:
    """End a hold before its time."""
    desk = await holds.load(work.connection, customer_id, moment=work.moment)
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
