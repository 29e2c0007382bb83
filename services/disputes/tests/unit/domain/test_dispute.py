"""The words of a dispute, and its life."""

from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disputes.domain import clock, dispute, move
from disputes.domain.dispute import Dispute, Outcome, Proposal, Reason
from disputes.domain.item import Item
from disputes.domain.move import ENDED, MOVES, Actor, DisputeInOtherState, Move, State
from shared.base.clock import Moment
from shared.contracts import disputes as told

AT = Moment(2026, 4, 20, 9)
STATES = [state for state in State if state is not State.OPENED]


def opened(*minors: int) -> Dispute:
    items = [Item(UUID(int=n), f"R{n}", minor) for n, minor in enumerate(minors, 1)]
    made = Dispute(UUID(int=9), UUID(int=8), "DE01", "EUR", Reason.PRICE, items, "billing")
    for state in (State.OPENED, State.ACKNOWLEDGED):
        made.move(to(state))
    return made


def to(state: State) -> Move:
    return Move(state, AT, Actor.STAFF, "ada", "because")


def wanted(outcome: Outcome, *upheld: int) -> Proposal:
    return Proposal(outcome, upheld, "ada", "true", "You are right.")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (dispute.Reason, told.Reason),
        (move.State, told.State),
        (dispute.Outcome, told.Outcome),
        (move.Actor, told.Actor),
        (clock.ClockKind, told.ClockKind),
    ],
)
def test_the_words_are_the_published_ones(ours: type[StrEnum], theirs: type[StrEnum]) -> None:
    assert [one.value for one in ours] == [one.value for one in theirs]


class TestLife:
    @given(wishes=st.lists(st.sampled_from(STATES), max_size=8))
    def test_only_allowed_moves_are_made_and_something_is_held_while_it_is_open(
        self, wishes: list[State]
    ) -> None:
        made = opened(100_00, 5_00)
        for state in wishes:
            before = made.state
            try:
                made.move(to(state))
            except DisputeInOtherState:
                assert state not in MOVES[before]
                assert made.state is before
            held = [made.held_minor(item) for item in made.items]
            assert held == ([0, 0] if made.state in ENDED else [100_00, 5_00])
        assert made.version == len(made.moves)

    def test_what_was_taken_off_stays_off_when_it_is_opened_again(self) -> None:
        made = opened(100_00, 5_00)
        made.decide(
            wanted(Outcome.PARTLY_UPHELD, 60_00, 5_00), to(State.RESOLVED), approved_by=None
        )
        with pytest.raises(DisputeInOtherState, match="not taken off yet"):
            made.reopen(to(State.IN_REVIEW))

        for item in made.items:
            item.credited = True
        made.reopen(to(State.IN_REVIEW))
        assert [(item.invoice_number, item.minor) for item in made.items] == [("R1", 40_00)]
        assert made.outcome is None

    def test_nothing_is_left_to_open_again_when_all_was_upheld(self) -> None:
        made = opened(100_00)
        made.decide(wanted(Outcome.UPHELD, 100_00), to(State.RESOLVED), approved_by=None)
        made.items[0].credited = True
        with pytest.raises(DisputeInOtherState, match="all of it"):
            made.reopen(to(State.IN_REVIEW))
