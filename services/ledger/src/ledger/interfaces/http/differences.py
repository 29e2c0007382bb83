"""Where the ERP states another open amount than the books have."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from ledger.domain.credit import NOBODY
from ledger.domain.difference import Difference
from ledger.gateways import differences
from shared.base.money import decimal_text
from shared.web.accepted import Text
from shared.web.auth import signed_in
from shared.web.commands import CommandRoute, Question
from shared.web.pages import Page, Paging

router = APIRouter(
    prefix="/v1/differences",
    tags=["differences"],
    route_class=CommandRoute,
    dependencies=[Depends(signed_in)],
)


class ItemShown(BaseModel):
    """`kind` is invoice, credit-note or payment, each with the ERP's `id`; or credits or total, sums of several."""

    kind: str
    id: str | None


class DifferenceShown(BaseModel):
    """`run_id` and `as_of` are of the run whose figures these are; `since` is when the first run saw it.

    `ours` leaves out what we matched by ourselves. `ending` is agreed or accepted; `asked_by` waits for somebody else.
    """

    difference_id: UUID
    run_id: str
    as_of: date
    source: str
    legal_entity: str
    customer_id: UUID | None
    customer_number: str | None
    item: ItemShown
    currency: str
    ours: str
    theirs: str
    since: datetime
    since_run_id: str
    asked_by: str | None
    accepted_by: str | None
    ended_at: datetime | None
    ending: str | None


@router.get("")
async def list_differences(
    question: Question, paging: Paging, run_id: Text | None = None
) -> Page[DifferenceShown]:
    """Those that stand; with `run_id` all that the run saw, with its figures. The oldest first."""
    after = (
        (datetime.fromisoformat(paging.after[0]), UUID(paging.after[1])) if paging.after else None
    )
    async with question.look() as connection:
        found = await differences.listed(connection, run_id, after=after, limit=paging.limit + 1)
    return paging.page(
        [shown(one, run_id) for one in found], lambda one: (one.since, one.difference_id)
    )


def shown(difference: Difference, run_id: str | None = None) -> DifferenceShown:
    """The difference, as the run of that id saw it."""
    item, last = difference.item, difference.last
    return DifferenceShown(
        difference_id=difference.difference_id,
        run_id=run_id or last.run_id,
        as_of=last.as_of,
        source=difference.source,
        legal_entity=difference.legal_entity,
        customer_id=difference.customer_id if difference.customer_id != NOBODY else None,
        customer_number=difference.customer_number or None,
        item=ItemShown(kind=item.kind, id=item.source_id or None),
        currency=item.currency,
        ours=decimal_text(difference.ours_minor, item.currency),
        theirs=decimal_text(difference.theirs_minor, item.currency),
        since=difference.since.at,
        since_run_id=difference.since.run_id,
        asked_by=difference.asked_by,
        accepted_by=difference.accepted_by,
        ended_at=difference.ended_at,
        ending=difference.ending,
    )
