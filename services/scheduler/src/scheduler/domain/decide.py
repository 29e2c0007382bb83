"""Decide: one look at one customer. Pure: the same facts at the same moment give the same verdict, in any order.

State decides, never "today is day 7": after an outage the due message goes out once, and nothing is missed.
"""

from dataclasses import replace

from scheduler.domain.chase import Chase, sort_out
from scheduler.domain.decision import Decision, Kind, Verdict, Withdrawal, items_facts
from scheduler.domain.escalate import escalations_due, mark
from scheduler.domain.hold import Hold
from scheduler.domain.hours import hours_of
from scheduler.domain.look import Look
from scheduler.domain.segment import Profile
from scheduler.domain.speak import speak
from scheduler.domain.standing import Standing
from scheduler.domain.view import Outstanding, Rulebook, View
from shared.base.clock import Moment
from shared.base.days import local_day

WAITING = "a reminder is on its way; its outcome is awaited"
HOLD_ENDS = "a hold ends"
NOTHING = "nothing can come due before a new fact"


def decide(view: View, rulebook: Rulebook, *, moment: Moment) -> Verdict:
    """What to say, what to leave unsaid and why, and when to look again.

    Marks on the items of `view` which people of ours were told; changes nothing else.
    """
    over = [hold for hold in view.holds if hold.ended_at is None and hold.is_over(moment)]
    ended = tuple(hold.end(moment) for hold in over)
    decisions = [_over(hold) for hold in ended]
    standing = _segment(view, rulebook, moment=moment)
    policy = rulebook.policies[standing.segment or rulebook.segments.otherwise]

    chase = sort_out(view, rulebook, policy, moment=moment)
    hours = hours_of(view.customer, rulebook.home(view), policy.hours)
    withdrawals, outstanding = _withdrawals(view, chase)
    look = Look(
        view=view,
        rulebook=rulebook,
        policy=policy,
        standing=standing,
        chase=chase,
        hours=hours,
        moment=moment,
        today=local_day(moment, hours.zone),
        open_now=hours.open_at(moment),
        outstanding=outstanding,
        decisions=decisions,
    )
    _enter(look)
    _escalate(look)
    speak(look)
    look.wake_at(chase.rises)
    return _verdict(look, withdrawals, ended)


def _segment(view: View, rulebook: Rulebook, *, moment: Moment) -> Standing:
    """The segment by present facts; staying is easier than entering for the one that was entered."""
    exposure: dict[str, int] = {}
    for item in view.items:
        exposure[item.currency] = exposure.get(item.currency, 0) + item.open_minor
    profile = Profile(view.customer, view.habits, exposure, moment.date())
    segment, why = rulebook.segments.assign(profile, present=view.standing.entered)
    return replace(view.standing, segment=segment, segment_why=why)


def _enter(look: Look) -> None:
    """A segment is entered when its words are first used: what holds only in the midst of a day leaves no trace."""
    standing = look.standing
    if not look.may_speak or standing.segment == standing.entered:
        return
    facts = {
        "from": standing.entered,
        "to": standing.segment,
        "average_days_late": look.view.habits.average_days_late,
        "paid_invoices": look.view.habits.paid_invoices,
        "returned_payments": look.view.habits.returned_payments,
        "rules_version": look.rulebook.segments.version,
    }
    rule = f"segment.{standing.segment}"
    look.decisions.append(Decision(Kind.SEGMENT, None, standing.segment_why, rule, facts))
    look.standing = replace(standing, entered=standing.segment)


def _over(hold: Hold) -> Decision:
    facts = {"hold_id": str(hold.hold_id), "ended_by": "its own end"}
    return Decision(Kind.HOLD, None, hold.reason, "hold.ended", facts)


def _withdrawals(view: View, chase: Chase) -> tuple[list[Withdrawal], list[Outstanding]]:
    """Reminders on their way of whose items nothing may be said any more, and the others."""
    withdrawn, kept = [], []
    for reminder in view.outstanding:
        speaking = chase.speaking.get(reminder.legal_entity, [])
        if any(one.item.key in reminder.items for one in speaking):
            kept.append(reminder)
            continue
        reasons = (chase.hushed.get(key) for key in sorted(reminder.items))
        withdrawn.append(Withdrawal(reminder, next(filter(None, reasons), "settled")))
    return withdrawn, kept


def _escalate(look: Look) -> None:
    """Tell people of ours in the same hours in which customers are told."""
    due, rises = escalations_due(look.view, look.chase, look.policy, look.rulebook)
    if due and look.may_speak:
        look.escalations.extend(due)
        for escalation in due:
            mark(escalation)
            facts = {
                "escalation_id": str(escalation.escalation_id),
                "to": escalation.to.name,
                "legal_entity": escalation.legal_entity,
                **items_facts(list(escalation.items)),
            }
            rule = f"escalation.{escalation.level}"
            look.decisions.append(Decision(Kind.ESCALATION, None, "days-overdue", rule, facts))
        _, rises = escalations_due(look.view, look.chase, look.policy, look.rulebook)
    look.wake_at(rises)


def _verdict(look: Look, withdrawals: list[Withdrawal], ended: tuple[Hold, ...]) -> Verdict:
    silences = {**look.chase.silences(), **look.silences}
    known = look.view.standing.silences
    new = [silence for key, silence in sorted(silences.items()) if key not in known]
    withdrawn = [
        Decision(
            Kind.WITHDRAWAL,
            withdrawal.reminder.step,
            withdrawal.reason,
            "withdrawal.nothing-left",
            {
                "reminder_id": str(withdrawal.reminder.reminder_id),
                "legal_entity": withdrawal.reminder.legal_entity,
            },
        )
        for withdrawal in withdrawals
    ]

    contact_at, why = min(look.openings, default=(None, NOTHING))
    look_at = min([*look.chase.hold_ends, *([contact_at] if contact_at else [])], default=None)
    if look_at != contact_at:
        why = HOLD_ENDS
    elif look_at is None and look.outstanding:
        why = WAITING
    return Verdict(
        policy=look.policy,
        standing=replace(look.standing, contact_at=contact_at, silences=frozenset(silences)),
        decisions=(*withdrawn, *look.decisions, *new),
        reminders=tuple(look.reminders),
        withdrawals=tuple(withdrawals),
        escalations=tuple(look.escalations),
        ended_holds=ended,
        look_at=look_at,
        look_why=why,
    )
