"""Chase: which open items may be spoken of today, which are silent and why, and when that next changes."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from uuid import UUID

from scheduler.domain.customer import LegalEntity
from scheduler.domain.decision import Chased, Decision, Kind, items_facts
from scheduler.domain.item import Item, Key
from scheduler.domain.policy import Policy, Step
from scheduler.domain.silence import Hush, hush_of_customer, hush_of_item
from scheduler.domain.view import Rulebook, View
from shared.base.clock import Moment
from shared.base.days import DAY, at_local, local_day
from shared.base.ids import derived_id
from shared.base.money import decimal_text


@dataclass(frozen=True, slots=True)
class Rise:
    """A day of a legal entity on which an item's own step, or its escalation, comes due."""

    day: date
    zone: str
    why: str


@dataclass(slots=True)
class Chase:
    """`speaking` are the items per legal entity that may be listed, in the order of due date and number."""

    today: dict[str, date] = field(default_factory=dict)
    speaking: dict[str, list[Chased]] = field(default_factory=dict)
    silent: dict[Hush, list[Chased]] = field(default_factory=dict)
    hushed: dict[Key, str] = field(default_factory=dict)
    rises: list[Rise] = field(default_factory=list)
    hold_ends: list[Moment] = field(default_factory=list)

    def hush(self, hush: Hush, items: list[Chased]) -> None:
        self.silent.setdefault(hush, []).extend(items)
        self.hushed.update((one.item.key, hush.reason) for one in items)

    def silences(self) -> dict[str, Decision]:
        """One decision per reason and reach; the key changes when the items or their steps do."""
        return {_key(hush, items): _silence(hush, items) for hush, items in self.silent.items()}


@dataclass(slots=True)
class _Owed:
    """What one legal entity is owed in one currency: overdue, and soon to fall due."""

    overdue: list[Chased] = field(default_factory=list)
    early: list[Chased] = field(default_factory=list)


@dataclass(slots=True)
class _Sorting:
    """Items put where they belong, one by one, the oldest of an invoice first: owed somewhere, or silent.

    `older` is what the instalments of an invoice that were taken so far leave open.
    """

    view: View
    policy: Policy
    moment: Moment
    everywhere: Hush | None
    chase: Chase = field(default_factory=Chase)
    owed: dict[tuple[str, str], _Owed] = field(default_factory=dict)
    older: dict[UUID, int] = field(default_factory=dict)

    def take(self, item: Item, due_on: date, entity: LegalEntity) -> None:
        today = self.chase.today.setdefault(entity.code, local_day(self.moment, entity.time_zone))
        days = (today - due_on).days
        own = self.policy.own_step(days)
        self.chase.rises.extend(_rises(item, due_on, days, entity, self.policy))
        older = self.older.get(item.invoice_id, 0)
        self.older[item.invoice_id] = older + item.open_minor
        whole_debt = self.view.customer.is_consumer
        told = self.view.amount_holds.get(item.invoice_id, [])
        amounts = [hold for hold in told if hold.stands(today)]
        held = item.held_minor(today, amounts, older_minor=older, whole_debt=whole_debt)
        hush = self.everywhere or hush_of_item(
            item,
            customer=self.view.customer,
            entity=entity,
            holds=self.view.holds,
            held_minor=held,
            amounts=amounts,
            today=today,
            moment=self.moment,
        )
        if hush is not None:
            self.silence(item, hush, own, due_on, days)
        elif days > 0 or own is not None:
            there = self.owed.setdefault((entity.code, item.currency), _Owed())
            untouched = days <= 0 and not older and not held
            discount = item.best_discount(today) if untouched else None
            words, minor = own or self.policy.steps[0], item.open_minor - held
            chased = Chased(item, words, due_on, days, minor, discount)
            (there.overdue if days > 0 else there.early).append(chased)

    def silence(self, item: Item, hush: Hush, own: Step | None, due_on: date, days: int) -> None:
        """Nothing is said of it; that is worth a line once there would have been something to say."""
        self.chase.hushed[item.key] = hush.reason
        if own is not None:
            self.chase.hush(hush, [Chased(item, own, due_on, days, item.open_minor)])

    def take_stray(self, item: Item, due_on: date) -> None:
        """An item of a legal entity that the company file does not name."""
        days = (self.moment.date() - due_on).days
        stray = Hush("legal-entity-unknown", "silence.legal-entity", item.legal_entity)
        self.silence(item, stray, self.policy.own_step(days), due_on, days)


def sort_out(view: View, rulebook: Rulebook, policy: Policy, *, moment: Moment) -> Chase:
    """Go through all open items once; then compare what is owed with what is on account."""
    sorting = _Sorting(view, policy, moment, hush_of_customer(view.customer))
    for item in sorted(view.items, key=_by_age):
        entity = rulebook.entities.get(item.legal_entity)
        if item.due_on is None:
            sorting.chase.hushed[item.key] = "not-due"
        elif entity is None:
            sorting.take_stray(item, item.due_on)
        else:
            sorting.take(item, item.due_on, entity)

    chase = sorting.chase
    for place, amounts in sorted(sorting.owed.items(), key=lambda pair: pair[0]):
        on_account = view.unapplied.get(place, 0)
        for hush, listed in _weigh(place, amounts, policy, on_account=on_account):
            if hush is None:
                chase.speaking.setdefault(place[0], []).extend(listed)
            else:
                chase.hush(hush, listed)
    _ends_of_holds(view, rulebook, chase, moment=moment)
    return chase


def _weigh(
    there: tuple[str, str], amounts: _Owed, policy: Policy, *, on_account: int
) -> list[tuple[Hush | None, list[Chased]]]:
    """Compare what is owed in one place with what is on account there, and with the least worth a word."""
    currency, scope = there[1], "/".join(there)
    minimum = policy.minimum.get(currency, 0)
    enough = f"{decimal_text(on_account, currency)} on account"
    little = f"less than {decimal_text(minimum, currency)}"

    weighed: list[tuple[Hush | None, list[Chased]]] = []
    owed = 0
    for group in (amounts.overdue, amounts.early):
        owed += sum(one.minor for one in group)
        # overdue, but not yet as late as the first step: it counts as owed and is not listed
        listed = [one for one in group if one.days_overdue <= 0 or one.own.number >= 1]
        hush = None
        if owed <= on_account:
            hush = Hush("covered-by-unapplied", "silence.covered", scope, enough)
        elif owed < minimum:
            hush = Hush("below-minimum", "silence.minimum", scope, little)
        if listed:
            weighed.append((hush, listed))
    return weighed


def _rises(item: Item, due_on: date, days: int, entity: LegalEntity, policy: Policy) -> list[Rise]:
    coming = policy.next_day(days)
    if coming is None:
        return []
    day = due_on + timedelta(days=coming)
    return [Rise(day, entity.time_zone, f"{item.title} comes to its next step")]


def _ends_of_holds(view: View, rulebook: Rulebook, chase: Chase, *, moment: Moment) -> None:
    """Moments at which silence may end by itself."""
    ends = [hold.until for hold in view.holds if hold.until is not None and hold.ended_at is None]
    amounts = [hold for held in view.amount_holds.values() for hold in held]
    for code in chase.today:
        zone = rulebook.entities[code].time_zone
        days = {hold.until for hold in view.customer.holds if hold.legal_entity in {None, code}}
        days |= {
            hold.until for item in view.items if item.legal_entity == code for hold in item.holds
        }
        days |= {hold.ends_on for hold in amounts if hold.legal_entity == code}
        ends.extend(at_local(day + DAY, time(), zone) for day in days if day is not None)
    chase.hold_ends.extend(end for end in ends if end > moment)


def _by_age(item: Item) -> tuple[date, str, str, int]:
    """What is not due comes last."""
    return item.due_on or date.max, item.invoice_number, str(item.invoice_id), item.number


def _key(hush: Hush, items: list[Chased]) -> str:
    told = sorted((*map(str, one.item.key), one.own.number) for one in items)
    return f"{hush.reason}:{derived_id(hush.scope, hush.detail, told)}"


def _silence(hush: Hush, items: list[Chased]) -> Decision:
    facts = {"scope": hush.scope, "detail": hush.detail, **items_facts(items)}
    firmest = max(one.own.number for one in items)
    return Decision(Kind.SILENCE, firmest, hush.reason, hush.rule, facts)
