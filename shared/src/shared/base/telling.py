"""Facts that handlers announce, each remembered with the event that caused it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Told(NamedTuple):
    """A fact to be told, its cause and headers of its own.

    The cause is the record being handled, None for a timer or command, or else what has `trace_headers`.
    """

    fact: Any
    cause: Any
    headers: Mapping[str, str] = NO_HEADERS


@dataclass(slots=True)
class Telling:
    """Base of every slice's state: whoever runs the handlers sets `cause` before each call."""

    cause: Any = field(default=None, init=False)
    told: list[Told] = field(default_factory=list, init=False)

    def announce(self, fact: Any, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """Tell `fact` when the slice is saved."""
        self.told.append(Told(fact, self.cause, headers))
