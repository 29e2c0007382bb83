"""A saved means: of its end the customer is told in time and once, and what its issuer renews is taken over."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain.mandate import Agreed, Mandate, Means, State

NOW = datetime(2026, 4, 20, 8, tzinfo=UTC)
MAY = Means("card", "visa", "4242", "2026-05")
LAST = date(2026, 5, 31)


def mandate(means: Means = MAY, state: State = State.ACTIVE) -> Mandate:
    agreed = Agreed(1, "en", "", "1", NOW, "")
    made = Mandate(UUID(int=2), UUID(int=1), "DE01", agreed, "", NOW)
    made.state, made.means = state, means
    return made


class TestWarn:
    @given(st.lists(st.integers(-400, 60), min_size=1, max_size=20))
    def test_is_said_once_and_only_within_the_days(self, offsets: list[int]) -> None:
        one, days = mandate(), [LAST + timedelta(days=each) for each in sorted(offsets)]

        said = [today for today in days if one.warn(today=today, days=30)]

        near = [each for each in sorted(offsets) if each >= -30]
        assert said == [LAST + timedelta(days=near[0])] if near else not said

    def test_of_another_end_it_is_said_again(self) -> None:
        one = mandate()
        assert one.warn(today=LAST, days=30)
        assert one.renew(MAY._replace(expires="2026-06"))
        assert one.warn(today=LAST, days=30)

    @pytest.mark.parametrize("means", [Means("sepa_debit", "", "3000"), MAY])
    def test_not_of_what_never_ends_or_is_charged_no_more(self, means: Means) -> None:
        state = State.REVOKED if means.expires else State.ACTIVE

        assert not mandate(means, state).warn(today=LAST, days=30)


class TestRenew:
    def test_the_same_is_no_news_and_what_ended_stays(self) -> None:
        new = MAY._replace(last4="5556", expires="2031-01")
        one = mandate()

        assert not one.renew(MAY)
        assert one.renew(new)
        assert (one.means, one.version) == (new, 2)
        assert not mandate(state=State.REVOKED).renew(new)
