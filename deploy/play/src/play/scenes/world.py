"""The play's stage: scenes that unfold day by day over the ERP's books.

A scene is a generator that acts and then yields the day on which it goes on. Nothing reads a clock: the world is
moved from day to day by whoever plays, and everything random comes from a die of the scene's own.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random

from play.cast.customers import Customer
from play.erp.simulator import Erp
from play.errands import Errand
from play.record import dice
from shared.base.days import DAY
from shared.contracts.inbox import Requested

Scene = Iterator[date]


@dataclass(slots=True)
class World:
    """`directed` books keep to what gives the same result in any order within a day."""

    seed: int
    start: date
    days: int
    customers: list[Customer]
    directed: bool
    erp: Erp
    errands: list[Errand] = field(default_factory=list)
    """What people of ours do today, in the morning."""
    requests: list[Requested] = field(default_factory=list)
    """What the ERPs have been asked so far."""
    statement: dict[str, str] = field(default_factory=dict)
    """What the provider has told the ERPs: payment at the portal → the provider's number of the money."""
    read_on: dict[str, date] = field(default_factory=dict)
    """Invoice number → the last day on which a message that lists it was read."""
    messages_read: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _agenda: list[tuple[date, int, Scene]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    @property
    def today(self) -> date:
        return self.erp.today

    @property
    def tomorrow(self) -> date:
        return self.erp.today + DAY

    @property
    def opened(self) -> bool:
        """The curtain is up: before, there is only history."""
        return self.today >= self.start

    @property
    def end(self) -> date:
        """The first day after the play."""
        return self.start + self.days * DAY

    def dice(self, *names: object) -> Random:
        return dice(self.seed, *names)

    def begin(self, scene: Scene, *, on: date | None = None) -> None:
        """Let the scene act on that day, or at once."""
        heapq.heappush(self._agenda, (on or self.today, next(self._order), scene))

    def live(self, day: date) -> None:
        """Play everything that happens on that day."""
        self.erp.today = day

        while self._agenda and self._agenda[0][0] <= day:
            _, _, scene = heapq.heappop(self._agenda)
            wanted = next(scene, None)
            if wanted is not None:
                self.begin(scene, on=max(wanted, self.tomorrow))

    def business_day_in(self, days: int, customer: Customer) -> date:
        """The first business day of the customer's legal entity that is at least so many days away."""
        return customer.entity.calendar.next_business_day(self.today + days * DAY)
