"""The customer's disputes: what is disputed, where it stands, and until when we answer."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.dispute import DisputeUnknown
from portal_api.gateways import disputes
from portal_api.gateways.dispute_desk import OPENING, REOPENING, WITHDRAWING, DisputeDesk
from portal_api.gateways.disputes import WORDS_SHOWN_MAX
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.clock import Moment
from shared.contracts.disputes import Actor, ClockKind, Outcome, Reason, State, WaitsFor
from shared.web.accepted import INT_MAX, NO_NUL, Amount
from shared.web.calls import passed_on
from shared.web.commands import IdempotencyKey
from shared.web.pages import Page, Paging
from shared.web.problems import problems

ITEMS_MAX = 100
PAPERS_MAX = 20
WORDS_CHARACTERS_MAX = 4_000

Words = Annotated[str, Field(min_length=1, max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemGiven(_Body):
    """So much of an invoice, or of one of its instalments, in its currency."""

    invoice_id: UUID
    instalment: Annotated[int | None, Field(ge=0, le=INT_MAX)] = None
    amount: Amount


class Given(_Body):
    """What is wrong with which invoices, in your words."""

    items: Annotated[list[ItemGiven], Field(min_length=1, max_length=ITEMS_MAX)]
    reason: Reason
    words: Words


class Withdrawing(_Body):
    """Why, for who works on it."""

    why: Words = "withdrawn by the customer"


class Reopening(_Body):
    """Why, and with which new evidence: papers that you brought to it since it was decided."""

    words: Words
    papers: Annotated[list[UUID], Field(min_length=1, max_length=PAPERS_MAX)]


class DisputedShown(BaseModel):
    """`held` is not asked for now; `upheld` is null until it is decided."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None
    amount: str
    upheld: str | None
    held: str


class ClockShown(BaseModel):
    """`due_at` is null once it has stopped. While it rests, `paused_for` says whom we wait for; `limit_s` is in seconds
    of our business time, but for the hard stop's.
    """

    kind: ClockKind
    due_at: datetime | None
    running: bool
    paused_for: WaitsFor | None
    limit_s: int
    responsible_role: str

    @classmethod
    def of(cls, held: Any, now: Moment) -> Self:
        """From a row's field; one that rests goes on by itself when it has rested for long enough."""
        kind, due_at, paused_for, goes_on_at, limit_s, role = held
        rests = goes_on_at is not None and now < datetime.fromisoformat(goes_on_at)
        return cls(
            kind=kind,
            due_at=due_at,
            running=due_at is not None and not rests,
            paused_for=paused_for if rests else None,
            limit_s=limit_s,
            responsible_role=role,
        )


class DisputeShown(BaseModel):
    """`words` are those of the last move. A due time is null once it is met, and moves while we wait for somebody.
    `reopen_until` is the last day, at the legal entity, on which you may have it opened again with new papers.
    """

    dispute_id: UUID
    version: int
    legal_entity: str
    currency: str
    reason: Reason
    state: State
    outcome: Outcome | None
    opened_at: datetime
    moved_at: datetime
    moved_by: Actor
    words: str
    answer_due_at: datetime | None
    decision_due_at: datetime | None
    merged_into: UUID | None
    reopen_until: date | None
    items: list[DisputedShown]
    clocks: list[ClockShown]

    @classmethod
    def of(cls, row: Any, now: Moment, **more: Any) -> Self:
        """From a row; its clocks as they stand now."""
        return cls.beside(row, [ClockShown.of(one, now) for one in row["clocks"]], **more)

    @classmethod
    def beside(cls, row: Any, clocks: list[ClockShown], **more: Any) -> Self:
        """From what there is of it, but for its clocks."""
        shown = {name: row[name] for name in DisputeShown.model_fields if name != "clocks"}
        items = [dict(zip(DisputedShown.model_fields, one, strict=True)) for one in row["items"]]
        return cls.model_validate(shown | {"items": items, "clocks": clocks} | more)


class SaidShown(BaseModel):
    """Words to you, and whose."""

    at: datetime
    by: Actor
    words: str


class WholeDispute(DisputeShown):
    """With all that was said to you about it, the oldest first."""

    said: list[SaidShown]


def disputes_router(visitors: Visitors, desk: DisputeDesk) -> APIRouter:
    """`/v1/disputes` and one below. What is asked of disputes is shown as disputes has it at that moment; our own rows
    follow with its next word.
    """
    router = APIRouter(prefix="/v1/disputes", tags=["disputes"], responses=SIGNED_IN)
    viewer, disputer = visitors.allowed(Role.VIEW), visitors.allowed(Role.DISPUTE)

    @router.get("")
    async def list_disputes(
        visitor: Annotated[Visitor, viewer], paging: Paging
    ) -> Page[DisputeShown]:
        """The last opened first."""
        after, mine = paging.beyond(datetime.fromisoformat, UUID), visitor.session.customer_id
        async with visitor.ask() as connection:
            rows = await disputes.page(connection, mine, after=after, limit=paging.rows)
        shown = [DisputeShown.of(row, visitor.moment) for row in rows]
        return paging.page(shown, lambda one: (one.opened_at, one.dispute_id))

    @router.get("/{dispute_id}", responses=problems(DisputeUnknown))
    async def show_dispute(dispute_id: UUID, visitor: Annotated[Visitor, viewer]) -> WholeDispute:
        """Somebody else's is as unknown as one that there is not."""
        async with visitor.look() as connection:
            mine = visitor.session.customer_id
            row = await disputes.one(connection, mine, dispute_id)
            said = await disputes.words_of(connection, mine, dispute_id)
        if row is None:
            raise DisputeUnknown("you have no such dispute")
        return WholeDispute.of(row, visitor.moment, said=[dict(one) for one in said])

    @router.post("", status_code=201, responses=passed_on(*OPENING))
    async def open_dispute(
        given: Given, visitor: Annotated[Visitor, disputer], idempotency_key: IdempotencyKey = None
    ) -> WholeDispute:
        """The amount is not asked for until it is decided. The same words again are the same dispute."""
        said = given.model_dump(mode="json")
        found = await desk.open(visitor.session, key=idempotency_key, **said)
        return await _as_shown(desk, found)

    @router.post("/{dispute_id}/withdrawals", status_code=201, responses=passed_on(*WITHDRAWING))
    async def withdraw_dispute(
        dispute_id: UUID,
        given: Withdrawing,
        visitor: Annotated[Visitor, disputer],
        idempotency_key: IdempotencyKey = None,
    ) -> WholeDispute:
        """It is asked for again."""
        found = await desk.withdraw(visitor.session, dispute_id, key=idempotency_key, why=given.why)
        return await _as_shown(desk, found)

    @router.post("/{dispute_id}/reopenings", status_code=201, responses=passed_on(*REOPENING))
    async def reopen_dispute(
        dispute_id: UUID,
        given: Reopening,
        visitor: Annotated[Visitor, disputer],
        idempotency_key: IdempotencyKey = None,
    ) -> WholeDispute:
        """What was rejected, or what is left of it, is not asked for until it is decided anew. Bring the papers first,
        then name them here; for a limited time after the outcome, and only so often."""
        found = await desk.reopen(
            visitor.session, dispute_id,
            words=given.words, papers=given.papers, key=idempotency_key,
        )  # fmt: skip
        return await _as_shown(desk, found)

    return router


async def _as_shown(desk: DisputeDesk, found: dict[str, Any]) -> WholeDispute:
    """As the customer sees what disputes shows; the due times are those of its clocks."""
    clocks = [
        ClockShown.model_validate(one) for one in await desk.clocks(UUID(found["dispute_id"]))
    ]
    due = {one.kind: one.due_at for one in clocks}
    last = found["moves"][-1]
    row = {
        **found,
        "moved_at": last["at"],
        "moved_by": last["by"],
        "words": last["words"],
        "answer_due_at": due[ClockKind.FIRST_ANSWER],
        "decision_due_at": due[ClockKind.RESOLUTION],
        "items": [[one[name] for name in DisputedShown.model_fields] for one in found["items"]],
    }
    said = [one for one in found["moves"] if one["words"]][-WORDS_SHOWN_MAX:]
    return WholeDispute.beside(row, clocks, said=said)
