"""A customer says that they cannot pay now: silence until then, and work for a person of ours."""

from typing import Final

from scheduler.domain.decision import Decision, Kind
from scheduler.domain.facts import Facts
from scheduler.domain.hold import Hold, HoldKind, requested_hold_id
from scheduler.domain.task import Cause, TaskKind
from scheduler.handlers.raise_task import raise_task
from scheduler.handlers.tell_decisions import hold_placed
from shared.base.clock import Moment
from shared.contracts.portal_api import HardshipRequested

OWNER: Final = "collections-manager"
"""Who answers for a silence that a customer asked for."""


def apply_hardship(facts: Facts, asked: HardshipRequested, *, moment: Moment) -> None:
    """All of the customer is held until the request ends, and somebody looks into it. Told twice is held once."""
    wants = f", wants until {asked.wants_until}" if asked.wants_until else ""
    why = f"contact {asked.contact_id} asks for time{wants}: {asked.words}"
    cause = Cause(asked.customer_id, asked.request_id, asked.legal_entity, why)
    raise_task(facts, TaskKind.HARDSHIP_REVIEW, cause, moment=moment)

    hold = _hold(asked)
    if hold.hold_id in facts.known_holds:
        return

    facts.keep_hold(hold)
    line = {
        "hold_id": str(hold.hold_id),
        "kind": hold.kind.value,
        "request_id": str(asked.request_id),
        "owner": hold.owner,
        "until": asked.until.isoformat(),
    }
    decision = Decision(Kind.HOLD, None, hold.reason, "hold.placed", line)
    facts.lines.append((hold.customer_id, decision))
    facts.announce(hold_placed(hold))


def _hold(asked: HardshipRequested) -> Hold:
    return Hold(
        hold_id=requested_hold_id(asked.request_id),
        customer_id=asked.customer_id,
        kind=HoldKind.HARDSHIP,
        reason="the customer asks for time",
        owner=OWNER,
        placed_at=asked.at,
        until=asked.until,
    )
