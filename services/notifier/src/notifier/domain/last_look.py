"""The last look: whether a message may leave now, what is left to say, and to whom. All of it read again from facts."""

from datetime import timedelta
from typing import Final

from notifier.domain import budget
from notifier.domain.agreement import ENDED_UNPAID, AgreementBrief
from notifier.domain.answer_look import QUIET_MAX, look_at_answer
from notifier.domain.brief import (
    AnswerBrief,
    DisputeBrief,
    EscalationBrief,
    NewsBrief,
    PlannedItem,
    ReminderBrief,
    WarningBrief,
)
from notifier.domain.contact import Channel, Route
from notifier.domain.hours import earliest
from notifier.domain.message import Message, Purpose
from notifier.domain.payment import PaymentBrief
from notifier.domain.reply import ReplyBrief
from notifier.domain.sign_in import SignInBrief
from notifier.domain.silence import (
    Asked,
    Facts,
    Silence,
    is_owed,
    rest_asked,
    rest_of,
    silence_of_customer,
    silence_of_news,
    silence_of_request,
    still_asked,
)
from notifier.domain.verdict import Speak, Verdict, Wait
from notifier.domain.ways import quiet_zones, way_to
from shared.base.clock import Moment
from shared.base.days import local_day

RECHECK = timedelta(minutes=15)
"""How long a message waits for people (records set aside, a legal entity that is missing) before it looks again; its
contact day is the limit."""

NEWS_WAITS_MAX = timedelta(days=1)
"""So long news waits for records that stand aside; then it says what is certain."""


SETTLED: Final = Silence("settled", "silence.settled")
HELD: Final = Silence("invoice-held", "silence.invoice-hold")


def look_last(message: Message, facts: Facts, *, now: Moment) -> Verdict:
    """What becomes of a waiting message at this moment."""
    if not facts.entity_zone:
        return Wait(now + RECHECK, "legal-entity-unknown", "company.legal-entity")
    match message.brief:
        case ReminderBrief() as brief:
            return _look_at_reminder(message, brief, facts, now=now)
        case EscalationBrief() as brief:
            return _look_at_escalation(message, brief, facts, now=now)
        case AnswerBrief() | SignInBrief() | ReplyBrief() | PaymentBrief() as brief:
            return look_at_answer(message, brief, facts, now=now)
        case AgreementBrief() | DisputeBrief() as brief:
            return _look_at_news(message, brief, facts, now=now)
        case WarningBrief() as brief:
            return _look_at_warning(message, brief, facts, now=now)
        case None:
            raise AssertionError(f"message {message.message_id} waits without anything to say")


def _look_at_reminder(
    message: Message, brief: ReminderBrief, facts: Facts, *, now: Moment
) -> Verdict:
    if silence := silence_of_customer(message.legal_entity, facts, now):
        return silence

    asked, dropped = still_asked(message.legal_entity, brief.items, facts, now)

    if not asked:
        return dropped
    if now > brief.not_after:
        return Silence("contact-day-passed", "hours.contact-day")
    return _waits_for_records(brief, facts, now) or _speak(message, brief, facts, asked, now=now)


def _speak(
    message: Message, brief: ReminderBrief, facts: Facts, asked: tuple[Asked, ...], *, now: Moment
) -> Verdict:
    day = local_day(now, brief.time_zone)
    overdue = any(one.due_on < local_day(now, facts.entity_zone) for one in asked)
    if rule := budget.breach(
        day, overdue=overdue, gap_days=brief.gap_days, past=facts.contact_days
    ):
        return Silence("contact-budget", rule)
    route = way_to(message, brief.channels, facts)
    if isinstance(route, Silence):
        return route
    if not_now := _not_now(brief, route, facts, now):
        return not_now

    left = tuple(PlannedItem(one.invoice.invoice_id, one.step, one.part.number) for one in asked)
    purpose = Purpose.REMINDER if overdue else Purpose.COURTESY
    return Speak(route, purpose, day, asked, brief.step_of(left))


def _look_at_escalation(
    message: Message, brief: EscalationBrief, facts: Facts, *, now: Moment
) -> Verdict:
    owed = [
        Asked(invoice, part, item.step, rest_of(invoice, part, facts, now))
        for item in brief.items
        if (invoice := facts.invoices.get(item.invoice_id))
        and (part := invoice.instalment(item.number)).due_on
        and is_owed(invoice, part, facts.customer)
    ]
    asked = tuple(one for one in owed if one.minor)
    if brief.items and not asked:
        return HELD if owed else SETTLED
    route = brief.route(facts.customer)
    if (Channel.EMAIL, route.address) in message.failed_roads:
        return Silence("no-contact", "route.none")
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    day = local_day(now, facts.entity_zone)
    return Speak(
        route,
        Purpose.ESCALATION,
        day,
        asked,
        max((one.step for one in asked), key=lambda step: step.number, default=None),
    )


def _look_at_warning(
    message: Message, brief: WarningBrief, facts: Facts, *, now: Moment
) -> Verdict:
    team = facts.team
    assert team is not None, "a legal entity that is known has somebody for every dispute"
    person = team.lead if brief.escalates else team.mailbox
    if brief.owner_email and brief.owner_email == person.email:
        return Silence("told-with-team", "warning.once")
    route = (
        Route(Channel.EMAIL, brief.owner_email, brief.owner)
        if brief.owner_email
        else Route(Channel.EMAIL, person.email, person.name)
    )
    if (Channel.EMAIL, route.address) in message.failed_roads:
        return Silence("no-contact", "route.none")
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    lines = tuple(item.line(facts.invoices) for item in brief.items)
    return Speak(route, Purpose.WARNING, local_day(now, facts.entity_zone), lines=lines)


def _look_at_news(message: Message, brief: NewsBrief, facts: Facts, *, now: Moment) -> Verdict:
    """Not in the contact budget: the customer has asked, and this is the answer."""
    if isinstance(brief, AgreementBrief) and brief.asks:
        silence = silence_of_request(message.legal_entity, brief, facts, now)
    else:
        silence = silence_of_news(message.legal_entity, facts, now)
    rest_minor = rest_asked([item.invoice_id for item in brief.items], facts, now)
    if silence is None and brief.news in ENDED_UNPAID and rest_minor == 0:
        silence = HELD if _is_open(brief, facts) else SETTLED
    if silence:
        return silence
    route = way_to(message, brief.channels, facts)
    if isinstance(route, Silence):
        return route
    if not_yet := _news_waits(message, brief, route, facts, now):
        return not_yet

    return Speak(
        route,
        message.purpose,
        local_day(now, facts.entity_zone),
        lines=tuple(item.line(facts.invoices) for item in brief.items),
        rest_minor=rest_minor,
    )


def _is_open(brief: NewsBrief, facts: Facts) -> bool:
    known = [facts.invoices[one.invoice_id] for one in brief.items]
    return any(is_owed(one, part, facts.customer) for one in known for part in one.instalments)


def _news_waits(
    message: Message, brief: NewsBrief, route: Route, facts: Facts, now: Moment
) -> Wait | Silence | None:
    if facts.earlier_at is not None:
        return Wait(max(now, facts.earlier_at), "earlier-news-first", f"{message.purpose}.in-order")
    patience = message.planned_at + NEWS_WAITS_MAX
    if facts.is_in_doubt and now < patience:
        return Wait(min(now + RECHECK, patience), "records-parked", "doubt.records-parked")
    if not brief.at_once:
        zones = quiet_zones(facts, planned_zone=facts.entity_zone)
        moment = earliest(now, not_before=now, not_after=now + QUIET_MAX, quiet_zones=zones)
        if moment is None:
            return Silence("outside-sending-hours", "hours.quiet")
        if moment > now:
            return Wait(moment, "outside-sending-hours", "hours.quiet")
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    return None


def _waits_for_records(brief: ReminderBrief, facts: Facts, now: Moment) -> Wait | None:
    if not facts.is_in_doubt:
        return None
    until = min(max(now, brief.not_before) + RECHECK, brief.not_after + timedelta(seconds=1))
    return Wait(until, "records-parked", "doubt.records-parked")


def _not_now(
    brief: ReminderBrief, route: Route, facts: Facts, now: Moment
) -> Wait | Silence | None:
    moment = earliest(
        now,
        not_before=brief.not_before,
        not_after=brief.not_after,
        quiet_zones=quiet_zones(facts, planned_zone=brief.time_zone),
    )
    if moment is None:
        return Silence("outside-sending-hours", "hours.quiet")
    if moment > now:
        return Wait(moment, "outside-sending-hours", "hours.quiet")
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    return None
