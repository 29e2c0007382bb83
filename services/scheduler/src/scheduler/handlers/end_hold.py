"""A person of ours ends a silence before its time."""

from uuid import UUID

from scheduler.domain.decision import Decision, Kind
from scheduler.domain.desk import Desk
from scheduler.domain.hold import Hold
from scheduler.handlers.tell_decisions import hold_ended
from shared.base.clock import Moment
from shared.base.errors import Refusal


class HoldUnknown(Refusal):
    code = "hold-unknown"
    status = 404


class HoldOfOthers(Refusal):
    """Others told of this silence, and only they end it: disputes, the customer's promise, the ERP."""

    code, status = "hold-of-others", 409


def end_hold(desk: Desk, hold_id: UUID, *, by: str, reason: str, moment: Moment) -> Hold:
    """End it now. Refused when the customer has no such hold, it is not ours to end, or it has ended."""
    if hold_id in desk.of_others:
        raise HoldOfOthers("whoever told of it ends it")
    held = desk.holds.get(hold_id)
    if held is None:
        raise HoldUnknown(f"the customer has no hold {hold_id}")

    ended = held.end(moment)

    desk.keep(ended)
    facts = {"hold_id": str(hold_id), "ended_by": by}
    desk.decisions.append(Decision(Kind.HOLD, None, reason, "hold.ended", facts))
    desk.announce(hold_ended(ended))
    return ended
