"""The life of a message: allowed moves only, and exactly one outcome."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.domain.contact import Channel, Route
from notifier.domain.handover import (
    ATTEMPTS_PER_ROUTE_MAX,
    Answer,
    Brought,
    InDoubt,
    NotNow,
    RefusedForGood,
    after,
)
from notifier.domain.message import MOVES, OUTCOMES, Message, Purpose, Status, WrongMove

ROUTE = Route(Channel.EMAIL, "anna@blue.example", "Anna")
ANSWERS = st.sampled_from([Brought("1"), RefusedForGood("550"), NotNow("451"), InDoubt("lost")])


def handed_over(message: Message) -> Message:
    return message.move(Status.HANDING_OVER, route=ROUTE, attempts=message.attempts + 1)


class TestMoves:
    @pytest.mark.parametrize("start", Status)
    @pytest.mark.parametrize("end", Status)
    def test_are_those_of_the_table_and_no_others(
        self, make: Any, start: Status, end: Status
    ) -> None:
        message = make.message(status=start)

        if end in MOVES[start]:
            assert message.move(end).status is end
        else:
            with pytest.raises(WrongMove):
                message.move(end)

    def test_an_outcome_is_the_end(self) -> None:
        assert {status for status in Status if not MOVES[status]} == OUTCOMES
        assert {"sent", "failed", "unknown", "suppressed"} == OUTCOMES

    def test_every_move_is_a_new_version(self, make: Any) -> None:
        assert handed_over(make.message()).version == make.message().version + 1


class TestHandOvers:
    @given(answers=st.lists(ANSWERS, min_size=60, max_size=60), roads=st.integers(0, 3))
    def test_end_in_exactly_one_outcome_after_a_limited_number_of_attempts(
        self, answers: list[Answer], roads: int
    ) -> None:
        message, outcomes, attempts = _message(), 0, 0

        for answer in answers:
            if message.is_over:
                break
            attempts += 1
            left = max(0, roads - len(message.failed_roads))
            message = after(handed_over(message), answer, at=message.due_at, routes_left=left)
            outcomes += message.is_over

        assert outcomes == 1
        assert message.ended_at is not None
        assert attempts <= ATTEMPTS_PER_ROUTE_MAX * (roads + 1)

    def test_what_is_in_doubt_is_never_handed_over_again(self) -> None:
        message = after(
            handed_over(_message()), InDoubt("lost"), at=_message().due_at, routes_left=3
        )

        assert message.status is Status.UNKNOWN
        with pytest.raises(WrongMove):
            handed_over(message)

    def test_wait_longer_after_each_temporary_failure(self, make: Any) -> None:
        waits = []
        message = make.message()
        for _ in range(ATTEMPTS_PER_ROUTE_MAX - 1):
            message = after(handed_over(message), NotNow("451"), at=make.now, routes_left=0)
            waits.append((message.due_at - make.now).total_seconds() / 60)

        assert waits == [1, 4, 16, 64]


def _message() -> Message:
    now = datetime(2026, 4, 20, tzinfo=UTC)
    return Message(
        UUID(int=1), UUID(int=2), Purpose.REMINDER, "DE01", now, now, date(2026, 4, 20), None
    )
