"""The times of a customer's dispute under our own terms, beside a walk through it a minute at a time.

`pytest -s` prints the table. The walk knows nothing of stretches, windows or instants: it reads the wall clock of each
minute, asks whether the office is open, and counts.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest

from disputes.domain.dispute import Dispute, Reason
from disputes.domain.move import Actor, Move, State
from disputes.domain.segment import STANDARD
from disputes.gateways.policy_file import load_rulebook
from shared.contracts.company import load_company
from shared.testing.examples import CUSTOMER

REPOSITORY = Path(__file__).parents[5]
RULEBOOK = load_rulebook(
    REPOSITORY / "services/disputes/policies/disputes.yaml",
    load_company(REPOSITORY / "deploy/company/example.yaml"),
)
BERLIN = ZoneInfo("Europe/Berlin")
HAMBURG = holidays.country_holidays("DE", subdiv="HH", years=range(2025, 2028))
MINUTE = timedelta(minutes=1)
OFFICE_DAY_MINUTES = 9 * 60
PAUSE_MAX_MINUTES = 10 * OFFICE_DAY_MINUTES
LOOKED_AT = timedelta(days=90)
SHOWN = "%a %Y-%m-%d %H:%MZ"

Life = list[tuple[datetime, State]]


def at(text: str) -> datetime:
    """Hamburg's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def from_(text: str) -> Life:
    return [(at(text), State.ACKNOWLEDGED)]


def pausing(each: timedelta) -> Life:
    """Waits a hundred times for so long, and is looked into for seven minutes after each."""
    life, moment = from_("2026-04-20T09:00"), at("2026-04-20T09:30")
    for turn in range(100):
        life.append((moment, (State.WAITING_FOR_CUSTOMER, State.WAITING_FOR_CARRIER)[turn % 2]))
        life.append((moment + each, State.IN_REVIEW))
        moment += each + 7 * MINUTE
    return life


REOPENED = [
    *from_("2026-04-20T15:10"),
    (at("2026-04-23T11:00"), State.WAITING_FOR_CUSTOMER),
    (at("2026-04-24T12:30"), State.IN_REVIEW),
    (at("2026-04-27T10:00"), State.RESOLVED),
    (at("2026-06-02T16:20"), State.IN_REVIEW),
]
LIVES: dict[str, tuple[str, Life]] = {
    "opened Friday 17:59": (STANDARD, from_("2026-04-24T17:59")),
    "opened Saturday": (STANDARD, from_("2026-04-25T12:00")),
    "weekend of summer time": (STANDARD, from_("2026-03-27T17:20")),
    "weekend of winter time": (STANDARD, from_("2026-10-23T17:20")),
    "over Easter": (STANDARD, from_("2026-04-02T16:45")),
    "over the first of May": (STANDARD, from_("2026-04-30T17:00")),
    "a large customer, Friday 17:59": ("white-glove", from_("2026-04-24T17:59")),
    "paused 100 times, shortly": (STANDARD, pausing(11 * MINUTE)),
    "paused 100 times, past the cap": (STANDARD, pausing(240 * MINUTE)),
    "waits for ever": (
        STANDARD,
        [*from_("2026-04-20T09:00"), (at("2026-04-20T10:00"), State.WAITING_FOR_CARRIER)],
    ),
    "reopened": (STANDARD, REOPENED),
}
DAYS = {
    STANDARD: {"first-answer": 2, "resolution": 10},
    "white-glove": {"first-answer": 1, "resolution": 5},
}


def walk(life: Life) -> Iterator[tuple[datetime, int]]:
    """Each minute with the office minutes that count before it."""
    counted = paused = 0
    moment, state, coming = life[0][0], life[0][1], list(life[1:])
    while True:
        yield moment, counted
        while coming and coming[0][0] <= moment:
            state = coming.pop(0)[1]
        local = moment.astimezone(BERLIN)
        if local.weekday() < 5 and 9 <= local.hour < 18 and local.date() not in HAMBURG:
            if "waiting" in state and paused < PAUSE_MAX_MINUTES:
                paused += 1
            elif state is not State.RESOLVED:
                counted += 1
        moment += MINUTE


def dispute_of(life: Life, segment: str) -> Dispute:
    moves = [Move(state, moment, Actor.STAFF, "ada", "") for moment, state in life]
    scope = (CUSTOMER, CUSTOMER, "DE01", "EUR", Reason.DAMAGED)
    return Dispute(*scope, items=[], team="logistics", moves=moves, segment=segment)


@pytest.mark.parametrize("name", LIVES)
def test_our_times_are_those_of_the_walk(name: str) -> None:
    segment, life = LIVES[name]
    looked_at = life[-1][0] + LOOKED_AT
    clocks = {one.limit.kind.value: one for one in RULEBOOK.clocks(dispute_of(life, segment))}

    for kind, days in DAYS[segment].items():
        clock, wanted = clocks[kind], days * OFFICE_DAY_MINUTES
        for per_cent in (50, 80, 100):
            whole_minutes = -(-wanted * per_cent // 100)
            walked = next(moment for moment, counted in walk(life) if counted >= whole_minutes)
            ours = clock.reaches_level(per_cent)
            sys.stdout.write(
                f"{name:32} {kind:12} {per_cent:3} % {ours:{SHOWN}} {walked:{SHOWN}}\n"
            )
            assert ours == walked
        counted = next(counted for moment, counted in walk(life) if moment >= looked_at)
        assert clock.elapsed(looked_at) == counted * MINUTE
