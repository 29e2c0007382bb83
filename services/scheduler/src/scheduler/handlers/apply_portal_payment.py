"""A payment at the portal was declined, or charged back: somebody of ours sees to it, unless the money comes before."""

from decimal import Decimal

from scheduler.domain.facts import Facts
from scheduler.domain.task import Cause, TaskKind
from scheduler.handlers.end_moot_tasks import end_as_moot
from scheduler.handlers.raise_task import raise_in_place, raise_task
from shared.base.clock import Moment
from shared.contracts.erp import ReturnReason
from shared.contracts.portal_api import (
    PaymentConfirmed,
    PaymentDeclined,
    PaymentRestored,
    PaymentReturned,
)


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


def apply_chargeback(facts: Facts, told: PaymentReturned, *, moment: Moment) -> None:
    """One task at a time for each payment that its payer contests: to answer the bank with papers, or to talk. More of
    it, or the same once more, is work again. Another payment of the same invoices does not end it, for then we may have
    the money twice.
    """
    if told.return_reason is not ReturnReason.CHARGEBACK:
        return
    why = f"{told.for_reason or told.returned} {told.currency} charged back: {told.code}"
    turn = (told.version,)
    cause = Cause(told.customer_id, told.payment_id, told.legal_entity, why, turn=turn)
    raise_in_place(facts, TaskKind.CHARGEBACK, cause, note="contested anew", moment=moment)


def end_chargeback(facts: Facts, told: PaymentRestored, *, moment: Moment) -> None:
    """We have won, once nothing is away any more."""
    if Decimal(told.returned):
        return
    for task in facts.standing_tasks(told.payment_id):
        end_as_moot(facts, task, note="won", moment=moment)
