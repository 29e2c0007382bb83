"""How the ERP's own record takes our provisional entry's place: money is in the books once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.outcome import Outcome
from ledger.domain.request import Request, State
from shared.base.ids import object_id

DE = "urn:acme:erp:de01"
CUSTOMER = object_id(DE, "customer", "C1")


class TestTheEcho:
    @pytest.mark.parametrize("by", ["request", "bank"])
    def test_takes_our_entry_s_place_without_the_invoice_ever_being_open(
        self, clerk: Any, by: str
    ) -> None:
        request = clerk.enters(bank_reference="E2E-1", parts=(clerk.part("I1", "100.00"),))
        clerk.desk.books.told.clear()
        said = (
            {"request_id": str(request.request_id)}
            if by == "request"
            else {"bank_reference": "E2E-1"}
        )
        taken = clerk.desk.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}], **said)
        assert taken.outcome is Outcome.ACCEPTED
        assert clerk.desk.nets() == {1000: 10_000, 1200: 5_000, 4000: -15_000}
        assert (request.state, request.answered_by) == (
            State.ECHOED,
            object_id(DE, "payment", "P1"),
        )
        assert clerk.desk.told == ["PaymentCancelled", "PaymentReceived"]
        assert clerk.desk.posted() == clerk.desk.held()

    def test_stays_where_ours_stood_when_the_erp_does_not_say(self, clerk: Any) -> None:
        clerk.enters(4_000, bank_reference="E2E-1", parts=(clerk.part("I2", "40.00"),))
        clerk.desk.payment("P1", "40.00", bank_reference="E2E-1")
        opens = [clerk.desk.held_invoice(one).open_minor for one in ("I1", "I2")]
        assert opens == [10_000, 1_000]

    def test_the_erp_may_have_told_first(self, clerk: Any) -> None:
        clerk.desk.payment(bank_reference="E2E-1")
        before = len(clerk.desk.books.entries)
        request = clerk.enters(bank_reference="E2E-1")
        assert (request.state, request.answered_by) == (
            State.ECHOED,
            object_id(DE, "payment", "P1"),
        )
        assert len(clerk.desk.books.entries) == before
        assert "PaymentPostingRequested" not in clerk.desk.told

    @pytest.mark.parametrize("first", ["door", "erp"])
    def test_a_payment_of_nobody_is_whose_our_person_says(self, clerk: Any, first: str) -> None:
        if first == "door":
            clerk.enters(bank_reference="E2E-1")
        clerk.desk.take(
            "erp.payment.received.v1",
            payment_id="P1",
            version=1,
            legal_entity="DE01",
            value_date="2026-03-20",
            currency="EUR",
            amount="100.00",
            method="transfer",
            bank_reference="E2E-1",
        )
        if first == "erp":
            clerk.enters(bank_reference="E2E-1")
        assert clerk.desk.held_credit("P1").customer_id == CUSTOMER
        assert clerk.desk.held_invoice("I1").open_minor == 0
        assert clerk.desk.nets() == {1000: 10_000, 1200: 5_000, 4000: -15_000}

    @pytest.mark.parametrize(
        "other",
        [
            {"bank_reference": "E2E-2"},
            {"bank_reference": "E2E-1", "currency": "USD"},
            {"bank_reference": "E2E-1", "legal_entity": "US01"},
            {"bank_reference": "E2E-1", "customer_number": "C2"},
            {"request_id": "R-17"},
        ],
    )
    def test_something_else_answers_nothing(self, clerk: Any, other: dict[str, str]) -> None:
        request = clerk.enters(bank_reference="E2E-1")
        clerk.desk.payment("P1", "7.00", **other)
        assert request.state is State.OPEN
        assert clerk.desk.nets()[1010] == 10_000

    def test_another_erp_cannot_answer(self, clerk: Any) -> None:
        request = clerk.enters()
        clerk.desk.payment(source="urn:acme:erp:ours", request_id=str(request.request_id))
        assert request.state is State.OPEN

    def test_what_the_erp_applies_elsewhere_meanwhile_comes_before_ours(self, clerk: Any) -> None:
        entered = clerk.enters(parts=(clerk.part("I1", "100.00"),))
        taken = clerk.desk.payment(
            "P2", value_date="2026-03-31", allocations=[{"invoice_id": "I1", "amount": "70.00"}]
        )
        assert taken.outcome is Outcome.ACCEPTED
        ours = clerk.desk.books.credits[entered.entered_id]
        assert (clerk.desk.held_invoice("I1").open_minor, ours.unapplied_minor) == (0, 7_000)

    def test_an_early_one_hands_its_discount_over(self, clerk: Any) -> None:
        clerk.desk.invoice(
            "I4",
            "1000.00",
            discounts=[{"until": "2026-04-11", "percent": "2"}],
            due_on="2026-03-02",
        )
        clerk.enters(98_000, bank_reference="E2E-1")
        assert clerk.desk.held_invoice("I4").open_minor == 0
        clerk.desk.payment("P1", "980.00", bank_reference="E2E-1")
        assert clerk.desk.held_invoice("I4").open_minor == 0
        assert clerk.desk.nets()[4010] == 2_000

    def test_a_late_record_answers_too(self, clerk: Any) -> None:
        clerk.desk.payment(version=2)
        entered = clerk.enters(bank_reference="E2E-1")
        assert clerk.desk.payment(bank_reference="E2E-1").outcome is Outcome.SUPERSEDED
        assert entered.state is State.ECHOED
        assert clerk.desk.nets() == {1000: 10_000, 1200: 5_000, 4000: -15_000}

    def test_a_contradiction_answers_nothing(self, clerk: Any) -> None:
        clerk.desk.payment()
        entered = clerk.enters(bank_reference="E2E-1")
        assert clerk.desk.payment(bank_reference="E2E-1").outcome is Outcome.CONFLICT
        assert entered.state is State.OPEN

    def test_an_amendment_does_not_answer_again(self, clerk: Any) -> None:
        request = clerk.enters()
        said = {"request_id": str(request.request_id)}
        clerk.desk.payment(**said)
        clerk.desk.payment(version=2, amount="90.00", **said)
        clerk.desk.payment("P2", "40.00", **said)
        assert request.answered_by == object_id(DE, "payment", "P1")
        assert clerk.desk.nets()[1000] == 13_000


SAID = ("request", "bank", "both")


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """How the ERP says which payment it is, for whom, and in which order what happens, some of it twice."""
    said = draw(st.sampled_from(SAID))
    whose = draw(st.sampled_from(["C1", ""]))
    steps = [
        "door",
        "record",
        "amended",
        *draw(st.lists(st.sampled_from(["door", "record", "amended"]))),
    ]
    if draw(st.booleans()):
        steps.append("refused")
    order = draw(st.permutations(steps))
    return said, whose, order


class TestLawOfTheEcho:
    @settings(max_examples=300, deadline=None)
    @given(story=stories())
    def test_in_any_order_money_is_in_the_books_once(
        self, new_desk: Any, new_clerk: Any, moment: Any, story: tuple[str, str, list[str]]
    ) -> None:
        said, whose, order = story
        desk = new_desk()
        desk.customer()
        desk.invoice("I1", "100.00")
        clerk, request = new_clerk(desk, moment), None
        held_back: list[str] = []

        for step in (*order, "end"):
            needs_id = step == "refused" or (said == "request" and step in {"record", "amended"})
            if needs_id and request is None:
                held_back.append(step)
                continue
            todo = [step] if request is None and step != "door" else [step, *held_back]
            for each in todo:
                if each == "door" and request is None:
                    request = clerk.enters(bank_reference="E2E-1")
                elif each in {"record", "amended"}:
                    self._record(desk, each, said, whose, request)
                elif each == "refused" and request is not None:
                    clerk.refuses(request)
            if request is not None:
                held_back.clear()
            self._check(desk, paid_at_most=10_000)

        assert request is not None
        assert request.state is State.ECHOED
        nets = desk.nets()
        assert (nets.get(1000), nets.get(1010), nets.get(1200), nets.get(2100)) == (
            10_000,
            None,
            None,
            None,
        )
        assert clerk.doubts == []

    def _record(self, desk: Any, step: str, said: str, whose: str, request: Request | None) -> None:
        body: dict[str, Any] = {
            "legal_entity": "DE01",
            "value_date": "2026-03-20",
            "currency": "EUR",
        }
        body |= {"payment_id": "P1", "amount": "100.00", "method": "transfer"}
        body |= {"version": 1} if step == "record" else {"version": 2, "reference": "typed anew"}
        if whose:
            body["customer_number"] = whose
        if said != "request":
            body["bank_reference"] = "E2E-1"
        if said != "bank" and request is not None:
            body["request_id"] = str(request.request_id)
        desk.take("erp.payment.received.v1", **body)

    def _check(self, desk: Any, *, paid_at_most: int) -> None:
        nets = desk.nets()
        assert nets.get(1000, 0) + nets.get(1010, 0) <= paid_at_most
        assert sum(nets.values()) == 0
        assert desk.posted() == desk.held()
