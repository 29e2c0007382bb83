"""A customer directs a credit at own invoices: it counts at once, the ERP's echo settles it, and its no undoes it."""

from typing import Any

import pytest

from ledger.domain.outcome import Outcome
from ledger.domain.request import Kind, NoRoom, Request, State
from ledger.handlers.apply_credit import AlreadyStandsThere, apply_credit


@pytest.fixture
def noted(clerk: Any) -> Any:
    """With a credit note of 40.00 that the ERP has put on account."""
    clerk.desk.credit_note("N1", "40.00", allocations=[])
    return clerk


def applies(
    clerk: Any, *parts: tuple[str, str], credit: tuple[str, str] = ("credit-note", "N1")
) -> Request:
    """The customer does."""
    minor = sum(round(float(amount) * 100) for _, amount in parts)
    request = clerk.asks(
        Kind.ALLOCATION,
        minor,
        item=clerk.item(*credit),
        parts=tuple(clerk.part(*part) for part in parts),
    )
    apply_credit(clerk.desk.books, request, moment=clerk.moment)
    return request


def opens(clerk: Any) -> tuple[int, int, int]:
    """(open of I1, open of I2, unapplied of N1)"""
    return (
        *(clerk.desk.held_invoice(one).open_minor for one in ("I1", "I2")),
        clerk.desk.held_credit("N1", kind="credit-note").unapplied_minor,
    )


class TestApplying:
    def test_counts_at_once_and_asks_the_erp(self, noted: Any) -> None:
        before = noted.desk.nets()

        applies(noted, ("I1", "30.00"), ("I2", "10.00"))

        assert opens(noted) == (7_000, 4_000, 0)
        assert noted.desk.nets() == before, "it moves between items of one account"
        assert noted.desk.told.count("AllocationRequested") == 1

    def test_what_is_told_of_it_is_provisional(self, noted: Any) -> None:
        applies(noted, ("I1", "30.00"))

        told = [
            one.fact for one in noted.desk.books.told if type(one.fact).__name__ == "CreditApplied"
        ]
        (allocation,) = told[-1].allocations
        assert (allocation.amount, allocation.provisional) == ("30.00", True)

    def test_stays_when_the_erp_speaks_of_something_else(self, noted: Any) -> None:
        request = applies(noted, ("I1", "30.00"))

        noted.desk.invoice("I1", "110.00", version=2)
        noted.desk.payment("P1", "5.00", allocations=[{"invoice_id": "I2", "amount": "5.00"}])

        assert opens(noted) == (8_000, 4_500, 1_000)
        assert request.state is State.OPEN

    def test_an_undirected_payment_s_rest_goes_where_the_customer_says(self, clerk: Any) -> None:
        clerk.desk.payment("P1", "20.00", allocations=[])

        applies(clerk, ("I2", "20.00"), credit=("payment", "P1"))

        assert clerk.desk.held_invoice("I2").open_minor == 3_000
        assert clerk.desk.held_credit("P1").unapplied_minor == 0


class TestTheErpSpeaks:
    @pytest.mark.parametrize("times", [1, 2])
    def test_its_echo_settles_it_once(self, noted: Any, times: int) -> None:
        request = applies(noted, ("I1", "30.00"))

        for _ in range(times):
            noted.desk.allocate("N1", ("I1", "30.00"), kind="credit-note")

        assert request.state is State.ECHOED
        assert opens(noted) == (7_000, 5_000, 1_000)
        (one,) = noted.desk.held_credit("N1", kind="credit-note").applications.values()
        assert (one.provisional, one.request_id, one.spent_minor) == (False, None, 3_000)

    def test_its_own_word_takes_the_place_of_the_customer_s(self, noted: Any) -> None:
        request = applies(noted, ("I1", "30.00"))

        noted.desk.allocate("N1", ("I2", "40.00"), kind="credit-note")

        assert (request.state, opens(noted)) == (State.ECHOED, (10_000, 1_000, 0))

    def test_its_no_undoes_it_where_it_never_spoke_of_the_credit(self, clerk: Any) -> None:
        clerk.desk.credit_note("N1", "40.00")
        request = applies(clerk, ("I1", "30.00"))
        assert opens(clerk) == (7_000, 5_000, 1_000)

        clerk.refuses(request)

        assert opens(clerk) == (10_000, 5_000, 4_000)

    def test_an_amended_credit_of_which_it_says_nothing_new_waits_for_nothing(
        self, clerk: Any
    ) -> None:
        clerk.desk.credit_note("N1", "40.00")
        clerk.desk.allocate("N1", kind="credit-note")
        request = applies(clerk, ("I1", "30.00"))

        taken = clerk.desk.credit_note("N1", "35.00", version=2)

        assert (taken.outcome, request.state) == (Outcome.ACCEPTED, State.OPEN)
        assert opens(clerk) == (7_000, 5_000, 500)

    def test_its_no_undoes_it(self, noted: Any) -> None:
        request = applies(noted, ("I1", "30.00"))

        noted.refuses(request)

        assert (request.state, opens(noted)) == (State.REFUSED, (10_000, 5_000, 4_000))
        assert noted.doubts == ["request-refused"]

    def test_what_a_person_withdraws_stands_no_longer(self, noted: Any) -> None:
        request = applies(noted, ("I1", "30.00"))

        noted.closes(request)

        assert opens(noted) == (10_000, 5_000, 4_000)

    def test_a_cancelled_credit_note_stands_nowhere(self, noted: Any) -> None:
        applies(noted, ("I1", "30.00"))

        noted.desk.take(
            "erp.credit-note.cancelled.v1",
            credit_note_id="N1",
            version=2,
            cancelled_on="2026-03-30",
        )

        assert opens(noted) == (10_000, 5_000, 0)


class TestRefusals:
    @pytest.mark.parametrize(
        ("parts", "pointer"),
        [
            ([("I1", "40.01")], "/items"),
            ([("I1", "30.00"), ("I2", "10.01")], "/items"),
        ],
    )
    def test_no_more_than_is_left_of_the_credit(
        self, noted: Any, parts: list[tuple[str, str]], pointer: str
    ) -> None:
        with pytest.raises(NoRoom) as refused:
            applies(noted, *parts)
        assert refused.value.pointer == pointer

    def test_no_more_than_is_open_of_an_invoice(self, clerk: Any) -> None:
        clerk.desk.credit_note("N1", "400.00", allocations=[])
        with pytest.raises(NoRoom) as refused:
            applies(clerk, ("I1", "10.00"), ("I2", "50.01"))
        assert refused.value.pointer == "/items/1/amount"

    @pytest.mark.parametrize("first", ["asked", "directed"])
    def test_not_twice_at_one_invoice(self, clerk: Any, first: str) -> None:
        said = [{"invoice_id": "I1", "amount": "10.00"}] if first == "directed" else []
        clerk.desk.credit_note("N1", "40.00", allocations=said)
        if first == "asked":
            applies(clerk, ("I1", "10.00"))
        with pytest.raises(AlreadyStandsThere):
            applies(clerk, ("I1", "5.00"))
