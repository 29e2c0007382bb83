"""A clock of a dispute has come to a level: somebody has to hear of it."""

from collections.abc import Sequence

from disputes.domain.clock import Clock
from disputes.domain.dispute import Dispute
from disputes.domain.docket import Docket
from disputes.handlers.tell_dispute import items_of
from shared.base.clock import Moment
from shared.contracts import disputes as told


def warn_of_clocks(
    docket: Docket, dispute: Dispute, clocks: Sequence[Clock], *, moment: Moment
) -> None:
    """Each level is told once, the highest alone where several were reached; nothing once a clock has stopped."""
    docket.keep(dispute)
    for clock in clocks:
        kind, level, due_at = clock.limit.kind, clock.level(moment), clock.due_at
        if clock.has_stopped or due_at is None or level <= dispute.warned.get(kind, 0):
            continue
        dispute.warned[kind.value] = level
        dispute.version += 1
        docket.announce(
            told.ClockWarned(
                customer_id=dispute.customer_id,
                version=dispute.version,
                dispute_id=dispute.dispute_id,
                legal_entity=dispute.legal_entity,
                reason=told.Reason(dispute.reason),
                clock=told.ClockKind(kind),
                per_cent=level,
                due_at=due_at,
                team=dispute.team,
                owner=dispute.owner,
                at=moment,
                state=told.State(dispute.state),
                opened_at=dispute.opened.at,
                currency=dispute.currency,
                items=items_of(dispute),
            )
        )
