"""Clocks beside an independent calculation, which walks through time a minute at a time."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disputes.domain.clock import ClockKind, Limit, clock_of
from disputes.domain.hours import AllHours, BusinessHours
from disputes.domain.move import ENDED, WAITING, Actor, Move, State
from shared.base.days import BusinessCalendar

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessHours(BusinessCalendar("DE", "HH"), time(9), time(18), "Europe/Berlin")
HAMBURG = holidays.country_holidays("DE", subdiv="HH", years=range(2025, 2028))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RUNNING = State.ACKNOWLEDGED


def at(text: str) -> datetime:
    """Hamburg's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def move(text: str, state: State, *, words: str = "") -> Move:
    return Move(state, at(text), Actor.STAFF, "ada", "", words)


def resolution(limit: timedelta, pause_max: timedelta = 90 * HOUR) -> Limit:
    return Limit(ClockKind.RESOLUTION, limit, HOURS, pause_max)


def wall(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M")


def in_business(moment: datetime) -> bool:
    local = moment.astimezone(BERLIN)
    return 9 <= local.hour < 18 and local.weekday() < 5 and local.date() not in HAMBURG


def walk(moves: Sequence[Move], limit: Limit) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """(minute, elapsed, paused) at the begin of each minute, without an end."""
    elapsed = paused = timedelta()
    moment, state, coming = moves[0].at, moves[0].state, list(moves[1:])
    while True:
        yield moment, elapsed, paused
        while coming and coming[0].at <= moment:
            state = coming.pop(0).state
        if in_business(moment) and state not in ENDED:
            if state in WAITING and paused < limit.pause_max:
                paused += MINUTE
            else:
                elapsed += MINUTE
        moment += MINUTE


def walked(moves: Sequence[Move], limit: Limit, until: datetime) -> tuple[timedelta, timedelta]:
    """(elapsed, paused) at an instant."""
    steps = (step for step in walk(moves, limit) if step[0] >= until)
    _, elapsed, paused = next(steps)
    return elapsed, paused


def due_by_walking(moves: Sequence[Move], limit: Limit) -> datetime:
    """The first minute at whose begin the limit is over."""
    return next(moment for moment, elapsed, _ in walk(moves, limit) if elapsed >= limit.length)


class TestBusinessHours:
    def test_eight_hours_from_monday_at_four_end_on_tuesday_at_three(self) -> None:
        clock = clock_of(resolution(8 * HOUR), [move("2026-04-20T16:00", RUNNING)])
        assert wall(clock.due_at) == "2026-04-21T15:00"

    def test_a_friday_s_last_minute_counts_and_the_weekend_does_not(self) -> None:
        clock = clock_of(resolution(2 * MINUTE), [move("2026-04-24T17:59", RUNNING)])
        assert wall(clock.due_at) == "2026-04-27T09:01"
        assert clock.elapsed(at("2026-04-26T12:00")) == MINUTE

    def test_the_weekend_of_summer_time_is_no_hour_shorter(self) -> None:
        clock = clock_of(resolution(3 * HOUR), [move("2026-03-27T17:00", RUNNING)])
        assert wall(clock.due_at) == "2026-03-30T11:00"
        assert clock.due_at == datetime(2026, 3, 30, 9, tzinfo=UTC)

    def test_the_weekend_of_winter_time_is_no_hour_longer(self) -> None:
        clock = clock_of(resolution(3 * HOUR), [move("2026-10-23T17:00", RUNNING)])
        assert clock.due_at == datetime(2026, 10, 26, 10, tzinfo=UTC)

    def test_a_night_that_loses_an_hour_makes_its_day_shorter(self) -> None:
        """In Cairo the clocks go forward at midnight, of a Friday."""
        night = BusinessHours(BusinessCalendar("EG"), time(0), time(6), "Africa/Cairo")
        begin = datetime(2026, 4, 23, 20, tzinfo=UTC)
        assert night.spent(begin, begin + timedelta(days=1)) == 5 * HOUR

    def test_a_holiday_does_not_count(self) -> None:
        clock = clock_of(resolution(10 * HOUR), [move("2026-04-30T17:00", RUNNING)])
        assert wall(clock.due_at) == "2026-05-04T18:00", "the first of May is a Friday"

    def test_nothing_lies_between_an_instant_and_an_earlier_one(self) -> None:
        assert HOURS.spent(at("2026-04-21T12:00"), at("2026-04-20T12:00")) == timedelta()


class TestPauses:
    def test_it_rests_while_we_wait_and_goes_on_after(self) -> None:
        moves = [
            move("2026-04-20T09:00", RUNNING),
            move("2026-04-20T11:00", State.WAITING_FOR_CUSTOMER, words="which pallet?"),
            move("2026-04-22T11:00", State.IN_REVIEW),
        ]
        clock = clock_of(resolution(9 * HOUR), moves)
        assert wall(clock.due_at) == "2026-04-22T18:00"
        assert not clock.is_running(at("2026-04-21T12:00"))
        assert clock.paused_for(at("2026-04-22T12:00")) is None
        assert clock.paused(at("2026-04-30T12:00")) == 18 * HOUR

    def test_waiting_longer_than_allowed_counts(self) -> None:
        moves = [
            move("2026-04-20T09:00", RUNNING),
            move("2026-04-20T10:00", State.WAITING_FOR_CARRIER, words="we ask the carrier"),
        ]
        clock = clock_of(resolution(3 * HOUR, pause_max=9 * HOUR), moves)
        assert wall(clock.due_at) == "2026-04-21T12:00"
        assert clock.is_running(at("2026-04-21T11:00"))
        assert wall(clock.goes_on_at) == "2026-04-21T10:00"
        assert clock.paused_for(at("2026-04-21T09:59")) is State.WAITING_FOR_CARRIER
        assert clock.paused_for(at("2026-04-21T10:00")) is None
        assert clock.paused(at("2026-04-23T11:00")) == 9 * HOUR

    def test_two_waits_share_what_is_allowed(self) -> None:
        moves = [
            move("2026-04-20T09:00", State.WAITING_FOR_CUSTOMER),
            move("2026-04-20T15:00", State.IN_REVIEW),
            move("2026-04-21T09:00", State.WAITING_FOR_CARRIER),
        ]
        clock = clock_of(resolution(5 * HOUR, pause_max=9 * HOUR), moves)
        assert wall(clock.due_at) == "2026-04-21T14:00"
        assert clock.paused(at("2026-04-22T12:00")) == 9 * HOUR

    def test_a_hundred_pauses_lose_no_minute(self) -> None:
        begin, moves = at("2026-04-20T09:00"), []
        for turn in range(100):
            half = [State.IN_REVIEW, State.WAITING_FOR_CUSTOMER]
            for place, state in enumerate(half):
                moment = begin + (2 * turn + place) * 7 * MINUTE
                moves.append(Move(state, moment, Actor.STAFF, "ada", "", ""))
        moves.append(Move(State.IN_REVIEW, begin + 1400 * MINUTE, Actor.STAFF, "ada", "", ""))
        limit = resolution(40 * HOUR)
        clock, now = clock_of(limit, moves), at("2026-04-24T12:00")
        assert (clock.elapsed(now), clock.paused(now)) == walked(moves, limit, now)
        assert clock.due_at == due_by_walking(moves, limit)

    def test_the_hard_stop_never_rests(self) -> None:
        limit = Limit(ClockKind.HARD_STOP, timedelta(days=30), AllHours())
        waits = move("2026-04-21T09:00", State.WAITING_FOR_CUSTOMER, words="?")
        clock = clock_of(limit, [move("2026-04-20T09:00", RUNNING), waits])
        assert wall(clock.due_at) == "2026-05-20T09:00"


class TestEnds:
    def test_a_word_to_the_customer_stops_the_first_clock(self) -> None:
        limit = Limit(ClockKind.FIRST_ANSWER, 18 * HOUR, HOURS)
        moves = [
            move("2026-04-20T09:00", RUNNING),
            move("2026-04-20T12:00", RUNNING, words="We look into it."),
        ]
        clock = clock_of(limit, moves)
        assert (clock.due_at, clock.elapsed(at("2026-05-04T12:00"))) == (None, 3 * HOUR)

    def test_a_reopened_dispute_goes_on_where_it_stood(self) -> None:
        moves = [
            move("2026-04-20T09:00", RUNNING),
            move("2026-04-20T13:00", State.RESOLVED, words="no"),
            move("2026-06-01T09:00", State.IN_REVIEW),
        ]
        clock = clock_of(resolution(6 * HOUR), moves)
        assert wall(clock.due_at) == "2026-06-01T11:00"

    def test_what_came_too_late_was_due_when_it_was(self) -> None:
        moves = [move("2026-04-20T09:00", RUNNING), move("2026-04-24T09:00", State.RESOLVED)]
        clock = clock_of(resolution(9 * HOUR), moves)
        assert wall(clock.due_at) == "2026-04-20T18:00"
        assert clock.level(at("2026-04-24T09:00")) == 100

    @pytest.mark.parametrize(("level", "when"), [(50, "13:30"), (80, "16:12"), (100, "18:00")])
    def test_levels_are_reached_in_their_time(self, level: int, when: str) -> None:
        clock = clock_of(resolution(9 * HOUR), [move("2026-04-20T09:00", RUNNING)])
        reached = clock.reaches_level(level)
        assert wall(reached) == f"2026-04-20T{when}"
        assert clock.level(reached) == level
        assert clock.level(reached - timedelta(seconds=1)) < level


@st.composite
def lives(draw: st.DrawFn) -> list[Move]:
    """A dispute's life in whole minutes, from any minute of a year on."""
    begin = datetime(2026, 1, 1, tzinfo=UTC) + draw(st.integers(0, 364 * 1440)) * MINUTE
    gaps = draw(st.lists(st.integers(0, 2_000), max_size=6))
    states = st.sampled_from([State.IN_REVIEW, *sorted(WAITING), State.RESOLVED])
    moves, moment = [Move(RUNNING, begin, Actor.STAFF, "ada", "", "")], begin
    for gap in gaps:
        moment += gap * MINUTE
        moves.append(Move(draw(states), moment, Actor.STAFF, "ada", "", ""))
    return moves


class TestAnyLife:
    @settings(max_examples=40, deadline=None)
    @given(moves=lives(), cap=st.integers(0, 20), after=st.integers(0, 6_000))
    def test_shows_what_walking_through_it_shows(
        self, moves: list[Move], cap: int, after: int
    ) -> None:
        limit = resolution(12 * HOUR, pause_max=cap * HOUR)
        clock, now = clock_of(limit, moves), moves[-1].at + after * MINUTE
        assert (clock.elapsed(now), clock.paused(now)) == walked(moves, limit, now)
        if clock.due_at is not None and clock.due_at <= now:
            assert clock.elapsed(clock.due_at) == limit.length

    def test_the_calendar_beside_is_the_state_s(self) -> None:
        assert date(2026, 10, 31) in HAMBURG
