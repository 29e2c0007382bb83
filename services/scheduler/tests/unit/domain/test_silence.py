"""Why nothing is said: each reason by its name."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from scheduler.domain.customer import ErpHold
from scheduler.domain.item import ItemHold

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def late(make: SimpleNamespace, **given: Any) -> Any:
    world = make.world(make.at(MONDAY - 3 * DAY), customer=make.customer(**given))
    world.owes("4711", MONDAY - 21 * DAY)
    return world


class TestTheCustomer:
    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            ({"kind": "intercompany"}, "intercompany"),
            ({"status": "inactive"}, "customer-inactive"),
            ({"status": "deleted"}, "customer-deleted"),
            ({"known": False}, "customer-unknown"),
            ({"version": 0}, "customer-unknown"),
            ({"merged_into": "C-2"}, "customer-merged"),
            ({"doubts": ("tax-does-not-add-up",)}, "erp-data-incomplete"),
            ({"holds": (ErpHold("legal"),)}, "erp-hold"),
            ({"holds": (ErpHold("sales", legal_entity="DE01"),)}, "erp-hold"),
        ],
    )
    def test_is_left_alone_and_the_reason_is_kept(
        self, make: SimpleNamespace, given: dict[str, Any], reason: str
    ) -> None:
        world = late(make, **given).until(MONDAY + 10 * DAY)

        assert world.said() == []
        assert world.silences() == [reason]

    def test_a_hold_at_one_legal_entity_leaves_the_other_free(self, make: SimpleNamespace) -> None:
        world = late(make, holds=(ErpHold("sales", legal_entity="DE01"),))
        world.owes("uk", MONDAY - 21 * DAY, legal_entity="UK01", currency="GBP")

        world.until(MONDAY + DAY)

        assert [numbers for _, _, numbers in world.said()] == [["uk"]]

    def test_an_erp_hold_ends_after_its_last_day(self, make: SimpleNamespace) -> None:
        world = late(make, holds=(ErpHold("holiday", until=MONDAY + 2 * DAY),))

        world.until(MONDAY + 10 * DAY)

        assert [day for day, _, _ in world.said()] == [MONDAY + 3 * DAY]


class TestHoldsOfOurs:
    def test_end_by_themselves_and_say_so(self, make: SimpleNamespace) -> None:
        world = late(make)
        until = datetime(2026, 3, 4, 12, tzinfo=UTC)
        world.holds = [make.hold(until=until)]

        world.until(MONDAY + 10 * DAY)

        assert [day for day, _, _ in world.said()] == [MONDAY + 3 * DAY]
        assert world.holds[0].ended_at == until

    def test_of_one_invoice_leave_the_others_free(self, make: SimpleNamespace) -> None:
        world = late(make)
        other = world.owes("other", MONDAY - 21 * DAY)
        world.holds = [make.hold(invoice_id=other.invoice_id)]

        world.until(MONDAY + DAY)

        assert [numbers for _, _, numbers in world.said()] == [["4711"]]

    def test_withdraw_what_is_on_its_way(self, make: SimpleNamespace) -> None:
        world = late(make)
        world.sends = False
        world.until(MONDAY + DAY)
        world.holds = [make.hold()]

        world.look()

        assert world.withdrawn() == ["manual-hold"]


class TestTheItem:
    def test_paid_by_direct_debit_is_not_chased_until_it_came_back(
        self, make: SimpleNamespace
    ) -> None:
        world = late(make)
        world.items["4711"].direct_debit = True
        world.until(MONDAY + 5 * DAY)
        assert (world.said(), world.silences()) == ([], ["direct-debit"])

        world.items["4711"].returned = True

        assert len(world.until(MONDAY + 9 * DAY).said()) == 1

    def test_held_by_the_erp_is_not_chased(self, make: SimpleNamespace) -> None:
        world = late(make)
        world.items["4711"].holds = (ItemHold("disputed"),)

        world.until(MONDAY + 5 * DAY)

        assert (world.said(), world.silences()) == ([], ["invoice-held"])

    def test_partly_held_is_chased_for_the_rest(self, make: SimpleNamespace) -> None:
        world = late(make)
        world.items["4711"].holds = (ItemHold("short delivery", amount_minor=30_00),)

        world.until(MONDAY + DAY)

        assert [one.minor for one in world.reminders[0][1].items] == [70_00]

    def test_partly_held_at_a_consumer_is_not_chased_at_all(self, make: SimpleNamespace) -> None:
        world = late(make, kind="consumer")
        world.items["4711"].holds = (ItemHold("short delivery", amount_minor=30_00),)

        world.until(MONDAY + DAY)

        assert (world.said(), world.silences()) == ([], ["invoice-held"])

    def test_of_three_cents_is_left_alone_for_ever(self, make: SimpleNamespace) -> None:
        world = late(make)
        world.items["4711"].open_minor = 3

        world.until(MONDAY + 300 * DAY)

        assert world.said() == []
        assert set(world.silences()) == {"below-minimum"}

    def test_of_an_entity_that_we_do_not_know_is_left_alone(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY), customer=make.customer(legal_entity=None))
        world.owes("4711", MONDAY - 21 * DAY, legal_entity="XX99")

        world.until(MONDAY + 3 * DAY)

        assert (world.said(), world.silences()) == ([], ["legal-entity-unknown"])


class TestMoneyOnAccount:
    def test_that_covers_what_is_overdue_keeps_us_silent(self, make: SimpleNamespace) -> None:
        world = late(make)
        world.unapplied = {("DE01", "EUR"): 100_00}

        world.until(MONDAY + 5 * DAY)

        assert (world.said(), world.silences()) == ([], ["covered-by-unapplied"])

    def test_that_does_not_cover_it_changes_nothing(self, make: SimpleNamespace) -> None:
        world = late(make)
        world.unapplied = {("DE01", "EUR"): 99_99}

        assert len(world.until(MONDAY + DAY).said()) == 1

    @pytest.mark.parametrize("place", [("UK01", "EUR"), ("DE01", "GBP")])
    def test_elsewhere_is_never_netted(self, make: SimpleNamespace, place: tuple[str, str]) -> None:
        world = late(make)
        world.unapplied = {place: 100_00}

        assert len(world.until(MONDAY + DAY).said()) == 1

    def test_covering_one_currency_leaves_the_other_listed(self, make: SimpleNamespace) -> None:
        world = late(make)
        world.owes("usd", MONDAY - 21 * DAY, currency="USD")
        world.unapplied = {("DE01", "EUR"): 100_00}

        world.until(MONDAY + DAY)

        assert [numbers for _, _, numbers in world.said()] == [["usd"]]


class TestTheSameSilence:
    def test_is_kept_once_until_something_changes(self, make: SimpleNamespace) -> None:
        world = late(make, doubts=("amount-negative",))
        world.look()
        world.look()
        assert world.silences() == ["erp-data-incomplete"]

        world.owes("second", MONDAY - 21 * DAY)
        world.look()

        assert world.silences() == ["erp-data-incomplete"] * 2
