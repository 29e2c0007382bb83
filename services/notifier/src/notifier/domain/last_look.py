"""The last look: whether a message may leave now, what is left to say, and to whom. All of it read again from facts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from notifier.domain import budget
from notifier.domain.brief import AnswerBrief, EscalationBrief, PlannedItem, ReminderBrief, Step
from notifier.domain.budget import ContactDay
from notifier.domain.contact import Address, Channel, Route, routes, somebody_opted_out
from notifier.domain.customer import Customer, Hold
from notifier.domain.hours import candidate_zones, earliest
from notifier.domain.invoice import Credit, Invoice, overdue_by_currency
from notifier.domain.message import Message, Purpose
from notifier.domain.sending import Sending
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.zones import zones_of

PARKED_RECHECK = timedelta(minutes=15)
"""How long a message waits for records set aside, before it looks again; its contact day is the limit."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one customer at one legal entity at the moment of the look.

    `invoices` are all open ones at the entity and every one that is listed; `parked_here` counts records of the
    customer that stand aside in our own books.
    """

    customer: Customer
    entity_zone: str
    sending: Sending
    invoices: Mapping[UUID, Invoice] = field(default_factory=dict)
    credits: Sequence[Credit] = ()
    holds: Sequence[Hold] = ()
    contact_days: Sequence[ContactDay] = ()
    opted_out: Collection[Address] = ()
    parked_here: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice that is still to be asked for, and how much of it."""

    invoice: Invoice
    step: Step
    minor: int


@dataclass(frozen=True, slots=True)
class Speak:
    """Say this, to this person, now. `asked` is empty for answers."""

    route: Route
    purpose: Purpose
    contact_day: date
    asked: tuple[Asked, ...] = ()
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now; look again at `until`. None: only a change of the sending mode brings it back."""

    until: Moment | None
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Not at all, and why."""

    reason: str
    rule: str


Verdict = Speak | Wait | Silence


def look_last(message: Message, facts: Facts, *, now: Moment) -> Verdict:
    """What becomes of a waiting message at this moment."""
    match message.brief:
        case ReminderBrief() as brief:
            return _look_at_reminder(message, brief, facts, now=now)
        case EscalationBrief() as brief:
            return _look_at_escalation(message, brief, facts, now=now)
        case AnswerBrief() as brief:
            return _look_at_answer(brief, facts, now=now)
        case None:
            raise AssertionError(f"message {message.message_id} waits without anything to say")


def _look_at_reminder(
    message: Message, brief: ReminderBrief, facts: Facts, *, now: Moment
) -> Verdict:
    if kept_back := _kept_back(message.legal_entity, brief, facts, now):
        return kept_back

    asked, dropped = _still_asked(message.legal_entity, brief.items, facts, now)

    return _speak(message, brief, facts, asked, now=now) if asked else dropped


def _speak(
    message: Message, brief: ReminderBrief, facts: Facts, asked: tuple[Asked, ...], *, now: Moment
) -> Verdict:
    day = local_day(now, brief.time_zone)
    overdue = any(one.invoice.due_on < local_day(now, facts.entity_zone) for one in asked)
    if rule := budget.breach(
        day, overdue=overdue, gap_days=brief.gap_days, past=facts.contact_days
    ):
        return Silence("contact-budget", rule)
    route = _route(message, brief.channels, facts)
    if isinstance(route, Silence):
        return route
    if not_now := _not_now(brief, route, facts, now):
        return not_now

    left = tuple(PlannedItem(one.invoice.invoice_id, one.step) for one in asked)
    purpose = Purpose.REMINDER if overdue else Purpose.COURTESY
    return Speak(route, purpose, day, asked, brief.step_of(left))


def _look_at_escalation(
    message: Message, brief: EscalationBrief, facts: Facts, *, now: Moment
) -> Verdict:
    asked = tuple(
        Asked(invoice, item.step, invoice.open_minor)
        for item in brief.items
        if (invoice := facts.invoices.get(item.invoice_id)) and _is_open(invoice, facts.customer)
    )
    if brief.items and not asked:
        return Silence("settled", "items.none-left")
    if (Channel.EMAIL, brief.to_email) in message.failed_roads:
        return Silence("no-contact", "route.none")

    route = Route(Channel.EMAIL, brief.to_email, brief.to_name)
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


def _look_at_answer(brief: AnswerBrief, facts: Facts, *, now: Moment) -> Verdict:
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


def _kept_back(
    legal_entity: str, brief: ReminderBrief, facts: Facts, now: Moment
) -> Silence | Wait | None:
    customer = facts.customer
    checks: tuple[tuple[bool, str, str], ...] = (
        (now > brief.not_after, "contact-day-passed", "hours.contact-day"),
        (bool(customer.doubts), "erp-data-incomplete", "doubt.silence"),
        (not customer.known, "customer-unknown", "doubt.silence"),
        (customer.is_never_chased, "never-chased", "customer.kind-and-status"),
        (customer.is_held_by_erp(legal_entity, facts.entity_zone, now), "held-by-erp", "hold.erp"),
        (any(_covers(hold, legal_entity, now) for hold in facts.holds), "held", "hold.scheduler"),
    )
    silence = next((Silence(reason, rule) for applies, reason, rule in checks if applies), None)
    return silence or _waits_for_records(brief, facts, now)


def _covers(hold: Hold, legal_entity: str, now: Moment) -> bool:
    return (
        hold.stands(now) and hold.invoice_id is None and hold.legal_entity in {None, legal_entity}
    )


def _waits_for_records(brief: ReminderBrief, facts: Facts, now: Moment) -> Wait | None:
    if not facts.parked_here and not facts.customer.parked:
        return None
    until = min(max(now, brief.not_before) + PARKED_RECHECK, brief.not_after + timedelta(seconds=1))
    return Wait(until, "records-parked", "doubt.records-parked")


def _still_asked(
    legal_entity: str, items: tuple[PlannedItem, ...], facts: Facts, now: Moment
) -> tuple[tuple[Asked, ...], Silence]:
    """What is left of the plan's items, and the reason to give when nothing is."""
    today = local_day(now, facts.entity_zone)
    covered = _covered_currencies(legal_entity, facts, today)
    asked: list[Asked] = []
    dropped: list[Silence] = []
    for item in items:
        one = _judge(item, facts, now, today=today, covered=covered)
        (asked.append(one) if isinstance(one, Asked) else dropped.append(one))

    reasons = list(dict.fromkeys(dropped))
    return tuple(asked), reasons[0] if len(reasons) == 1 else Silence(
        "nothing-left", "items.none-left"
    )


def _judge(
    item: PlannedItem, facts: Facts, now: Moment, *, today: date, covered: Collection[str]
) -> Asked | Silence:
    invoice = facts.invoices.get(item.invoice_id)
    if invoice is None:
        return Silence("invoice-unknown", "doubt.silence")

    held = invoice.held_minor(today, whole_debt=not facts.customer.is_business)
    checks: tuple[tuple[bool, str, str], ...] = (
        (invoice.status == "cancelled", "cancelled", "items.still-open"),
        (not _is_open(invoice, facts.customer), "settled", "items.still-open"),
        (invoice.is_collected_by_us, "direct-debit", "items.direct-debit"),
        (any(_is_on(hold, invoice, now) for hold in facts.holds), "held", "hold.scheduler"),
        (held >= invoice.open_minor, "held-by-erp", "hold.erp"),
        (
            invoice.currency in covered and invoice.due_on < today,
            "unapplied-cash-covers",
            "items.unapplied-cash",
        ),
    )
    dropped = next((Silence(reason, rule) for applies, reason, rule in checks if applies), None)
    return dropped or Asked(invoice, item.step, invoice.open_minor - held)


def _is_on(hold: Hold, invoice: Invoice, now: Moment) -> bool:
    return hold.stands(now) and hold.invoice_id == invoice.invoice_id


def _is_open(invoice: Invoice, customer: Customer) -> bool:
    return (
        invoice.status == "open"
        and invoice.open_minor > 0
        and invoice.customer_id == customer.customer_id
    )


def _covered_currencies(legal_entity: str, facts: Facts, today: date) -> frozenset[str]:
    """Currencies in which money that lies with us, not yet applied, covers all that is overdue at the entity."""
    at_entity = [one for one in facts.invoices.values() if one.legal_entity == legal_entity]
    unapplied: dict[str, int] = {}
    for credit in facts.credits:
        if credit.legal_entity == legal_entity:
            unapplied[credit.currency] = unapplied.get(credit.currency, 0) + credit.unapplied_minor
    overdue = overdue_by_currency(at_entity, today)
    return frozenset(code for code, minor in overdue.items() if unapplied.get(code, 0) >= minor)


def _route(message: Message, channels: Sequence[Channel], facts: Facts) -> Route | Silence:
    open_roads = routes(facts.customer.contacts, channels, opted_out=facts.opted_out)
    for route in open_roads:
        if (route.channel, route.address) not in message.failed_roads:
            return route
    contacts = facts.customer.contacts
    if not open_roads and somebody_opted_out(contacts, channels, opted_out=facts.opted_out):
        return Silence("opted-out", "consent.opt-out")
    return Silence("no-contact", "route.none")


def _not_now(
    brief: ReminderBrief, route: Route, facts: Facts, now: Moment
) -> Wait | Silence | None:
    quiet_zones = (
        ()
        if facts.customer.is_business
        else candidate_zones(
            facts.customer.time_zone, zones_of(facts.customer.country), planned_zone=brief.time_zone
        )
    )
    moment = earliest(
        now, not_before=brief.not_before, not_after=brief.not_after, quiet_zones=quiet_zones
    )
    if moment is None:
        return Silence("outside-sending-hours", "hours.quiet")
    if moment > now:
        return Wait(moment, "outside-sending-hours", "hours.quiet")
    if not facts.sending.allows(route.address):
        return Wait(None, "not-on-allow-list", "sending.allow-list")
    return None
