"""Tell what a move has made of a dispute: the whole of it, with what is not asked for now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from disputes.domain.clock import Clock, ClockKind
from disputes.domain.dispute import Dispute
from disputes.domain.docket import Docket
from disputes.domain.item import Item
from disputes.domain.move import State
from disputes.domain.terms import Rulebook
from shared.base.clock import Moment
from shared.base.money import decimal_text
from shared.contracts import disputes as told

FACTS: Final[dict[State, type[told.DisputeEvent]]] = {
    State.OPENED: told.DisputeOpened,
    State.ACKNOWLEDGED: told.DisputeAcknowledged,
    State.IN_REVIEW: told.DisputeExamined,
    State.WAITING_FOR_CUSTOMER: told.DisputeDeferred,
    State.WAITING_FOR_CARRIER: told.DisputeDeferred,
    State.CLOSED: told.DisputeClosed,
    State.WITHDRAWN: told.DisputeWithdrawn,
}
"""What a move to that state is; resolving and merging say more, and are told by those who do it."""


DUE: Final = {ClockKind.FIRST_ANSWER: "answer_due_at", ClockKind.RESOLUTION: "decision_due_at"}
"""What the customer may count on, by clock; the hard stop is our own."""


WAITS_FOR: Final = {
    State.WAITING_FOR_CUSTOMER: told.WaitsFor.CUSTOMER,
    State.WAITING_FOR_CARRIER: told.WaitsFor.CARRIER,
}


def tell_move(
    docket: Docket,
    dispute: Dispute,
    fact: type[told.DisputeEvent] | None = None,
    *,
    rulebook: Rulebook,
    **more: Any,
) -> None:
    """Keep the dispute, and tell its last move: as `fact`, where the state alone does not say it. `rulebook` says until
    when we owe a word, and until when the customer may come back.
    """
    last, clocks = dispute.moves[-1], rulebook.clocks(dispute)
    docket.keep(dispute)
    docket.announce(
        (fact or FACTS[last.state])(
            customer_id=dispute.customer_id,
            version=dispute.version,
            dispute_id=dispute.dispute_id,
            legal_entity=dispute.legal_entity,
            currency=dispute.currency,
            reason=told.Reason(dispute.reason),
            state=told.State(last.state),
            outcome=None if dispute.outcome is None else told.Outcome(dispute.outcome),
            items=items_of(dispute),
            team=dispute.team,
            owner=dispute.owner,
            opened_at=dispute.opened.at,
            at=last.at,
            by=told.Actor(last.by),
            words=last.words,
            **_due(clocks),
            clocks=tuple(_told(clock, dispute, at=last.at) for clock in clocks),
            reopen_until=rulebook.reopen_until(dispute),
            proposal=_proposal(dispute),
            **more,
        )
    )


def items_of(dispute: Dispute) -> tuple[told.DisputedItem, ...]:
    """What is disputed, as it is told: each part once, also where two decisions stand about it."""
    same: dict[tuple[UUID, int | None], list[Item]] = {}
    for item in dispute.items:
        same.setdefault(item.key, []).append(item)
    return tuple(_item(dispute, parts) for parts in same.values())


def _item(dispute: Dispute, parts: Sequence[Item]) -> told.DisputedItem:
    def text(amounts: Iterable[int]) -> str:
        return decimal_text(sum(amounts), dispute.currency)

    item = parts[0]
    upheld = [one.upheld_minor for one in parts if one.upheld_minor is not None]
    return told.DisputedItem(
        invoice_id=item.invoice_id,
        invoice_number=item.invoice_number,
        instalment=item.instalment,
        amount=text(one.minor for one in parts),
        upheld=text(upheld) if upheld else None,
        held=text(dispute.held_minor(one) for one in parts),
    )


def _proposal(dispute: Dispute) -> told.Proposal | None:
    """Its words are the customer's once it is decided, and nobody's before."""
    proposed = dispute.proposal
    if proposed is None:
        return None
    upheld = decimal_text(sum(proposed.upheld), dispute.currency)
    return told.Proposal(
        outcome=told.Outcome(proposed.outcome), upheld=upheld, by=proposed.by, why=proposed.why
    )


def _due(clocks: Sequence[Clock]) -> Mapping[str, Moment | None]:
    return {
        DUE[clock.limit.kind]: None if clock.has_stopped else clock.due_at
        for clock in clocks
        if clock.limit.kind in DUE
    }


def _told(clock: Clock, dispute: Dispute, *, at: Moment) -> told.DisputeClock:
    rests_for = clock.paused_for(at)
    return told.DisputeClock(
        kind=told.ClockKind(clock.limit.kind),
        due_at=None if clock.has_stopped else clock.due_at,
        paused_for=None if rests_for is None else WAITS_FOR[rests_for],
        goes_on_at=None if rests_for is None else clock.goes_on_at,
        limit_s=int(clock.limit.length.total_seconds()),
        responsible_role=dispute.team,
    )
