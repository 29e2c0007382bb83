"""What the play sends: records as an ERP puts them on the wire, gathered by day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from play.errands import Errand

ACCEPTED = ("accepted",)
DUPLICATE = ("duplicate",)
SUPERSEDED = ("superseded",)
CONFLICT = ("conflict", "superseded")
"""A conflict stands until the ERP speaks with a higher version."""
REFUSED = ("refused", "superseded")
"""A refusal stands until the ERP corrects it, or a person discards it."""


@dataclass(frozen=True, slots=True)
class ErpRecord:
    """One CloudEvent of an ERP, ready for the wire, and what the ledger should make of it in the end."""

    event_id: str
    source: str
    type: str
    topic: str
    key: str
    time: str
    body: bytes
    expected: tuple[str, ...] = ACCEPTED
    code: str = ""


@dataclass(frozen=True, slots=True)
class DayOfEvents:
    """Everything the ERPs tell on one day, in the order in which they tell it, and what our own people do before."""

    day: date
    records: tuple[ErpRecord, ...]
    errands: tuple[Errand, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A customer found a message of ours: which day, by which channel, and the invoice numbers in it.

    A text that lists no number means everything that is overdue.
    """

    customer_number: str
    on: date
    channel: str
    listed: tuple[str, ...] = field(default=())


def dice(*names: object) -> Random:
    """A die of its own for every purpose: the same names throw the same numbers, whatever was thrown elsewhere."""
    return Random("/".join(str(name) for name in names))


def present(**fields: Any) -> dict[str, Any]:
    """Only the fields that are there: in the contract an absent field means none, and null is refused."""
    return {name: value for name, value in fields.items() if value is not None}


def deliveries(
    today: DayOfEvents, *, twice: bool = False, shuffled_by: Random | None = None
) -> tuple[ErpRecord, ...]:
    """What really goes out: everything a second time and in any order, when asked for."""
    records: Iterable[ErpRecord] = today.records * 2 if twice else today.records
    mixed = list(records)

    if shuffled_by is not None:
        shuffled_by.shuffle(mixed)
    return tuple(mixed)
