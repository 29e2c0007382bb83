"""View: everything a decision about one customer may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from scheduler.domain.customer import Customer, Habits, LegalEntity
from scheduler.domain.hold import AmountHold, Hold
from scheduler.domain.item import Item, Key
from scheduler.domain.policy import Policy
from scheduler.domain.segment import Segments
from scheduler.domain.standing import ContactDay, Standing
from shared.base.clock import Moment
from shared.base.days import local_day


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A reminder that was planned and whose outcome is not yet known."""

    reminder_id: UUID
    legal_entity: str
    contact_day: date
    step: int
    items: frozenset[Key]


@dataclass(slots=True)
class View:
    """`items` are the open ones; `unapplied` is per legal entity and currency, in minor units.

    `amount_holds` are those that nobody has ended, by invoice; `planned_days` the contact days that already had a
    reminder of an entity, whatever became of it; `unsent_days` those on which nothing left, since something last did or
    the customer changed.
    """

    customer: Customer
    standing: Standing = field(default_factory=Standing)
    habits: Habits = field(default_factory=Habits)
    items: list[Item] = field(default_factory=list)
    unapplied: dict[tuple[str, str], int] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    amount_holds: dict[UUID, list[AmountHold]] = field(default_factory=dict)
    outstanding: list[Outstanding] = field(default_factory=list)
    planned_days: set[tuple[str, date]] = field(default_factory=set)
    contacts: list[ContactDay] = field(default_factory=list)
    unsent_days: list[date] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that does not depend on the customer: segments, a policy for each, and our legal entities by code."""

    segments: Segments
    policies: Mapping[str, Policy]
    entities: Mapping[str, LegalEntity]

    def home(self, view: View) -> LegalEntity:
        """The legal entity whose place stands in for an unknown one.

        The customer's own, else the first they owe, else the company's first.
        """
        owed_to = {item.legal_entity for item in view.items}
        codes = [view.customer.legal_entity or "", *sorted(owed_to), *sorted(self.entities)]
        return next(self.entities[code] for code in codes if code in self.entities)


def is_overdue(view: View, legal_entity: str, rulebook: Rulebook, *, moment: Moment) -> bool:
    """Whether something that is owed there is past its day, silent or not; at an entity nobody knows, by UTC's day."""
    known = rulebook.entities.get(legal_entity)
    today = local_day(moment, known.time_zone if known else "UTC")
    return any(
        item.legal_entity == legal_entity and item.due_on is not None and item.due_on < today
        for item in view.items
    )
