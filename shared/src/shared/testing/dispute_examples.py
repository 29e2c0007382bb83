"""One believable example of every fact of a dispute: two broken machines of ten."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.base.ids import derived_id
from shared.contracts import disputes
from shared.contracts.disputes import Actor, Outcome, Reason, State
from shared.contracts.event import Event

OPENED_AT = datetime(2026, 4, 21, 8, 30, tzinfo=UTC)
ANSWER_DUE_AT = datetime(2026, 4, 23, 8, 30, tzinfo=UTC)
DECISION_DUE_AT = datetime(2026, 5, 6, 8, 30, tzinfo=UTC)
DECIDED_AT = datetime(2026, 4, 24, 12, 0, tzinfo=UTC)


def dispute_examples(customer_id: UUID, invoice_id: UUID) -> Iterator[Event]:
    """In the order in which a life may tell them; each has the state that it leaves behind."""
    dispute_id = derived_id("dispute", customer_id, 0)
    other = derived_id("dispute", customer_id, 1)
    line: dict[str, Any] = {
        "customer_id": customer_id,
        "dispute_id": dispute_id,
        "legal_entity": "DE01",
        "currency": "EUR",
        "reason": Reason.DAMAGED,
        "team": "logistics",
        "opened_at": OPENED_AT,
        "at": OPENED_AT,
        "by": Actor.STAFF,
    }
    moves = list(_moves(invoice_id, other))
    for version, (fact, state, shown, more) in enumerate(moves, 1):
        yield fact(**line | {"version": version, "state": state, "items": (shown,)} | more)
    yield disputes.ClockWarned(
        customer_id=customer_id,
        version=len(moves) + 1,
        dispute_id=dispute_id,
        legal_entity="DE01",
        reason=Reason.DAMAGED,
        clock=disputes.ClockKind.RESOLUTION,
        per_cent=80,
        due_at=datetime(2026, 5, 6, 6, 30, tzinfo=UTC),
        team="logistics",
        at=DECIDED_AT,
        state=State.IN_REVIEW,
        opened_at=OPENED_AT,
        currency="EUR",
        items=(item_of(invoice_id),),
    )


def item_of(invoice_id: UUID) -> disputes.DisputedItem:
    """100.00 of the invoice, held."""
    return disputes.DisputedItem(
        invoice_id=invoice_id, invoice_number="2026-0815", amount="100.00", held="100.00"
    )


def clock_of(
    kind: str, days: int, due_at: datetime | None = DECISION_DUE_AT, **more: Any
) -> disputes.DisputeClock:
    return disputes.DisputeClock(
        kind=disputes.ClockKind(kind),
        due_at=due_at,
        limit_s=days * 9 * 3_600,
        responsible_role="logistics",
        **more,
    )


Told = tuple[type[disputes.DisputeEvent], State, disputes.DisputedItem, dict[str, Any]]
"""(fact, the state it leaves behind, the item as it stands then, what else it says)"""


RESTING = (
    clock_of("first-answer", 2, None),
    clock_of(
        "resolution",
        10,
        paused_for=disputes.WaitsFor.CUSTOMER,
        goes_on_at=datetime(2026, 5, 6, 8, 0, tzinfo=UTC),
    ),
)


ASSIGNMENT = {"owner": "bob", "assigned_by": "ada", "why": "he knows the carrier"}
QUESTION = {"words": "Could you send us a photograph of the crate?", "clocks": RESTING}
EVIDENCE = {"words": "You sent us a second photograph.", "papers": (UUID(int=4711),)}
PROPOSAL = disputes.Proposal(
    outcome=Outcome.UPHELD, upheld="100.00", by="ada", why="both are broken on the photograph"
)

DECLINE = {"declined_by": "bob", "why": "one of them is whole"}


def _moves(invoice_id: UUID, other: UUID) -> tuple[Told, ...]:
    item = item_of(invoice_id)
    upheld = item.model_copy(update={"upheld": "60.00", "held": "60.00"})
    settled = upheld.model_copy(update={"held": "0.00"})
    due = {
        "answer_due_at": ANSWER_DUE_AT,
        "decision_due_at": DECISION_DUE_AT,
        "clocks": (clock_of("first-answer", 2, ANSWER_DUE_AT), clock_of("resolution", 10)),
    }
    over = {"outcome": Outcome.PARTLY_UPHELD, "at": DECIDED_AT}

    return (
        (disputes.DisputeOpened, State.OPENED, item, due | {"by": Actor.CUSTOMER}),
        (disputes.DisputeAcknowledged, State.ACKNOWLEDGED, item, due | {"by": Actor.DUNWELL}),
        (disputes.DisputeAssigned, State.ACKNOWLEDGED, item, due | ASSIGNMENT),
        (disputes.DisputeExamined, State.IN_REVIEW, item, due),
        (disputes.DisputeDeferred, State.WAITING_FOR_CUSTOMER, item, QUESTION),
        (disputes.DisputeAnswered, State.IN_REVIEW, item, {"words": "Thank you, we have it."}),
        (disputes.OutcomeProposed, State.IN_REVIEW, item, {"proposal": PROPOSAL}),
        (disputes.OutcomeDeclined, State.IN_REVIEW, item, DECLINE),
        (
            disputes.DisputeResolved,
            State.RESOLVED,
            upheld,
            over | {"decided_by": "ada", "words": "We take the broken one off your invoice."},
        ),
        (disputes.DisputeSettled, State.RESOLVED, settled, over | {"by": Actor.DUNWELL}),
        (disputes.DisputeUnsettled, State.RESOLVED, upheld, over | {"by": Actor.DUNWELL}),
        (disputes.DisputeReopened, State.IN_REVIEW, item, EVIDENCE),
        (disputes.DisputeExtended, State.IN_REVIEW, item, due),
        (disputes.DisputeWithdrawn, State.WITHDRAWN, settled, {"by": Actor.CUSTOMER}),
        (disputes.DisputeMerged, State.MERGED, settled, {"merged_into": other}),
        (disputes.DisputeClosed, State.CLOSED, settled, over),
    )
