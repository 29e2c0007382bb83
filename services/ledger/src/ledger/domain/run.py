"""A run: the ERP's word on all that is open for one legal entity, told in parts and in any order (ERP rule 10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from shared.base.days import DAY, at_local
from shared.base.ids import derived_id, object_id

RUN = "balance-run"

INSTANT = timedelta(microseconds=1)
"""The least there is: what happens at midnight belongs to the day that begins."""

Scope = tuple[str, str]
"""(source, legal entity): runs of one scope follow one another."""
Age = tuple[date, datetime]
"""By what one run is older than another: the day it speaks of, then when its first record came."""


class RunName(NamedTuple):
    """What makes records belong together. `as_of` is a day of the legal entity; the word holds at its end."""

    source: str
    legal_entity: str
    run_id: str
    as_of: date

    @property
    def run_key(self) -> UUID:
        return derived_id("balance-run", *self)

    @property
    def object_id(self) -> UUID:
        """What its records are about, as `intake` has it."""
        return object_id(self.source, RUN, self.run_id)

    @property
    def scope(self) -> Scope:
        return self.source, self.legal_entity


def said_id(object_id: UUID | None, line: str) -> UUID:
    """The same word has the same id, whatever it says, so that the second time finds it taken."""
    return derived_id("said", object_id, line)


class StatedItem(NamedTuple):
    """What the ERP says is left of an item; `minor` is zero or more."""

    kind: str
    source_id: str
    item_id: UUID
    currency: str
    minor: int


class ItemsStated(NamedTuple):
    """One part of what a run says of a customer."""

    said_id: UUID
    run: RunName
    customer_id: UUID
    customer_number: str
    part: int
    parts: int
    content: bytes
    items: tuple[StatedItem, ...]


class RunCompleted(NamedTuple):
    """The end of a run: how many customers it has stated, and by currency what they have open."""

    said_id: UUID
    run: RunName
    content: bytes
    customers: int
    totals: tuple[tuple[str, int], ...]


@dataclass(slots=True, eq=False)
class Run:
    """What is known of a run. News moves `heard_at`, so that it is judged (again) some time after its last record."""

    name: RunName
    opened_at: datetime
    heard_at: datetime
    completion: RunCompleted | None = None
    absence_counts: bool = False
    """Whether who is not stated has nothing open: settled when judging begins."""

    @property
    def age(self) -> Age:
        return self.name.as_of, self.opened_at

    def changed_until(self, zone: str) -> datetime:
        """What changed later is not judged: the day is over by then, or the word was given already."""
        return min(at_local(self.name.as_of + DAY, time(), zone) - INSTANT, self.opened_at)

    def is_all_there(self, *, stated: int, whole: int) -> bool:
        """Whether all records are there: of the customers stated by now, so many are `whole`."""
        return self.completion is not None and stated == whole == self.completion.customers

    def adds_up(self, stated: Mapping[str, int]) -> bool:
        """Whether what was stated, by currency, is what the end of the run says."""
        return not any(ours != theirs for _, ours, theirs in self.totals_beside(stated))

    def totals_beside(self, stated: Mapping[str, int]) -> list[tuple[str, int, int]]:
        """(currency, sum of what was stated, total that the ERP says)."""
        assert self.completion is not None
        said = dict(self.completion.totals)
        return [
            (currency, stated.get(currency, 0), said.get(currency, 0))
            for currency in sorted(said.keys() | stated.keys())
        ]


@dataclass(slots=True)
class Balances:
    """What a slice's records of runs can touch, and what became of it."""

    runs: dict[UUID, Run] = field(default_factory=dict)
    newest: dict[Scope, Age] = field(default_factory=dict)
    """The newest run that was judged."""
    contents: dict[UUID, bytes] = field(default_factory=dict)
    """Statements that are there, by id."""
    aside: dict[UUID, list[UUID]] = field(default_factory=dict)
    """Records that stand parked, by the statement or completion they were to be."""
    stated: list[ItemsStated] = field(default_factory=list)
    changed: dict[UUID, Run] = field(default_factory=dict)

    def outrun(self, run: Run) -> bool:
        """Whether a newer run of the scope has been judged, so that this one has nothing to say any more."""
        newest = self.newest.get(run.name.scope)
        return newest is not None and run.age < newest

    def keep(self, run: Run) -> None:
        """Hold a run that has news."""
        self.runs[run.name.run_key] = self.changed[run.name.run_key] = run
