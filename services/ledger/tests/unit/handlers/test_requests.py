"""What we ask of the ERP: entered provisionally, told, approved by two, refused and closed."""

from datetime import date
from typing import Any

import pytest

from ledger.domain.difference import SecondPersonWanted
from ledger.domain.outcome import Outcome
from ledger.domain.request import Kind, NoRoom, RequestInOtherState, State, request_id_of
from ledger.handlers.make_request import make_request
from shared.base.ids import object_id

DE = "urn:acme:erp:de01"
CUSTOMER = object_id(DE, "customer", "C1")


class TestAPaymentEnteredByUs:
    def test_counts_at_once_against_clearing_and_is_told_to_the_erp(self, clerk: Any) -> None:
        request = clerk.enters(bank_reference="E2E-1", parts=(clerk.part("I1", "60.00"),))
        assert clerk.desk.held_invoice("I1").open_minor == 4_000
        assert clerk.desk.nets() == {1010: 10_000, 1200: 9_000, 2100: -4_000, 4000: -15_000}
        assert clerk.desk.told[-2:] == ["PaymentReceived", "PaymentPostingRequested"]
        told = clerk.desk.books.told[-1].fact
        assert (told.amount, told.provider_reference, told.value_date) == (
            "100.00",
            "E2E-1",
            date(2026, 3, 20),
        )
        assert (told.request_id, told.customer_number, told.allocations[0].invoice_id) == (
            request.request_id,
            "C1",
            "I1",
        )

    def test_is_matched_like_any_payment_that_nobody_directs(self, clerk: Any) -> None:
        clerk.enters(12_000)
        opens = [clerk.desk.held_invoice(one).open_minor for one in ("I1", "I2")]
        assert opens == [0, 3_000]

    def test_there_has_to_be_room_where_it_is_to_go(self, clerk: Any) -> None:
        with pytest.raises(NoRoom):
            clerk.enters(parts=(clerk.part("I2", "60.00"),))


class TestWhatGivesMoneyAway:
    def test_a_credit_note_takes_its_share_of_tax(self, clerk: Any) -> None:
        clerk.desk.invoice("I3", "119.00", net="100.00", tax="19.00")
        request = clerk.asks(
            Kind.CREDIT_NOTE, 2_380, item=clerk.item("invoice", "I3"), reason="damaged"
        )
        assert clerk.desk.held_invoice("I3").open_minor == 11_900
        clerk.approves(request)
        assert clerk.desk.held_invoice("I3").open_minor == 9_520
        told = clerk.desk.books.told[-1].fact
        assert (told.TYPE, told.approved_by, told.item.id, told.reason) == (
            "ledger.credit-note.requested.v1", "kim", "I3", "damaged",
        )  # fmt: skip
        clerk.desk.credit_note(
            "N1", "23.80", net="20.00", tax="3.80", request_id=str(request.request_id),
            allocations=[{"invoice_id": "I3", "amount": "23.80"}],
        )  # fmt: skip
        assert (request.state, clerk.desk.held_invoice("I3").open_minor) == (State.ECHOED, 9_520)
        assert clerk.desk.nets()[4020] == 2_000

    def test_a_write_off_is_undone_by_the_erp_s_own(self, clerk: Any) -> None:
        request = clerk.approves(
            clerk.asks(Kind.WRITE_OFF, 5_000, item=clerk.item("invoice", "I2"))
        )
        assert clerk.desk.held_invoice("I2").open_minor == 0
        taken = clerk.desk.adjust("A1", "50.00", item="I2", request_id=str(request.request_id))
        assert taken.outcome is Outcome.ACCEPTED
        assert clerk.desk.nets() == {1200: 10_000, 1290: 5_000, 4000: -15_000}
        assert request.state is State.ECHOED

    def test_a_refund_stands_against_clearing_until_the_erp_has_paid_it(self, clerk: Any) -> None:
        clerk.desk.payment("P1", "30.00", allocations=[])
        request = clerk.approves(clerk.asks(Kind.REFUND, 2_000, item=clerk.item("payment", "P1")))
        assert clerk.desk.nets()[1010] == -2_000
        clerk.desk.adjust(
            "A1", "20.00", item="P1", kind="payment", reason="refund",
            request_id=str(request.request_id),
        )  # fmt: skip
        assert clerk.desk.nets() == {1000: 1_000, 1200: 15_000, 2100: -1_000, 4000: -15_000}

    def test_a_refund_takes_only_what_stands_nowhere(self, clerk: Any) -> None:
        clerk.desk.payment("P1", "30.00", allocations=[{"invoice_id": "I1", "amount": "20.00"}])
        request = clerk.asks(Kind.REFUND, 2_000, item=clerk.item("payment", "P1"))
        with pytest.raises(NoRoom):
            clerk.approves(request)

    def test_needs_a_second_person_once(self, clerk: Any) -> None:
        request = clerk.asks(Kind.WRITE_OFF, 5_000, item=clerk.item("invoice", "I2"))
        with pytest.raises(SecondPersonWanted):
            clerk.approves(request, by="sam")
        clerk.approves(request)
        with pytest.raises(RequestInOtherState):
            clerk.approves(request, by="ada")


class TestAnAllocation:
    @pytest.mark.parametrize("how", ["set", "amended"])
    def test_is_answered_when_the_erp_says_where_the_credit_belongs(
        self, clerk: Any, how: str
    ) -> None:
        clerk.desk.payment("P1", "50.00", allocations=[])
        request = clerk.asks(
            Kind.ALLOCATION,
            5_000,
            item=clerk.item("payment", "P1"),
            parts=(clerk.part("I2", "50.00"),),
        )
        make_request(clerk.desk.books, request, moment=clerk.moment)
        assert clerk.desk.told[-1] == "AllocationRequested"
        assert clerk.desk.held_invoice("I2").open_minor == 5_000
        clerk.desk.payment("P1", "50.00", allocations=[])
        assert request.state is State.OPEN
        if how == "set":
            clerk.desk.allocate("P1", ("I2", "50.00"))
        else:
            clerk.desk.payment(
                "P1", "50.00", version=2, allocations=[{"invoice_id": "I2", "amount": "50.00"}]
            )
        assert (request.state, clerk.desk.held_invoice("I2").open_minor) == (State.ECHOED, 0)


class TestTheErpRefuses:
    def test_our_entry_is_undone_and_the_customer_silent_until_a_person_closes_it(
        self, clerk: Any
    ) -> None:
        request = clerk.enters()
        assert clerk.refuses(request).outcome is Outcome.ACCEPTED
        assert (request.state, request.refused_why) == (State.REFUSED, "period closed")
        assert clerk.desk.nets() == {1200: 15_000, 4000: -15_000}
        assert clerk.doubts == ["request-refused"]
        clerk.closes(request)
        assert (request.state, request.closed_why, clerk.doubts) == (State.CLOSED, "seen to", [])

    def test_a_second_no_is_a_duplicate_whatever_its_words(self, clerk: Any) -> None:
        request = clerk.enters()
        clerk.refuses(request)
        assert clerk.refuses(request, "other words").outcome is Outcome.DUPLICATE
        clerk.closes(request)
        assert clerk.refuses(request).outcome is Outcome.DUPLICATE
        assert clerk.doubts == []

    def test_what_we_never_asked_for_is_refused_by_name(self, clerk: Any) -> None:
        for request_id in ("R-17", str(request_id_of(CUSTOMER, 99))):
            taken = clerk.desk.take("erp.request.refused.v1", request_id=request_id, reason="no")
            assert (taken.outcome, taken.code, taken.pointer) == (
                Outcome.REFUSED,
                "request-unknown",
                "/request_id",
            )

    def test_what_was_never_told_is_not_known_to_the_erp(self, clerk: Any) -> None:
        request = clerk.asks(Kind.WRITE_OFF, 5_000, item=clerk.item("invoice", "I2"))
        assert clerk.refuses(request).code == "request-unknown"

    def test_after_it_was_posted_says_nothing(self, clerk: Any) -> None:
        request = clerk.enters()
        clerk.desk.payment(request_id=str(request.request_id))
        assert clerk.refuses(request).outcome is Outcome.SUPERSEDED
        assert (clerk.doubts, clerk.desk.nets()[1000]) == ([], 10_000)

    def test_and_posts_it_after_all(self, clerk: Any) -> None:
        request = clerk.enters(bank_reference="E2E-1")
        clerk.refuses(request)
        clerk.desk.payment(bank_reference="E2E-1")
        assert (request.state, clerk.doubts) == (State.ECHOED, [])
        assert clerk.desk.nets() == {1000: 10_000, 1200: 5_000, 4000: -15_000}

    def test_a_person_may_withdraw_what_is_open(self, clerk: Any) -> None:
        request = clerk.enters()
        clerk.closes(request)
        assert clerk.desk.nets() == {1200: 15_000, 4000: -15_000}
        assert clerk.refuses(request).outcome is Outcome.SUPERSEDED
        with pytest.raises(RequestInOtherState):
            clerk.closes(request)
