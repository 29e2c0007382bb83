"""What was upheld is in the books no more: it is held again, and somebody has to see to it."""

from scheduler.domain.facts import Facts
from scheduler.domain.task import Cause, TaskKind
from scheduler.handlers.apply_dispute import hold_disputed
from scheduler.handlers.raise_task import raise_in_place
from shared.base.clock import Moment
from shared.base.money import decimal_text, minor_of
from shared.contracts.disputes import DisputeUnsettled


def apply_unsettled(facts: Facts, told: DisputeUnsettled, *, moment: Moment) -> None:
    """One task, until the ERP posts the credit after all or the dispute is opened again. Old news asks for nothing."""
    if not hold_disputed(facts, told):
        return

    minor = sum(minor_of(item.held, told.currency) for item in told.items)
    amount = f"{decimal_text(minor, told.currency)} {told.currency}"
    why = f"{amount} were upheld, and the credit was put back in the books"
    cause = Cause(told.customer_id, told.dispute_id, told.legal_entity, why, turn=(told.version,))

    raise_in_place(facts, TaskKind.DISPUTE_CREDIT, cause, note="put back again", moment=moment)
