"""Versions of one object: which record counts, whatever the order of arrival."""

from itertools import permutations

import pytest

from ledger.domain.line import Line, Stamp, Verdict

POSTED_1, POSTED_3 = Stamp(1, b"a", carries_body=True), Stamp(3, b"c", carries_body=True)
CANCELLED_2, CANCELLED_4 = Stamp(2, b"x", carries_body=False), Stamp(4, b"y", carries_body=False)


def after(*stamps: Stamp) -> Line:
    line = Line()
    for stamp in stamps:
        if line.judge(stamp) is Verdict.NEWS:
            line.move(stamp)
    return line


class TestLine:
    @pytest.mark.parametrize(
        "stamps", list(permutations([POSTED_1, CANCELLED_2, POSTED_3, CANCELLED_4]))
    )
    def test_the_order_of_arrival_does_not_matter(self, stamps: tuple[Stamp, ...]) -> None:
        assert after(*stamps) == after(POSTED_1, CANCELLED_2, POSTED_3, CANCELLED_4)

    def test_posted_above_cancelled_revives(self) -> None:
        assert not after(POSTED_1, CANCELLED_2).in_force
        assert after(POSTED_1, CANCELLED_2, POSTED_3).in_force

    def test_an_older_record_is_superseded(self) -> None:
        assert after(POSTED_3).judge(POSTED_1) is Verdict.SUPERSEDED
        assert after(CANCELLED_4).judge(CANCELLED_2) is Verdict.SUPERSEDED

    def test_a_body_below_a_cancellation_is_still_news(self) -> None:
        assert after(CANCELLED_2).judge(POSTED_1) is Verdict.NEWS

    def test_equal_and_same_is_a_duplicate_equal_and_different_a_conflict(self) -> None:
        line = after(POSTED_1, CANCELLED_2)
        assert line.judge(POSTED_1) is Verdict.DUPLICATE
        assert line.judge(CANCELLED_2) is Verdict.DUPLICATE
        assert line.judge(Stamp(1, b"other", carries_body=True)) is Verdict.CONFLICT
        assert line.judge(Stamp(2, b"other", carries_body=True)) is Verdict.CONFLICT
