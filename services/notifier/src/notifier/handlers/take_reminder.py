"""A reminder was planned: a message waits for its hour."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from notifier.domain.brief import PlannedItem, ReminderBrief, Step
from notifier.domain.contact import Channel
from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose, Status
from notifier.handlers.tell_outcome import tell_outcome
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.contracts.scheduler import ReminderItem, ReminderPlanned, StepTaken
from shared.messaging.cloudevents import told_at


def take_reminder(desk: Desk, planned: ReminderPlanned, *, moment: Moment) -> None:
    """Open the message, one per reminder. Of several that wait for one legal entity only the newest stays."""
    brief = _brief(planned)
    message_id = message_id_of(planned.reminder_id)

    known = desk.messages.get(message_id)
    if known is not None:
        _renew(desk, known, brief)
        return
    message = _open(planned, brief, planned_at=told_at(desk.cause, otherwise=moment))

    rivals = list(desk.waiting_reminders(planned.customer_id, planned.legal_entity))
    desk.open(message)
    for outdated in _outdated([*rivals, message]):
        replaced = outdated.suppress("replaced", "sending.newest-only", at=moment)
        desk.put(replaced)
        tell_outcome(desk, replaced)


def message_id_of(cause: UUID) -> UUID:
    """The one message of a reminder or an escalation."""
    return derived_id("message", cause)


def _open(planned: ReminderPlanned, brief: ReminderBrief, *, planned_at: Moment) -> Message:
    return Message(
        message_id=message_id_of(planned.reminder_id),
        customer_id=planned.customer_id,
        purpose=Purpose.COURTESY if planned.step.number < 1 else Purpose.REMINDER,
        legal_entity=planned.legal_entity,
        due_at=brief.not_before,
        planned_at=planned_at,
        contact_day=brief.contact_day,
        brief=brief,
        reminder_id=planned.reminder_id,
    )


def _renew(desk: Desk, known: Message, brief: ReminderBrief) -> None:
    """A newer word on a reminder that still waits; an older or repeated one changes nothing."""
    held = known.brief
    if (
        known.status is Status.WAITING
        and isinstance(held, ReminderBrief)
        and brief.version > held.version
    ):
        desk.put(
            replace(known, brief=brief, due_at=brief.not_before, contact_day=brief.contact_day)
        )


def _outdated(waiting: list[Message]) -> list[Message]:
    def newness(message: Message) -> tuple[Any, ...]:
        assert isinstance(message.brief, ReminderBrief)
        return (
            message.brief.contact_day,
            message.brief.not_before,
            message.planned_at,
            message.message_id,
        )

    return sorted(waiting, key=newness)[:-1]


def _brief(planned: ReminderPlanned) -> ReminderBrief:
    return ReminderBrief(
        version=planned.version,
        policy=planned.policy,
        policy_version=planned.policy_version,
        segment=planned.segment,
        step=step_of(planned.step),
        firmest_step_max=planned.firmest_step_max,
        channels=tuple(Channel(channel.value) for channel in planned.channels),
        contact_day=planned.contact_day,
        not_before=planned.not_before,
        not_after=planned.not_after,
        time_zone=planned.time_zone,
        gap_days=planned.gap_days,
        items=tuple(map(item_of, planned.items)),
    )


def item_of(told: ReminderItem) -> PlannedItem:
    """An item of a plan: the only instalment of an invoice is told without its number, which is 1."""
    return PlannedItem(told.invoice_id, step_of(told.step), told.instalment or 1)


def step_of(told: StepTaken) -> Step:
    return Step(told.number, told.name, told.tone.value)
