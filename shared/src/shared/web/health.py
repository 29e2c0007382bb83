"""Whether the process lives, and whether it should be given work."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Health:
    """`ailments` each answer with a sentence when something is wrong, else None."""

    draining: bool = False
    ailments: list[Callable[[], str | None]] = field(default_factory=list)
