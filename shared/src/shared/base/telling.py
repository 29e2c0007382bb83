"""Facts that handlers announce, each remembered with the event that caused it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """A fact to be told, and its cause (the record being handled, or None for a timer or command)."""

    fact: Any
    cause: Any


@dataclass(slots=True)
class Telling:
    """Base of every slice's state: whoever runs the handlers sets `cause` before each call."""

    cause: Any = field(default=None, init=False)
    told: list[Told] = field(default_factory=list, init=False)

    def announce(self, fact: Any) -> None:
        """Tell `fact` when the slice is saved."""
        self.told.append(Told(fact, self.cause))
