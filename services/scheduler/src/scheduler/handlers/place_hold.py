"""A person of ours asks for silence."""

from scheduler.domain.decision import Decision, Kind
from scheduler.domain.desk import Desk
from scheduler.domain.hold import Hold
from scheduler.handlers.tell_decisions import hold_placed
from shared.base.clock import Moment


def place_hold(desk: Desk, hold: Hold, *, moment: Moment) -> None:
    """Silence begins at once; what is on its way is withdrawn by the look that follows. Placed twice is placed once."""
    if hold.hold_id in desk.holds:
        return

    desk.keep(hold)
    facts = {
        "hold_id": str(hold.hold_id),
        "owner": hold.owner,
        "legal_entity": hold.legal_entity,
        "invoice_id": hold.invoice_id and str(hold.invoice_id),
        "until": hold.until and hold.until.isoformat(),
    }
    desk.decisions.append(Decision(Kind.HOLD, None, hold.reason, "hold.placed", facts))
    desk.announce(hold_placed(hold))
