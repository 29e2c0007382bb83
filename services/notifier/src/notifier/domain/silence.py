"""Silence at the last look: why a customer, or one of the planned items, is not spoken to or of after all.

Reasons and rule ids are the scheduler's wherever they mean the same, so that a timeline reads as one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from notifier.domain.agreement import AgreementBrief
from notifier.domain.brief import PlannedItem, Step
from notifier.domain.budget import ContactDay
from notifier.domain.contact import Address
from notifier.domain.customer import Customer, Hold, Team
from notifier.domain.invoice import Credit, Instalment, Invoice
from notifier.domain.sending import Sending
from shared.base.clock import Moment
from shared.base.days import local_day


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one customer at one legal entity at the moment of the look.

    `entity_zone` is the legal entity's time zone, "" while the company file does not know it.

    `invoices` are all the customer's open ones and every one that is listed; `parked_here` counts records of the
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
    team: Team | None = None
    """Whose errand the dispute is that a warning is about."""

    earlier_at: Moment | None = None
    """When earlier news of the same dispute that has not left is due; None when there is none."""

    @property
    def is_in_doubt(self) -> bool:
        """Whether records of the customer stand aside somewhere, so that amounts may not be what they seem."""
        return bool(self.parked_here or self.customer.parked)


@dataclass(frozen=True, slots=True)
class Asked:
    """An instalment that is still to be asked for, and how much of it. It is due one day."""

    invoice: Invoice
    part: Instalment
    step: Step
    minor: int

    @property
    def key(self) -> tuple[UUID, int]:
        return self.invoice.invoice_id, self.part.number

    @property
    def due_on(self) -> date:
        assert self.part.due_on is not None, "what is never due is never asked for"
        return self.part.due_on

    @property
    def instalment(self) -> int | None:
        """Its number, where there is more to say than the invoice's."""
        alone = len(self.invoice.instalments) == 1 and self.part.number == 1
        return None if alone else self.part.number


@dataclass(frozen=True, slots=True)
class Silence:
    """Not at all, and why."""

    reason: str
    rule: str


_SPOKEN_FOR = ("insolvency", "legal")
"""Holds under which somebody else speaks for the customer, and we write to nobody there."""

Checks = tuple[tuple[bool, str, str], ...]
"""(applies, reason, rule): the first that applies is the one that is told."""


def silence_of_customer(legal_entity: str, facts: Facts, now: Moment) -> Silence | None:
    """What silences the customer at that legal entity altogether."""
    customer = facts.customer
    held_by = [hold.kind for hold in facts.holds if _covers(hold, legal_entity, now)]
    checks: Checks = (
        (bool(customer.doubts), "erp-data-incomplete", "silence.doubt"),
        (not customer.known, "customer-unknown", "silence.customer-unknown"),
        (customer.kind == "intercompany", "intercompany", "silence.kind"),
        (customer.status != "active", f"customer-{customer.status}", "silence.status"),
        (
            customer.is_held_by_erp(legal_entity, facts.entity_zone, now),
            "erp-hold",
            "silence.erp-hold",
        ),
        (bool(held_by), f"{next(iter(held_by), '')}-hold", "silence.hold"),
    )
    return _first(checks)


def silence_of_request(
    legal_entity: str, brief: AgreementBrief, facts: Facts, now: Moment
) -> Silence | None:
    """What silences a word that asks for a part of a plan: all that silences a reminder, settled invoices, and money
    that lies with us unapplied and would pay the part.
    """
    minor = brief.part.left_minor if brief.part else 0
    if silence := silence_of_customer(legal_entity, facts, now):
        return silence
    known = [
        facts.invoices[one.invoice_id] for one in brief.items if one.invoice_id in facts.invoices
    ]
    owed = any(is_owed(one, part, facts.customer) for one in known for part in one.instalments)
    on_account = _unapplied(legal_entity, facts).get(brief.currency, 0)
    checks: Checks = (
        (bool(known) and not owed, "settled", "silence.settled"),
        (on_account >= minor, "covered-by-unapplied", "silence.covered"),
    )
    return _first(checks)


def silence_of_news(legal_entity: str, facts: Facts, now: Moment) -> Silence | None:
    """What silences even an answer. Holds that only keep us from asking for money do not."""
    customer = facts.customer
    held_by = {hold.kind for hold in facts.holds if _covers(hold, legal_entity, now)}
    checks: Checks = (
        (customer.status == "deleted", "customer-deleted", "silence.status"),
        *((kind in held_by, f"{kind}-hold", "silence.hold") for kind in _SPOKEN_FOR),
    )
    return _first(checks)


def rest_of(invoice: Invoice, part: Instalment, facts: Facts, now: Moment) -> int:
    """What of an instalment is open and not held back, in minor units."""
    return part.open_minor - _held(invoice, facts, local_day(now, facts.entity_zone))[part.number]


def rest_asked(invoices: Collection[UUID], facts: Facts, now: Moment) -> int | None:
    """What of these invoices is asked for besides what is held, in minor units; None where that is not certain."""
    known = [facts.invoices[one] for one in set(invoices) if one in facts.invoices]
    if facts.is_in_doubt or len(known) < len(set(invoices)):
        return None
    today = local_day(now, facts.entity_zone)
    return sum(
        part.open_minor - held[part.number]
        for invoice in known
        if (held := _held(invoice, facts, today))
        for part in invoice.instalments
        if is_owed(invoice, part, facts.customer)
    )


def still_asked(
    legal_entity: str, items: tuple[PlannedItem, ...], facts: Facts, now: Moment
) -> tuple[tuple[Asked, ...], Silence]:
    """What is left of the plan's items, and the reason to give when nothing is."""
    today = local_day(now, facts.entity_zone)
    judged = [_judge(item, facts, now, today=today) for item in items]
    asked = [one for one in judged if isinstance(one, Asked)]
    dropped = [one for one in judged if isinstance(one, Silence)]

    covered = _covered(legal_entity, asked, facts, today)
    left = tuple(one for one in asked if one.key not in covered)
    if covered:
        dropped.append(Silence("covered-by-unapplied", "silence.covered"))
    reasons = list(dict.fromkeys(dropped))
    return left, reasons[0] if len(reasons) == 1 else Silence("nothing-left", "silence.items")


def is_owed(invoice: Invoice, part: Instalment, customer: Customer) -> bool:
    """Open, and this customer's."""
    return (
        invoice.status == "open"
        and part.open_minor > 0
        and invoice.customer_id == customer.customer_id
    )


def _judge(item: PlannedItem, facts: Facts, now: Moment, *, today: date) -> Asked | Silence:
    invoice = facts.invoices.get(item.invoice_id)
    if invoice is None:
        return Silence("invoice-unknown", "silence.doubt")

    part = invoice.instalment(item.number)
    held = _held(invoice, facts, today).get(part.number, 0)
    held_by = [hold.kind for hold in facts.holds if _is_on(hold, invoice, now)]
    checks: Checks = (
        (invoice.status == "cancelled", "cancelled", "silence.settled"),
        (not is_owed(invoice, part, facts.customer), "settled", "silence.settled"),
        (part.due_on is None, "not-due", "silence.not-due"),
        (bool(held_by), f"{next(iter(held_by), '')}-hold", "silence.hold"),
        (invoice.is_collected_by_us, "direct-debit", "silence.direct-debit"),
        (held >= part.open_minor, "invoice-held", "silence.invoice-hold"),
    )
    return _first(checks) or Asked(invoice, part, item.step, part.open_minor - held)


def _covered(
    legal_entity: str, asked: Sequence[Asked], facts: Facts, today: date
) -> frozenset[tuple[UUID, int]]:
    """Items that money which lies with us unapplied pays for: what is overdue first, then what is not yet due."""
    unapplied = _unapplied(legal_entity, facts)
    owed = _overdue(legal_entity, facts, today)
    late = [one for one in asked if one.due_on < today]
    early = [one for one in asked if one.due_on >= today]

    covered = {one.key for one in late if _is_paid_for(one, owed, unapplied)}
    for one in early:
        owed[one.invoice.currency] = owed.get(one.invoice.currency, 0) + one.minor
    return frozenset(covered | {one.key for one in early if _is_paid_for(one, owed, unapplied)})


def _is_paid_for(one: Asked, owed: Mapping[str, int], unapplied: Mapping[str, int]) -> bool:
    return unapplied.get(one.invoice.currency, 0) >= owed.get(one.invoice.currency, one.minor)


def _overdue(legal_entity: str, facts: Facts, today: date) -> dict[str, int]:
    """What could be asked for and is past its due date there, listed or not, per currency."""
    sums: dict[str, int] = {}
    for one in facts.invoices.values():
        if one.legal_entity != legal_entity or one.is_collected_by_us:
            continue
        held = _held(one, facts, today)
        for part in one.instalments:
            if part.is_overdue(today) and is_owed(one, part, facts.customer):
                left = part.open_minor - held[part.number]
                sums[one.currency] = sums.get(one.currency, 0) + left
    return sums


def _held(invoice: Invoice, facts: Facts, today: date) -> Mapping[int, int]:
    return invoice.held_minor(today, whole_debt=not facts.customer.is_business)


def _unapplied(legal_entity: str, facts: Facts) -> dict[str, int]:
    sums: dict[str, int] = {}
    for credit in facts.credits:
        if credit.legal_entity == legal_entity:
            sums[credit.currency] = sums.get(credit.currency, 0) + credit.unapplied_minor
    return sums


def _covers(hold: Hold, legal_entity: str, now: Moment) -> bool:
    return (
        hold.stands(now) and hold.invoice_id is None and hold.legal_entity in {None, legal_entity}
    )


def _is_on(hold: Hold, invoice: Invoice, now: Moment) -> bool:
    return hold.stands(now) and hold.invoice_id == invoice.invoice_id


def _first(checks: Checks) -> Silence | None:
    return next((Silence(reason, rule) for applies, reason, rule in checks if applies), None)
