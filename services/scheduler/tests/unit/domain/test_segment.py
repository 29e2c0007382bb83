"""Segments: who enters, who stays."""

from datetime import date, timedelta
from types import SimpleNamespace

from scheduler.domain.customer import Habits
from scheduler.domain.segment import Profile

TODAY = date(2026, 3, 2)


def profile(make: SimpleNamespace, habits: Habits | None = None, **given: object) -> Profile:
    return Profile(make.customer(**given), habits or Habits(), {}, TODAY)


class TestSegments:
    def test_most_customers_are_standard(self, make: SimpleNamespace) -> None:
        assert make.rulebook.segments.assign(profile(make), present=None)[0] == "standard"

    def test_a_large_credit_limit_brings_white_glove(self, make: SimpleNamespace) -> None:
        large = profile(make, credit_limit_minor=150_000_00, credit_currency="EUR")

        assert make.rulebook.segments.assign(large, present=None)[0] == "white-glove"

    def test_amounts_of_another_currency_are_not_compared(self, make: SimpleNamespace) -> None:
        large = profile(make, credit_limit_minor=10_000_000_00, credit_currency="JPY")

        assert make.rulebook.segments.assign(large, present=None)[0] == "standard"

    def test_who_pays_late_as_a_rule_gets_more_attention(self, make: SimpleNamespace) -> None:
        late = profile(make, Habits(paid_invoices=4, days_late=100))

        assert make.rulebook.segments.assign(late, present=None)[0] == "high-touch"

    def test_who_is_in_between_stays_where_they_are(self, make: SimpleNamespace) -> None:
        between = profile(make, Habits(paid_invoices=4, days_late=60))

        assert make.rulebook.segments.assign(between, present="standard")[0] == "standard"
        assert make.rulebook.segments.assign(between, present="high-touch")[0] == "high-touch"

    def test_a_new_customer_is_watched_closely(self, make: SimpleNamespace) -> None:
        new = profile(make, customer_since=TODAY - timedelta(days=30))

        assert make.rulebook.segments.assign(new, present=None) == (
            "high-touch",
            "a new customer whom we do not know yet",
        )


class TestEntering:
    def test_happens_when_its_words_are_first_used(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(TODAY), customer=make.customer(customer_since=TODAY))
        world.owes("4711", TODAY - timedelta(days=5))

        world.look()
        assert (world.standing.segment, world.standing.entered) == ("high-touch", None)

        world.until(TODAY + timedelta(days=3))
        assert (world.standing.segment, world.standing.entered) == ("high-touch", "high-touch")
        assert [decision.rule for _, decision in world.decisions if decision.kind == "segment"] == [
            "segment.high-touch"
        ]
