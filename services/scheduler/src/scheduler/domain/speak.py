"""Speak: turn what is due into reminders, as far as hours, budget and reminders on their way allow."""

from dataclasses import replace
from datetime import timedelta

from scheduler.domain.contact_budget import Slot, first_slot
from scheduler.domain.decision import Decision, Kind, Reminder, items_facts
from scheduler.domain.ladder import Plan, courtesy_due, reminder_due
from scheduler.domain.look import Look
from shared.base.days import DAY

RETRY_DAYS = (1, 3, 7, 14)
"""How long to wait after messages that did not leave, by how often in a row that happened."""

RETRY_RULE = "retry.after-unsent"


def speak(look: Look) -> None:
    """Plan all that is due on one contact day: reminders together, then courtesies where nothing else is said."""
    reminders: list[Plan] = []
    courtesies: list[Plan] = []
    for code, speaking in sorted(look.chase.speaking.items()):
        if plan := reminder_due(code, speaking, look.policy):
            reminders.append(plan)
        if plan := courtesy_due(code, speaking, look.policy):
            courtesies.append(plan)
    if look.outstanding:
        return

    spoken = _plan(look, reminders)
    _plan(look, [plan for plan in courtesies if plan.legal_entity not in spoken])


def _plan(look: Look, plans: list[Plan]) -> set[str]:
    """Plan these on the first day their budget allows; returns the legal entities that speak now."""
    if not plans:
        return set()
    slot = _slot(look, oldest_days_overdue=max(plan.oldest_days_overdue for plan in plans))
    if slot.day > look.today:
        _wait(look, plans, slot)

    spoken: set[str] = set()
    for plan in plans:
        planned_today = (plan.legal_entity, look.today) in look.view.planned_days
        if planned_today or slot.day > look.today or not look.may_speak:
            first = max(slot.day, look.today + DAY * planned_today)
            look.wake(f"step {plan.step.number} is due", first=first)
            continue
        reminder = _reminder(look, plan, slot)
        look.reminders.append(reminder)
        look.decisions.append(_decision(reminder, plan, look, slot))
        spoken.add(plan.legal_entity)
    return spoken


def _slot(look: Look, *, oldest_days_overdue: int) -> Slot:
    """The budget's first day, put off after messages that did not leave."""
    slot = first_slot(
        look.view.contacts,
        look.policy.budget,
        today=look.today,
        oldest_days_overdue=oldest_days_overdue,
    )
    unsent = look.view.unsent_days
    if not unsent:
        return slot
    pause = RETRY_DAYS[min(len(unsent), len(RETRY_DAYS)) - 1]
    retry_on = max(unsent) + timedelta(days=pause)
    return slot if slot.day >= retry_on else replace(slot, day=retry_on, rule=RETRY_RULE)


def _wait(look: Look, plans: list[Plan], slot: Slot) -> None:
    """A silence of the budget, kept once for each day it waits for."""
    step = max(plan.step.number for plan in plans)
    reason = "message-not-sent" if slot.rule == RETRY_RULE else "contact-budget"
    facts = {
        "free_on": slot.day.isoformat(),
        "gap_days": slot.gap_days,
        "last_contact_on": slot.last_contact and slot.last_contact.isoformat(),
        "legal_entities": [plan.legal_entity for plan in plans],
    }
    key = f"{reason}:{step}:{slot.day}"
    look.silences[key] = Decision(Kind.SILENCE, step, reason, slot.rule, facts)


def _reminder(look: Look, plan: Plan, slot: Slot) -> Reminder:
    assert look.open_now is not None
    return Reminder(
        customer_id=look.view.customer.customer_id,
        legal_entity=plan.legal_entity,
        contact_day=look.open_now.day,
        step=plan.step,
        firmest_step_max=plan.firmest_step_max,
        not_before=look.moment,
        not_after=look.open_now.closes,
        time_zone=look.hours.zone,
        gap_days=slot.gap_days,
        items=plan.items,
    )


def _decision(reminder: Reminder, plan: Plan, look: Look, slot: Slot) -> Decision:
    kind = Kind.REMINDER if reminder.step.number >= 1 else Kind.COURTESY
    facts = {
        "reminder_id": str(reminder.reminder_id),
        "legal_entity": reminder.legal_entity,
        "contact_day": reminder.contact_day.isoformat(),
        "tone": reminder.step.tone,
        "firmest_step_max": reminder.firmest_step_max,
        "gap_days": slot.gap_days,
        "last_contact_on": slot.last_contact and slot.last_contact.isoformat(),
        "segment": look.standing.segment,
        "segment_why": look.standing.segment_why,
        **items_facts(list(reminder.items)),
    }
    reason = "before-due" if kind is Kind.COURTESY else "overdue"
    return Decision(kind, reminder.step.number, reason, plan.rule, facts)
