"""What the provider says has gone back counts until the ERP has met it, and never twice."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.gone_back import GoneBack

MINOR = st.integers(min_value=0, max_value=10**6)


def told(minor: int, *, over: int | None) -> GoneBack:
    return GoneBack(5, minor, date(2026, 5, 11), "chargeback", over)


class TestGoneBack:
    @given(MINOR, MINOR)
    def test_what_the_erp_says_too_is_met(self, minor: int, over: int) -> None:
        assert not told(minor, over=over).heard(minor).stands

    @given(MINOR, MINOR)
    def test_stands_while_the_erp_says_what_it_said(self, minor: int, over: int) -> None:
        assert told(minor, over=over).heard(over).stands == (minor != over)

    @given(MINOR, MINOR, MINOR)
    def test_met_once_is_met_for_good(self, minor: int, over: int, later: int) -> None:
        assert not told(minor, over=over).heard(minor).heard(later).stands

    @given(MINOR, MINOR)
    def test_refunds_in_the_books_and_what_the_erp_says_meet_it_together(
        self, refunded: int, returned: int
    ) -> None:
        word = told(refunded + returned, over=0)._replace(refunded_minor=refunded)

        assert not word.heard(returned).stands
        assert word.heard(returned - 1).stands == (refunded + returned > 0)

    def test_halfway_is_not_met_and_beyond_is(self) -> None:
        rising, falling = told(10_000, over=0), told(0, over=10_000)

        assert rising.heard(4_000).stands
        assert not rising.heard(12_000).stands
        assert falling.heard(4_000).stands
        assert rising.heard(4_000).minor == 10_000
