"""What is done to the world: a list that a seed alone decides."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from world import PROCESSES, names_of

Kind = Literal[
    "kill", "point", "relay", "replace", "postgres", "backend", "kafka",
    "pause-kafka", "slow-disk", "zombie",
]  # fmt: skip

WEIGHTS: Mapping[Kind, int] = {
    "kill": 38, "point": 30, "relay": 9, "replace": 3, "postgres": 5, "backend": 4, "kafka": 4,
    "pause-kafka": 3, "slow-disk": 3, "zombie": 2,
}  # fmt: skip

KILLS: Mapping[Kind, int] = {
    "kill": 1, "point": 2, "relay": 1, "replace": 1, "postgres": 1, "backend": 1, "kafka": 1,
    "pause-kafka": 0, "slow-disk": 0, "zombie": 0,
}  # fmt: skip
"""How many kill -9 each stands for: a process is killed to be armed, and dies again at its point."""

BOOKING = (
    "slice.before-commit", "slice.after-commit", "work.before-commit", "work.after-commit",
    "relay.before-send", "relay.after-send",
)  # fmt: skip
DISPATCH = (
    "notifier.before-handing-over", "notifier.after-handing-over", "notifier.before-data",
    "notifier.after-data", "notifier.after-outcome",
)  # fmt: skip
MONEY = ("notice.looked", "back.looked", "charge.claimed", "charge.asked")
POINTS: Mapping[str, Sequence[str]] = {
    "ledger": BOOKING, "scheduler": BOOKING, "notifier": (*BOOKING, *DISPATCH, *DISPATCH),
    "disputes": BOOKING, "portal-api": (*BOOKING, *MONEY),
}  # fmt: skip

ARRIVALS_MAX = 4
REST_SECONDS = (0.2, 1.4)
PAUSE_SECONDS = (0.5, 3.0)


@dataclass(frozen=True, slots=True)
class Strike:
    """One of them. `target` is a process, or a service for `relay`; `seconds` how long a pause lasts."""

    kind: Kind
    target: str
    point: str = ""
    arrivals: int = 1
    seconds: float = 0.0
    rest: float = 0.0
    """Seconds until the next."""


def plan(seed: int, kills: int) -> list[Strike]:
    """Strikes with so many kills in all."""
    dice = random.Random(f"strikes {seed}")
    strikes: list[Strike] = []
    left = kills
    while left > 0:
        strike = _strike(dice)
        if KILLS[strike.kind] <= left:
            strikes.append(strike)
            left -= KILLS[strike.kind]
    return strikes


def _strike(dice: random.Random) -> Strike:
    (kind,) = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
    service = dice.choice(list(PROCESSES))
    process = dice.choice(names_of(service))
    point = dice.choice(POINTS[service])
    target = {
        "relay": service, "postgres": "postgres", "backend": "postgres", "slow-disk": "postgres",
        "kafka": "kafka", "pause-kafka": "kafka",
    }.get(kind, process)  # fmt: skip
    return Strike(
        kind, target, point if kind == "point" else "", dice.randint(1, ARRIVALS_MAX),
        round(dice.uniform(*PAUSE_SECONDS), 2), round(dice.uniform(*REST_SECONDS), 2),
    )  # fmt: skip
