"""The arithmetic of holes in the outbox."""

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.relay import Cursor, Hole, holes_after

numbers = st.sets(st.integers(1, 60))


class TestHoles:
    def test_a_number_that_was_jumped_over_is_remembered_with_the_fence(self) -> None:
        assert holes_after(Cursor(1, 0), 3, {1, 3}, xmin=5, fence=9) == [Hole(2, 2, 9)]

    def test_a_hole_that_filled_is_forgotten_in_part(self) -> None:
        cursor = Cursor(1, 9, [Hole(2, 6, 9)])

        assert holes_after(cursor, 9, {4}, xmin=5, fence=11) == [Hole(2, 3, 9), Hole(5, 6, 9)]

    def test_a_hole_is_dead_once_everyone_up_to_its_fence_has_ended(self) -> None:
        cursor = Cursor(1, 9, [Hole(2, 6, 9)])

        assert holes_after(cursor, 9, set(), xmin=9, fence=11) == [Hole(2, 6, 9)]
        assert holes_after(cursor, 9, set(), xmin=10, fence=11) == []

    @given(numbers)
    def test_every_number_up_to_the_position_was_seen_or_is_in_a_hole(self, seen: set[int]) -> None:
        position = max(seen, default=0)

        holes = holes_after(Cursor(1, 0), position, seen, xmin=0, fence=1)

        missing = {number for hole in holes for number in range(hole.first, hole.last + 1)}
        assert missing | seen == set(range(1, position + 1))
        assert not missing & seen
