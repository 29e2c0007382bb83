"""Ladder: which message, if any, a legal entity owes its customer today."""

from dataclasses import dataclass

from scheduler.domain.decision import Chased
from scheduler.domain.policy import Policy, Step

ITEMS_LISTED_MAX = 1_000
"""Most items of one message; those that came to a new step go first, then the oldest."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A message that is due: its words, the firmest words allowed, and the items it lists."""

    legal_entity: str
    step: Step
    firmest_step_max: int
    items: tuple[Chased, ...]
    rule: str

    @property
    def oldest_days_overdue(self) -> int:
        return max(one.days_overdue for one in self.items)


def reminder_due(legal_entity: str, speaking: list[Chased], policy: Policy) -> Plan | None:
    """A reminder when an item came to a new step, or when the words may still climb towards the items' age.

    The message takes the firmest step among the open items, at most one above the firmest they were
    ever told: first contact is step 1, however old the items are. Courtesies not yet told ride along.
    """
    late = _foremost([one for one in speaking if one.own.number >= 1])
    if not late:
        return None
    firmest_told = max(0, *(one.item.told_step for one in late))
    cap = firmest_told + 1
    number = min(max(one.own.number for one in late), cap)

    if any(one.own.number > one.item.listed_step for one in late):
        rule = "ladder.step-rose"
    elif number > firmest_told:
        rule = "ladder.climbs-one"
    else:
        return None
    items = tuple(late) + tuple(_untold_courtesies(speaking))
    return Plan(legal_entity, policy.step(number), cap, items, rule)


def courtesy_due(legal_entity: str, speaking: list[Chased], policy: Policy) -> Plan | None:
    """A courtesy for items about to fall due; it never lists what is overdue."""
    early = _untold_courtesies(speaking)
    if not early:
        return None
    number = max(one.own.number for one in early)
    return Plan(legal_entity, policy.step(number), 0, tuple(early), "courtesy.before-due")


def _foremost(late: list[Chased]) -> list[Chased]:
    if len(late) <= ITEMS_LISTED_MAX:
        return late
    first = sorted(late, key=lambda one: one.own.number <= one.item.listed_step)
    chosen = {one.item.key for one in first[:ITEMS_LISTED_MAX]}
    return [one for one in late if one.item.key in chosen]


def _untold_courtesies(speaking: list[Chased]) -> list[Chased]:
    early = [
        one for one in speaking if one.own.number < 1 and one.own.number > one.item.listed_step
    ]
    return early[:ITEMS_LISTED_MAX]
