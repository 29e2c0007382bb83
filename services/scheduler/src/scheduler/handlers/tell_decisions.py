"""What was decided, in the words of the published language."""

from typing import Any
from uuid import UUID

from scheduler.domain.decision import Chased, Escalation, Reminder, Withdrawal
from scheduler.domain.hold import Hold
from scheduler.domain.item import Discount
from scheduler.domain.policy import Policy, Step
from scheduler.domain.task import Task
from shared.base.money import decimal_text
from shared.contracts import scheduler as contract
from shared.contracts.erp import Channel

PLANNED, WITHDRAWN = 1, 2
PLACED, ENDED = 1, 2
RAISED, OVER = 1, 2
"""Versions in the lives of reminders, holds and tasks."""


def reminder_planned(reminder: Reminder, policy: Policy) -> contract.ReminderPlanned:
    """The fact that a reminder was planned."""
    return contract.ReminderPlanned(
        customer_id=reminder.customer_id,
        version=PLANNED,
        reminder_id=reminder.reminder_id,
        legal_entity=reminder.legal_entity,
        policy=policy.name,
        policy_version=policy.version,
        segment=policy.segment,
        step=_step(reminder.step),
        firmest_step_max=reminder.firmest_step_max,
        channels=tuple(Channel(channel.value) for channel in reminder.step.channels),
        contact_day=reminder.contact_day,
        not_before=reminder.not_before,
        not_after=reminder.not_after,
        time_zone=reminder.time_zone,
        gap_days=reminder.gap_days,
        items=tuple(_item(one) for one in reminder.items),
    )


def reminder_withdrawn(customer_id: UUID, withdrawal: Withdrawal) -> contract.ReminderWithdrawn:
    """The fact that a reminder was withdrawn."""
    return contract.ReminderWithdrawn(
        customer_id=customer_id,
        version=WITHDRAWN,
        reminder_id=withdrawal.reminder.reminder_id,
        legal_entity=withdrawal.reminder.legal_entity,
        reason=withdrawal.reason,
    )


def escalation_raised(escalation: Escalation, policy: Policy) -> contract.EscalationRaised:
    """The fact that a person of ours is to be told."""
    return contract.EscalationRaised(
        customer_id=escalation.customer_id,
        version=1,
        escalation_id=escalation.escalation_id,
        legal_entity=escalation.legal_entity,
        level=contract.EscalationLevel(escalation.level.value),
        to=contract.Person(name=escalation.to.name, email=escalation.to.email),
        reason="days-overdue",
        policy=policy.name,
        policy_version=policy.version,
        segment=policy.segment,
        items=tuple(_item(one) for one in escalation.items),
    )


def hold_placed(hold: Hold) -> contract.HoldPlaced:
    """The fact that a hold was placed."""
    return contract.HoldPlaced(**_hold(hold), version=PLACED)


def hold_ended(hold: Hold) -> contract.HoldEnded:
    """The fact that a hold ended."""
    return contract.HoldEnded(**_hold(hold), version=ENDED)


def task_raised(task: Task) -> contract.TaskRaised:
    """The fact that somebody has something to do."""
    return contract.TaskRaised(**_task(task), version=RAISED)


def task_ended(task: Task) -> contract.TaskEnded:
    """The fact that it has come to something."""
    return contract.TaskEnded(**_task(task), version=OVER)


def _task(task: Task) -> dict[str, Any]:
    return {
        "customer_id": task.customer_id,
        "task_id": task.task_id,
        "kind": contract.TaskKind(task.kind.value),
        "about": task.about,
        "legal_entity": task.legal_entity,
        "owner_role": task.owner_role,
        "owner": task.owner,
        "why": task.why,
        "raised_at": task.raised_at,
        "due_at": task.due_at,
        "outcome": task.outcome and contract.TaskOutcome(task.outcome.value),
        "note": task.note,
        "ended_by": task.ended_by,
        "ended_at": task.ended_at,
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "customer_id": hold.customer_id,
        "hold_id": hold.hold_id,
        "kind": contract.HoldKind(hold.kind.value),
        "reason": hold.reason,
        "owner": hold.owner,
        "legal_entity": hold.legal_entity,
        "invoice_id": hold.invoice_id,
        "placed_at": hold.placed_at,
        "until": hold.until,
        "ended_at": hold.ended_at,
    }


def _item(chased: Chased) -> contract.ReminderItem:
    item = chased.item
    return contract.ReminderItem(
        invoice_id=item.invoice_id,
        invoice_number=item.invoice_number,
        instalment=item.instalment,
        due_on=chased.due_on,
        currency=item.currency,
        open=decimal_text(chased.minor, item.currency),
        step=_step(chased.own),
        discount=_discount(chased.discount, item.currency),
    )


def _discount(discount: Discount | None, currency: str) -> contract.ReminderDiscount | None:
    if discount is None:
        return None
    pays = decimal_text(discount.pays_minor, currency)
    return contract.ReminderDiscount(until=discount.until, pays=pays)


def _step(step: Step) -> contract.StepTaken:
    return contract.StepTaken(
        number=step.number, name=step.name, tone=contract.Tone(step.tone.value)
    )
