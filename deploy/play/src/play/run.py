"""The live run: run errands, publish a day, move the clock, read what came out; then look at everything once more."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from play.cast.customers import Customer
from play.checks import CustomerFound
from play.doors import Doors, Item
from play.errands import Asking, Closing, Deciding, Errand, Paying, Saying, sayings_of
from play.figures import DSO_WINDOW_DAYS, Balances, balances_of, dso_of, receivables_of, week_of
from play.letterbox import Letterbox, Sent, readings_of
from play.portal import Page, Portal, Shown
from play.record import DayOfEvents, ErpRecord, deliveries, dice
from play.story import Story
from play.summary import DayFound, Dso
from shared.base.clock import machine_seconds
from shared.base.days import DAY
from shared.base.ids import object_id
from shared.contracts.inbox import Requested

MORNING = time(6, 0)
"""When the ERPs tell their day, in UTC: before anybody is contacted in Europe, and that day has begun in Chicago."""

HOPELESS = ("type-unknown", "source-unknown", "payload-unreadable", "identity-changed")
"""Endings of refusal codes that no later version of the ERP will mend."""
PATIENCE_DAYS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play, and how it is delivered."""

    seed: int
    customers: int
    days: int
    start: date
    directed: bool = False
    twice: bool = False
    shuffled: bool = False

    def story(self) -> Story:
        return Story(self.seed, self.customers, self.days, start=self.start, directed=self.directed)


@dataclass(slots=True)
class Found:
    """What a run brought to light."""

    story: Story
    records: list[ErpRecord] = field(default_factory=list)
    delivered: int = 0
    events_by_week: Counter[int] = field(default_factory=Counter)
    sent: list[Sent] = field(default_factory=list)
    days: list[DayFound] = field(default_factory=list)
    dso_by_week: dict[int, tuple[Dso, ...]] = field(default_factory=dict)
    balances: Balances = field(default_factory=dict)
    balances_by_day: dict[date, Balances] = field(default_factory=dict)
    proof: Item = field(default_factory=dict)
    balance_runs: list[Item] = field(default_factory=list)
    outcomes: dict[str, Item] = field(default_factory=dict)
    customers: list[CustomerFound] = field(default_factory=list)
    requests: list[Item] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    shown: Shown = field(default_factory=lambda: Shown({}, {}))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    clock_stops: int = 0


class Publishes(Protocol):
    """Brings records to Kafka, in order."""

    async def publish(self, records: Sequence[ErpRecord]) -> None: ...


class Hears(Protocol):
    """Reads what the ERPs are asked."""

    async def news(self) -> Sequence[Requested]: ...


class Watcher(Protocol):
    """Somebody who is told how far the play is."""

    def day_played(self, number: int, today: DayOfEvents, sent: Sequence[Sent]) -> None: ...

    def looking(self, at: str) -> None: ...


class Run:
    """One play of a plan against a stack that is up and has no book yet."""

    def __init__(
        self, plan: Plan, doors: Doors, publisher: Publishes, inbox: Hears, watcher: Watcher
    ) -> None:
        self._plan = plan
        self._doors = doors
        self._portal = Portal(doors)
        self._publisher = publisher
        self._inbox = inbox
        self._watcher = watcher
        self._found = Found(plan.story())
        self._letterbox = Letterbox(doors, self._found.story.customers)

    @property
    def story(self) -> Story:
        return self._found.story

    async def play(self) -> Found:
        """Play all days, then look at everything; raises DoorClosedError when the stack fails."""
        await self._doors.advance(morning_of(self._plan.start))

        sent: Sequence[Sent] = ()
        asked: Sequence[Requested] = ()
        for number in range(self._plan.days):
            statement = self._portal.statement
            today = self._found.story.next_day(readings_of(sent), asked, statement)
            sent, asked = await self._live(today)
            await self._measure(today.day, number)
            self._watcher.day_played(number, today, sent)

        await self._look_at_everything()
        return self._found

    async def _live(self, today: DayOfEvents) -> tuple[list[Sent], Sequence[Requested]]:
        """One day from morning to morning; answers what was sent in it, and what the ERPs were asked."""
        plan, found = self._plan, self._found
        shuffled_by = dice(plan.seed, "shuffle", today.day) if plan.shuffled else None
        wire = deliveries(today, twice=plan.twice, shuffled_by=shuffled_by)

        with self._timed("publish"):
            for errand in today.errands * (2 if plan.twice else 1):
                await self._carry_out(errand)
            await self._publisher.publish(wire)
        with self._timed("advance"):
            found.clock_stops += await self._doors.advance(morning_of(today.day + DAY))
        with self._timed("read"):
            sent = await self._letterbox.empty(today.day)
            asked = await self._inbox.news()

        found.records += today.records
        found.delivered += len(wire)
        found.events_by_week[week_of(today.day, first_day=plan.start)] += len(today.records)
        found.sent += sent
        found.errands += today.errands
        return sent, asked

    async def _carry_out(self, errand: Errand) -> None:
        match errand:
            case Asking():
                await self._doors.ask(errand)
            case Closing():
                await self._doors.close(errand)
            case Saying():
                await self._portal.say(errand)
            case Paying():
                await self._portal.pay(errand)
            case Deciding():
                await self._doors.decide(errand)

    async def _measure(self, day: date, number: int) -> None:
        """Receivables every evening; DSO when a week or the play ends, and a look at what is parked."""
        with self._timed("measure"):
            receivables = receivables_of(await self._doors.aging(day))
            self._found.days.append(DayFound(day=day, receivables=receivables))
            if number % 7 == 6 or number == self._plan.days - 1:
                at_end = balances_of(await self._doors.trial_balance(day))
                window = timedelta(days=DSO_WINDOW_DAYS)
                at_begin = balances_of(await self._doors.trial_balance(day - window))
                week = week_of(day, first_day=self._plan.start)
                self._found.dso_by_week[week] = dso_of(at_end, at_begin)
                await self._discard_hopeless(day)

    async def _discard_hopeless(self, day: date) -> None:
        """What no ERP will ever correct is discarded by staff, with a reason, after some days."""
        for parked in await self._doors.parked():
            age = day - datetime.fromisoformat(parked["parked_at"]).date()
            if parked["code"].endswith(HOPELESS) and age.days >= PATIENCE_DAYS:
                reason = f"the ERP will not correct it: {parked['code']}"
                await self._doors.discard(parked["parked_id"], reason=reason)

    async def _look_at_everything(self) -> None:
        doors, found = self._doors, self._found
        with self._timed("check"):
            found.balances = balances_of(await doors.trial_balance())
            days = [one.day for one in found.days]
            by_day = await doors.of_each(days, doors.trial_balance)
            found.balances_by_day = dict(zip(days, map(balances_of, by_day), strict=True))
            found.proof = await doors.proof()
            found.balance_runs = await doors.balance_runs()
            found.requests = await doors.requests()
            self._watcher.looking("at every customer's items, timeline and messages")
            found.customers = await doors.of_each(found.story.customers, self._customer)
            self._watcher.looking("at what customers are shown")
            found.shown = await self._portal.shown(sayings_of(found.errands))
            found.pages = self._portal.pages
            self._watcher.looking("at what became of every event")
            unique = list({record.event_id: record for record in found.records}.values())
            outcomes = await doors.of_each(unique, self._outcome)
            found.outcomes = {
                record.event_id: outcome for record, outcome in zip(unique, outcomes, strict=True)
            }

    async def _customer(self, customer: Customer) -> CustomerFound:
        ours = object_id(customer.entity.source, "customer", customer.number)
        return CustomerFound(
            customer_number=customer.number,
            source=customer.entity.source,
            open_items=await self._doors.open_items(ours),
            unapplied=await self._doors.unapplied(ours),
            timeline=await self._doors.timeline(ours),
            messages=await self._doors.messages(ours),
        )

    async def _outcome(self, record: ErpRecord) -> Item:
        return await self._doors.intake(record.source, record.event_id)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        begun = machine_seconds()
        yield
        self._found.seconds[what] += machine_seconds() - begun


def morning_of(day: date) -> datetime:
    """When the ERPs tell that day."""
    return datetime.combine(day, MORNING, UTC)
