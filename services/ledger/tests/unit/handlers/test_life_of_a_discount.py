"""Early payment: taken or lost, by the value date."""

from typing import Any

import pytest

PRO_RATA = "urn:acme:erp:pro-rata"
TWO_TEN = [{"until": "2026-04-11", "percent": "2"}]
"""2/10 net 30 on what was invoiced on 1 April."""
IN_TIME, LATE = "2026-04-11", "2026-04-12"


def invoice(desk: Any, **different: Any) -> Any:
    terms = {"issued_on": "2026-04-01", "due_on": "2026-05-01", "discounts": TWO_TEN}
    return desk.invoice(**({"total": "1000.00"} | terms | different))


def holds(desk: Any) -> list[tuple[str, str]]:
    """As the last fact that is about an invoice says."""
    fact = desk.books.told[-1].fact
    told = fact.invoices[0] if hasattr(fact, "invoices") else fact
    return [(one.reason, str(one.amount)) for one in told.holds]


def offered(desk: Any) -> list[tuple[str, str, str]]:
    fact = desk.books.told[-1].fact
    told = fact.invoices[0] if hasattr(fact, "invoices") else fact
    return [(one.until.isoformat(), str(one.amount), str(one.pays)) for one in told.discounts]


class TestTakenByUs:
    def test_paid_in_time_closes(self, desk: Any) -> None:
        invoice(desk)
        assert offered(desk) == [("2026-04-11", "20.00", "980.00")]
        desk.payment(amount="980.00", value_date=IN_TIME)
        assert desk.held_invoice().status == "settled"
        assert desk.held_credit().unapplied_minor == 0
        assert desk.nets() == {1000: 98000, 4000: -100000, 4010: 2000}
        assert desk.posted() == desk.held()

    def test_a_day_late_is_a_short_payment(self, desk: Any) -> None:
        invoice(desk)
        desk.payment(amount="980.00", value_date=LATE)
        assert desk.held_invoice().open_minor == 2000
        assert holds(desk) == []

    def test_the_value_date_counts_not_the_arrival(self, desk: Any) -> None:
        desk.payment(amount="980.00", value_date=IN_TIME)
        invoice(desk)
        assert desk.held_invoice().status == "settled"

    def test_the_tax_follows(self, desk: Any) -> None:
        invoice(desk, total="1200.00", net="1000.00", tax="200.00")
        desk.payment(amount="1176.00", value_date=IN_TIME)
        assert desk.nets() == {1000: 117600, 2200: -19600, 4000: -100000, 4010: 2000}

    def test_of_several_tiers_the_best_still_reached_counts(self, desk: Any) -> None:
        tiers = [
            {"until": "2026-04-05", "percent": "3"},
            {"until": "2026-04-11", "amount": "20.00"},
        ]
        invoice(desk, discounts=tiers)
        desk.payment("P1", "970.00", value_date="2026-04-05")
        assert desk.held_invoice().status == "settled"
        invoice(desk, name="I2", discounts=tiers)
        desk.payment("P2", "970.00", value_date="2026-04-06")
        assert desk.held_invoice("I2").open_minor == 3000

    def test_two_payments_in_time_take_it_together(self, desk: Any) -> None:
        invoice(desk)
        desk.payment("P1", "500.00", value_date="2026-04-05")
        assert offered(desk) == [("2026-04-11", "20.00", "480.00")]
        desk.payment("P2", "480.00", value_date=IN_TIME)
        assert desk.held_invoice().status == "settled"

    def test_money_that_came_late_ends_it(self, desk: Any) -> None:
        invoice(desk)
        desk.payment("P1", "500.00", value_date=LATE)
        desk.payment("P2", "480.00", value_date=IN_TIME)
        assert (desk.held_invoice().open_minor, offered(desk)) == (2000, [])

    def test_a_credit_note_takes_its_part_of_it_along(self, desk: Any) -> None:
        invoice(desk)
        desk.credit_note(
            total="200.00",
            issued_on="2026-04-03",
            allocations=[{"invoice_id": "I1", "amount": "200.00"}],
        )
        assert offered(desk) == [("2026-04-11", "16.00", "784.00")]

    def test_an_amount_counts_before_a_percentage(self, desk: Any) -> None:
        invoice(desk, discounts=[{"until": "2026-04-11", "percent": "3", "amount": "20.00"}])
        assert offered(desk) == [("2026-04-11", "20.00", "980.00")]


class TestTakenBack:
    def test_when_the_erp_speaks(self, desk: Any) -> None:
        invoice(desk)
        desk.payment(amount="980.00", value_date=IN_TIME)
        desk.allocate("P1")
        assert (desk.held_invoice().open_minor, desk.held_credit().unapplied_minor) == (
            100000,
            98000,
        )
        assert desk.nets() == {1000: 98000, 1200: 100000, 2100: -98000, 4000: -100000}

    def test_when_part_of_the_money_goes_back(self, desk: Any) -> None:
        invoice(desk)
        desk.payment(amount="980.00", value_date=IN_TIME)
        desk.take(
            "erp.payment.returned.v1",
            payment_id="P1",
            version=2,
            returned_on="2026-04-20",
            amount="100.00",
            reason="bank-return",
        )
        assert desk.held_invoice().open_minor == 12000
        assert desk.posted() == desk.held()

    def test_when_the_terms_do_not_give_it_any_more(self, desk: Any) -> None:
        invoice(desk)
        desk.payment(amount="980.00", value_date=IN_TIME)
        invoice(desk, version=2, discounts=[])
        assert desk.held_invoice().open_minor == 2000

    def test_when_the_invoice_grows(self, desk: Any) -> None:
        invoice(desk)
        desk.payment(amount="980.00", value_date=IN_TIME)
        invoice(desk, version=2, total="1500.00")
        assert desk.held_invoice().open_minor == 52000

    def test_the_money_stays_when_the_invoice_shrinks(self, desk: Any) -> None:
        invoice(desk)
        desk.payment(amount="980.00", value_date=IN_TIME)
        invoice(desk, version=2, total="900.00")
        assert (desk.held_invoice().open_minor, desk.held_credit().unapplied_minor) == (0, 8000)
        assert desk.posted() == desk.held()


class TestRightlyTaken:
    """The ERP's word is booked as it stands; nobody is chased for what he had the right to take off."""

    def pays(self, desk: Any, amount: str, value_date: str, **more: Any) -> None:
        there = [{"invoice_id": "I1", "amount": amount}]
        desk.payment(amount=amount, value_date=value_date, allocations=there, **more)

    def test_is_held(self, desk: Any) -> None:
        invoice(desk)
        self.pays(desk, "980.00", IN_TIME)
        assert desk.held_invoice().open_minor == 2000
        assert holds(desk) == [("discount-taken", "20.00")]

    def test_is_not_held_when_it_was_late(self, desk: Any) -> None:
        invoice(desk)
        self.pays(desk, "980.00", LATE)
        assert holds(desk) == []

    def test_is_not_held_when_it_was_too_little(self, desk: Any) -> None:
        invoice(desk)
        self.pays(desk, "979.99", IN_TIME)
        assert holds(desk) == []

    def test_ends_when_the_erp_books_the_discount(self, desk: Any) -> None:
        invoice(desk)
        self.pays(desk, "980.00", IN_TIME)
        desk.adjust("A1", "20.00", reason="discount")
        assert (desk.held_invoice().status, desk.held_invoice().due.kept_minor) == ("settled", 0)

    def test_of_a_part_payment_its_part_when_terms_are_pro_rata(self, desk: Any) -> None:
        invoice(desk, source=PRO_RATA)
        self.pays(desk, "490.00", IN_TIME, source=PRO_RATA)
        assert desk.held_invoice(source=PRO_RATA).open_minor == 51000
        assert holds(desk) == [("discount-taken", "10.00")]


class TestProRata:
    def test_a_part_payment_takes_its_part(self, desk: Any) -> None:
        invoice(desk, source=PRO_RATA)
        desk.payment(amount="490.00", value_date=IN_TIME, source=PRO_RATA)
        assert desk.held_invoice(source=PRO_RATA).open_minor == 50000
        assert desk.nets() == {1000: 49000, 1200: 50000, 4000: -100000, 4010: 1000}
        assert offered(desk) == [("2026-04-11", "10.00", "490.00")]

    def test_else_only_the_whole_does(self, desk: Any) -> None:
        invoice(desk)
        desk.payment(amount="490.00", value_date=IN_TIME)
        assert desk.held_invoice().open_minor == 51000

    def test_what_comes_late_takes_none(self, desk: Any) -> None:
        invoice(desk, source=PRO_RATA)
        desk.payment("P1", "490.00", value_date=IN_TIME, source=PRO_RATA)
        desk.payment("P2", "490.00", value_date=LATE, source=PRO_RATA)
        assert desk.held_invoice(source=PRO_RATA).open_minor == 1000


class TestRefusals:
    @pytest.mark.parametrize(
        ("discount", "code", "pointer"),
        [
            ({"until": "2026-04-11"}, "field-missing", "/discounts/0/percent"),
            ({"until": "2026-04-11", "percent": "-1"}, "amount-negative", "/discounts/0/percent"),
            ({"until": "2026-04-11", "percent": "101"}, "amount-too-large", "/discounts/0/percent"),
            (
                {"until": "2026-04-11", "percent": "NaN"},
                "amount-not-a-number",
                "/discounts/0/percent",
            ),
            (
                {"until": "2026-04-11", "amount": "1000.01"},
                "amount-too-large",
                "/discounts/0/amount",
            ),
            (
                {"until": "2026-04-11", "amount": "0.001"},
                "amount-too-precise",
                "/discounts/0/amount",
            ),
            ({"until": "1980-04-11", "percent": "2"}, "date-out-of-range", "/discounts/0/until"),
        ],
    )
    def test_each_has_its_code_and_pointer(
        self, desk: Any, discount: dict[str, str], code: str, pointer: str
    ) -> None:
        taken = invoice(desk, discounts=[discount])
        assert (taken.outcome, taken.code, taken.pointer) == ("refused", code, pointer)
