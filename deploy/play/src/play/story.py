"""The story of one seed: who trades, what goes wrong and when, told one day after the other."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from types import MappingProxyType

from play.cast.customers import Customer, customers_of
from play.erp.book import Book
from play.erp.simulator import Erp
from play.record import DayOfEvents, Reading
from play.scenes.answers import ANSWERS
from play.scenes.crossings import CROSSINGS
from play.scenes.malformed import FAULTS, malformed
from play.scenes.oddities import ODDITIES, Oddity, newcomer
from play.scenes.openings import OPENINGS
from play.scenes.paying import PAYMENTS
from play.scenes.planning import PLANS
from play.scenes.requests import REQUESTS
from play.scenes.shortfalls import SHORTFALLS
from play.scenes.terms import TERMS
from play.scenes.trade import reaction, trading
from play.scenes.wire_faults import WIRE_FAULTS
from play.scenes.world import World
from shared.contracts.erp import Kind
from shared.contracts.inbox import Requested

START = date(2026, 1, 5)
"""A Monday. The story's dates follow from it and from nothing else."""

HISTORY_DAYS = 56
"""Business that was running before the first day; all of it is told on the first day."""

CUSTOMERS_PER_NEWCOMER = 60
CUSTOMERS_PER_OPENING = 8
DAYS_PER_FAULT = 4
FIRST_ODDITY_DAY = 2
STRANGE = (
    *ODDITIES,
    *TERMS,
    *SHORTFALLS,
    *CROSSINGS,
    *REQUESTS,
    *ANSWERS,
    *PAYMENTS,
    *PLANS,
    *WIRE_FAULTS,
)


class Story:
    """A story that goes on day by day and listens: customers who read messages may pay because of them.

    The same seed, customers, days, start, readings, requests and statement give the same records and errands, byte
    for byte.
    """

    def __init__(
        self,
        seed: int,
        customers: int,
        days: int,
        *,
        start: date = START,
        directed: bool = False,
    ) -> None:
        self.world = World(
            seed=seed,
            start=start,
            days=days,
            customers=customers_of(seed, customers, start=start),
            directed=directed,
            erp=Erp(start - timedelta(days=HISTORY_DAYS)),
        )
        self._day = 0
        self._newcomers = self.world.customers[: max(1, customers // CUSTOMERS_PER_NEWCOMER)]
        self._by_number = {customer.number: customer for customer in self.world.customers}
        self._cast()
        self._history()

    @property
    def book(self) -> Book:
        """The truth that the ledger is measured against."""
        return self.world.erp.book

    @property
    def customers(self) -> Sequence[Customer]:
        return self.world.customers

    def next_day(
        self,
        readings: Sequence[Reading] = (),
        requests: Sequence[Requested] = (),
        statement: Mapping[str, str] = MappingProxyType({}),
    ) -> DayOfEvents:
        """Play one more day, after customers and ERPs have read what reached them the day before.

        `statement`: what the provider told the ERPs so far.
        """
        world, today = self.world, self.world.start + timedelta(days=self._day)
        world.erp.today = today
        world.requests += requests
        world.statement.update(statement)
        world.errands.clear()
        world.erp.tell_balances(today - timedelta(days=1))
        for reading in sorted(
            readings, key=lambda r: (r.customer_number, r.on, r.channel, r.listed)
        ):
            world.read_on.update(dict.fromkeys(reading.listed, reading.on))
            customer = self._by_number[reading.customer_number]
            world.begin(reaction(world, customer, reading))

        world.live(today)

        self._day += 1
        last = self._day >= world.days
        told = world.erp.wire.take(None if last else today)
        return DayOfEvents(today, told, tuple(world.errands))

    def _cast(self) -> None:
        """Send everybody on stage: traders from the beginning, oddities on days of the die's choice."""
        world = self.world
        known = world.customers[len(self._newcomers) :]
        for customer in known:
            world.erp.tell_customer(customer)
            world.begin(trading(world, customer))
        for customer in self._newcomers:
            world.begin(
                newcomer(world, customer), on=self._some_day(world.dice(customer.number), 2)
            )

        steady = [c for c in known if not c.pays_by_debit and c.kind is not Kind.INTERCOMPANY]
        self._cast_openings(steady)
        for oddity in STRANGE:
            if oddity.directed or not world.directed:
                self._cast_oddity(oddity, steady)
        self._cast_faults(steady)

    def _cast_openings(self, steady: Sequence[Customer]) -> None:
        """Some customers come over with items that are older than the ledger's books, each kind at least once."""
        world = self.world
        for turn in range(max(len(OPENINGS), len(world.customers) // CUSTOMERS_PER_OPENING)):
            die = world.dice("opening", turn)
            scene = OPENINGS[turn % len(OPENINGS)](world, die.choice(steady), die)
            world.begin(scene, on=world.start - timedelta(days=die.randint(32, HISTORY_DAYS)))

    def _cast_oddity(self, oddity: Oddity, steady: Sequence[Customer]) -> None:
        world = self.world
        times = max(1, int(oddity.per_thousand * len(world.customers) * world.days / 1000))
        for turn in range(times):
            die = world.dice("oddity", oddity.name, turn)
            customer = die.choice(steady)
            day = self._some_day(die, oddity.takes_days)
            world.begin(oddity.scene(world, customer, die), on=day)

    def _cast_faults(self, steady: Sequence[Customer]) -> None:
        """Every few days another refusal, each of them once before any comes again."""
        world = self.world
        faults = [fault for fault in FAULTS if fault.directed or not world.directed]
        world.dice("faults").shuffle(faults)
        for turn in range(max(1, world.days // DAYS_PER_FAULT)):
            die = world.dice("fault", turn)
            scene = malformed(world, die.choice(steady), die, faults[turn % len(faults)])
            day = min(FIRST_ODDITY_DAY + turn * DAYS_PER_FAULT, world.days - 1)
            world.begin(scene, on=world.start + timedelta(days=day))

    def _some_day(self, die: Random, takes_days: int) -> date:
        last = max(FIRST_ODDITY_DAY, self.world.days - takes_days - 1)
        return self.world.start + timedelta(days=die.randint(FIRST_ODDITY_DAY, last))

    def _history(self) -> None:
        world = self.world
        for ago in range(HISTORY_DAYS, 0, -1):
            world.live(world.start - timedelta(days=ago))


def story(
    seed: int, customers: int, days: int, *, start: date = START, directed: bool = False
) -> list[DayOfEvents]:
    """The whole story when nobody reads a message: a list of days that is the same for the same arguments."""
    told = Story(seed, customers, days, start=start, directed=directed)
    return [told.next_day() for _ in range(days)]
