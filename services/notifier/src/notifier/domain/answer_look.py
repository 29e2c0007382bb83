"""The last look at answers to a customer's own act: no budget, and hours only where it is we who ask."""

from datetime import timedelta
from typing import Final

from notifier.domain.brief import AnswerBrief
from notifier.domain.contact import Channel, Route
from notifier.domain.hours import earliest
from notifier.domain.message import Message, Purpose
from notifier.domain.payment import PaymentBrief
from notifier.domain.reply import ReplyBrief
from notifier.domain.sign_in import SignInBrief
from notifier.domain.silence import Facts, Silence, silence_of_news
from notifier.domain.verdict import Speak, Verdict, Wait
from notifier.domain.ways import quiet_zones, way_to
from shared.base.clock import Moment
from shared.base.days import local_day

QUIET_MAX: Final = timedelta(days=3)
"""No quiet hours last so long."""


def look_at_answer(
    message: Message,
    brief: AnswerBrief | SignInBrief | ReplyBrief | PaymentBrief,
    facts: Facts,
    *,
    now: Moment,
) -> Verdict:
    """Whether it may leave now, and where to."""
    if isinstance(brief, ReplyBrief):
        return _look_at_reply(message, brief, facts, now=now)
    if isinstance(brief, SignInBrief):
        return _look_at_sign_in(message, brief, facts, now=now)
    if isinstance(brief, PaymentBrief):
        return _look_at_payment(message, brief, facts, now=now)
    if now > brief.not_after:
        return Silence("answer-too-late", "answer.in-time")
    person = next((one for one in facts.customer.contacts if one.phone == brief.address), None)
    route = Route(
        Channel.SMS,
        brief.address,
        person.name if person else facts.customer.name,
        person.contact_id if person else None,
        person.language if person else None,
    )
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    return Speak(route, Purpose.ANSWER, local_day(now, facts.entity_zone))


def _look_at_sign_in(message: Message, brief: SignInBrief, facts: Facts, *, now: Moment) -> Verdict:
    """Neither budget nor hours nor a hold: nobody else can ask for it."""
    if now >= brief.not_after:
        return Silence("answer-too-late", "answer.in-time")
    route = brief.route(facts.customer)
    if route is None or (route.channel, route.address) in message.failed_roads:
        return Silence("no-contact", "route.none")
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    return Speak(route, Purpose.SIGN_IN, local_day(now, facts.entity_zone))


def _look_at_reply(message: Message, brief: ReplyBrief, facts: Facts, *, now: Moment) -> Verdict:
    if now >= brief.not_after:
        return Silence("answer-too-late", "answer.in-time")
    route = silence_of_news(message.legal_entity, facts, now) or _way(message, brief, facts)
    if isinstance(route, Silence):
        return route
    if brief.waits_for_hours and (until := _quiet_until(facts, now)) > now:
        return Wait(until, "outside-sending-hours", "hours.quiet")
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    return Speak(route, Purpose.ANSWER, local_day(now, facts.entity_zone))


def _way(message: Message, brief: ReplyBrief, facts: Facts) -> Route | Silence:
    if not brief.contact_id:
        return way_to(message, (Channel.EMAIL,), facts)
    route = brief.route(facts.customer)
    if route is None or (route.channel, route.address) in message.failed_roads:
        return Silence("no-contact", "route.none")
    return route


def _quiet_until(facts: Facts, now: Moment) -> Moment:
    zones = quiet_zones(facts, planned_zone=facts.entity_zone)
    return earliest(now, not_before=now, not_after=now + QUIET_MAX, quiet_zones=zones) or now


def _look_at_payment(
    message: Message, brief: PaymentBrief, facts: Facts, *, now: Moment
) -> Verdict:
    """Neither budget nor hours: they have just paid, or tried to."""
    if silence := silence_of_news(message.legal_entity, facts, now):
        return silence
    route = way_to(message, brief.channels, facts)
    if isinstance(route, Silence):
        return route
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    return Speak(route, Purpose.PAYMENT, local_day(now, facts.entity_zone))
