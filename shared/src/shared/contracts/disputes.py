"""What disputes tells: what a customer says is wrong, how long we have to answer, and what came of it."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.event import Amount, Currency, Event, Instant, Part

TOPIC = "disputes.events.v1"


class Reason(StrEnum):
    """What is wrong."""

    PRICE = "price"
    QUANTITY = "quantity"
    DAMAGED = "damaged"
    NOT_RECEIVED = "not-received"
    PROOF_OF_DELIVERY = "proof-of-delivery"
    DUPLICATE = "duplicate"
    TERMS = "terms"
    TAX = "tax"
    WRONG_ITEM = "wrong-item"
    RETURN = "return"
    PROMOTION = "promotion"
    SERVICE = "service"
    NOT_MINE = "not-mine"
    PAID = "paid"
    SHORT_PAY = "short-pay"


class State(StrEnum):
    """Where a dispute stands."""

    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    IN_REVIEW = "in-review"
    WAITING_FOR_CUSTOMER = "waiting-for-customer"
    WAITING_FOR_CARRIER = "waiting-for-carrier"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Outcome(StrEnum):
    """What was decided."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly-upheld"
    REJECTED = "rejected"


class Actor(StrEnum):
    """Who made a move."""

    CUSTOMER = "customer"
    STAFF = "staff"
    DUNWELL = "dunwell"


class ClockKind(StrEnum):
    """What has to be done in time."""

    FIRST_ANSWER = "first-answer"
    RESOLUTION = "resolution"
    HARD_STOP = "hard-stop"


class WaitsFor(StrEnum):
    """Whom we wait for, while a clock rests."""

    CUSTOMER = "customer"
    CARRIER = "carrier"


class DisputeClock(Part):
    """One clock as the move leaves it, if nothing moves: when it is due, and whether it rests. Whoever shows it later
    need not know our business hours.
    """

    kind: ClockKind
    due_at: Annotated[Instant | None, Field(description="null once it has stopped")] = None
    paused_for: Annotated[WaitsFor | None, Field(description="null while it does not rest")] = None
    goes_on_at: Annotated[
        Instant | None,
        Field(description="while it rests: from then on it runs, though we still wait"),
    ] = None
    limit_s: Annotated[
        int, Field(ge=1, description="seconds of business time, but for the hard stop's")
    ]
    responsible_role: Annotated[str, Field(description="the team that has to answer")]


class DisputedItem(Part):
    """So much of an invoice, or of one of its instalments, is disputed."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None = None
    amount: Amount
    upheld: Annotated[Amount | None, Field(description="null until it is decided")] = None
    held: Annotated[
        Amount,
        Field(
            description="not asked for now: all of it, then what was upheld until it is taken off"
        ),
    ]


class Proposal(Part):
    """How somebody of ours wants to decide; so much upheld that a second person has to approve it."""

    outcome: Outcome
    upheld: Annotated[Amount, Field(description="of all items together")]
    by: Annotated[str, Field(description="subject of the staff member")]
    why: Annotated[str, Field(description="among us")]


class DisputeEvent(Event):
    """The whole dispute after the move; all of its items are of one legal entity, in one currency."""

    TOPIC = TOPIC
    SUBJECT = "dispute_id"

    dispute_id: UUID
    legal_entity: str
    currency: Currency
    reason: Reason
    state: State
    outcome: Outcome | None = None
    items: Annotated[tuple[DisputedItem, ...], Field(min_length=1)]
    team: Annotated[str, Field(description="whose errand it is, such as billing")]
    owner: Annotated[
        str | None, Field(description="whoever of the team looks after it; null: its queue")
    ] = None
    opened_at: Instant
    at: Annotated[Instant, Field(description="of the move")]
    by: Actor
    words: Annotated[str, Field(description="to the customer, of whoever moved it")] = ""
    answer_due_at: Annotated[
        Instant | None,
        Field(description="of our first answer, if nothing moves; null once it is given"),
    ] = None
    decision_due_at: Annotated[
        Instant | None,
        Field(description="of our decision, if nothing moves; null once it is made"),
    ] = None
    clocks: Annotated[tuple[DisputeClock, ...], Field(description="as the move leaves them")] = ()
    reopen_until: Annotated[
        date | None,
        Field(
            description="last day, at the legal entity, on which the customer may have it opened again with papers "
            "brought since; null while they may not"
        ),
    ] = None
    proposal: Annotated[
        Proposal | None, Field(description="waits for a second person; null while nothing does")
    ] = None


class DisputeOpened(DisputeEvent):
    """Somebody says that an amount is not owed; it is not asked for from now on."""

    TYPE = "disputes.dispute.opened.v1"


class DisputeAcknowledged(DisputeEvent):
    """We have it, and the clocks run."""

    TYPE = "disputes.dispute.acknowledged.v1"


class DisputeExamined(DisputeEvent):
    """It is looked into, for the first time or again: one of ours says so, or the customer brought what was wanted."""

    TYPE = "disputes.dispute.examined.v1"


class DisputeDeferred(DisputeEvent):
    """It waits for the customer or a carrier, and so do the clocks."""

    TYPE = "disputes.dispute.deferred.v1"


class DisputeAnswered(DisputeEvent):
    """A word to the customer that moves nothing."""

    TYPE = "disputes.dispute.answered.v1"


class DisputeAssigned(DisputeEvent):
    """It is another team's or person's errand from now on, `assigned_by` one of ours; nothing else moves."""

    TYPE = "disputes.dispute.assigned.v1"

    assigned_by: str
    why: Annotated[str, Field(description="among us")]


class DisputeResolved(DisputeEvent):
    """It is decided. What was upheld is to be taken off; what was not is asked for again, as old as it is.

    `approved_by` is the second person, where the amount wanted one.
    """

    TYPE = "disputes.dispute.resolved.v1"

    decided_by: str
    approved_by: str | None = None


class OutcomeProposed(DisputeEvent):
    """Somebody wants to uphold so much that a second person has to approve it: `proposal` says what. It is not for the
    customer, and moves nothing; a newer one takes its place.
    """

    TYPE = "disputes.outcome.proposed.v1"


class OutcomeDeclined(DisputeEvent):
    """What was proposed is not wanted, by a second person or by whoever proposed it."""

    TYPE = "disputes.outcome.declined.v1"

    declined_by: str
    why: Annotated[str, Field(description="among us")]


class DisputeSettled(DisputeEvent):
    """What was upheld has been taken off in the books."""

    TYPE = "disputes.dispute.settled.v1"


class DisputeUnsettled(DisputeEvent):
    """What was upheld has been put back in the books, and is held again. The customer knows that it is not owed."""

    TYPE = "disputes.dispute.unsettled.v1"


class DisputeReopened(DisputeEvent):
    """There is new evidence; the clocks go on where they stood. `papers` are what the customer brought for it."""

    TYPE = "disputes.dispute.reopened.v1"

    papers: tuple[UUID, ...] = ()


class DisputeClosed(DisputeEvent):
    """Nothing is left to do."""

    TYPE = "disputes.dispute.closed.v1"


class DisputeWithdrawn(DisputeEvent):
    """Whoever opened it thinks otherwise now."""

    TYPE = "disputes.dispute.withdrawn.v1"


class DisputeMerged(DisputeEvent):
    """It says the same as another one, which goes on alone."""

    TYPE = "disputes.dispute.merged.v1"

    merged_into: UUID


class DisputeExtended(DisputeEvent):
    """It is about more from now on: what was merged into it, or what the books put back of an earlier decision."""

    TYPE = "disputes.dispute.extended.v1"


class ClockWarned(Event):
    """So much of the time that a dispute may take is over: 50, 80 or 100 per cent."""

    TYPE = "disputes.clock.warned.v1"
    TOPIC = TOPIC
    SUBJECT = "dispute_id"

    dispute_id: UUID
    legal_entity: str
    reason: Reason
    clock: ClockKind
    per_cent: Annotated[int, Field(ge=1, le=100)]
    due_at: Instant
    team: str
    owner: str | None = None
    at: Instant
    state: State | None = None
    opened_at: Instant | None = None
    currency: Currency | None = None
    items: Annotated[
        tuple[DisputedItem, ...], Field(description="what is disputed, in `currency`")
    ] = ()
