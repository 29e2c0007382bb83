"""A payment at the portal was declined: somebody of ours helps, unless the money comes before they do."""

from scheduler.domain.facts import Facts
from scheduler.domain.task import Cause, TaskKind
from scheduler.handlers.end_moot_tasks import end_as_moot
from scheduler.handlers.raise_task import raise_task
from shared.base.clock import Moment
from shared.contracts.portal_api import PaymentConfirmed, PaymentDeclined


def apply_decline(facts: Facts, told: PaymentDeclined, *, moment: Moment) -> None:
    """One task for each payment, about the first of its invoices; nothing is tried again by a machine."""
    assert told.decline is not None, "a decline has a reason"
    why = f"{told.amount} {told.currency} declined: {told.decline.code}, {told.decline.next_step}"
    about = told.items[0].invoice_id
    cause = Cause(told.customer_id, about, told.legal_entity, why, turn=(told.payment_id,))
    raise_task(facts, TaskKind.PAYMENT_DECLINED, cause, moment=moment)


def end_declines(facts: Facts, told: PaymentConfirmed, *, moment: Moment) -> None:
    """They have paid after all, there or by another payment."""
    for item in told.items:
        for task in facts.standing_tasks(item.invoice_id):
            end_as_moot(facts, task, note="paid at the portal", moment=moment)
