"""Instalments: each is chased by its own due date, and what an invoice keeps back is kept back of the oldest first."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.domain.decision import Kind, Level
from scheduler.domain.item import Discount, ItemHold

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)

PARTS = st.lists(
    st.tuples(st.integers(-90, 60), st.integers(1, 300_00), st.none() | st.integers(1, 100)),
    min_size=1,
    max_size=5,
)


def said(world: Any) -> list[Any]:
    """Day and step of every reminder, and what it asked for: due date, age, own step and amount."""
    return [
        (
            reminder.contact_day,
            reminder.step.number,
            reminder.firmest_step_max,
            sorted((one.due_on, one.days_overdue, one.own.number, one.minor) for one in reminder.items),
        )
        for _, reminder in world.reminders
    ]  # fmt: skip


def escalated(world: Any) -> list[Any]:
    return [
        (one.level, one.on, sorted(chased.due_on for chased in one.items))
        for one in world.escalations
    ]


def live(world: Any, paid: list[tuple[int, str]]) -> Any:
    for days, key in sorted(paid):
        world.until(MONDAY + days * DAY)
        world.pays(key)
    return world.until(MONDAY + 130 * DAY)


@settings(max_examples=60, deadline=None)
@given(parts=PARTS, on_account=st.sampled_from([0, 0, 50_00]))
def test_an_invoice_in_instalments_is_chased_like_as_many_invoices(
    make: SimpleNamespace, parts: list[tuple[int, int, int | None]], on_account: int
) -> None:
    apart, together = make.world(make.at(MONDAY)), make.world(make.at(MONDAY))
    for place, (due, minor, _) in enumerate(parts, start=1):
        apart.owes(f"R/{place}", MONDAY + due * DAY, open_minor=minor)
    together.owes_in_parts("R", *((MONDAY + due * DAY, minor) for due, minor, _ in parts))
    paid = [(days, f"R/{place}") for place, (_, _, days) in enumerate(parts, start=1) if days]

    for world in (apart, together):
        world.unapplied = {("DE01", "EUR"): on_account}
        live(world, paid)

    assert said(together) == said(apart)
    assert escalated(together) == escalated(apart)
    assert together.silences() == apart.silences()


@settings(max_examples=60, deadline=None)
@given(parts=PARTS, retained=st.integers(1, 500_00))
def test_what_is_not_due_is_never_spoken_of_and_never_counts_as_owed(
    make: SimpleNamespace, parts: list[tuple[int, int, int | None]], retained: int
) -> None:
    dated = [(MONDAY + due * DAY, minor) for due, minor, _ in parts]
    without, world = make.world(make.at(MONDAY)), make.world(make.at(MONDAY))
    without.owes_in_parts("R", *dated)
    world.owes_in_parts("R", *dated, (None, retained))

    for one in (without, world):
        one.until(MONDAY + 130 * DAY)

    assert said(world) == said(without)
    assert escalated(world) == escalated(without)
    assert world.silences() == without.silences()
    assert str(len(dated) + 1) not in {
        str(item["instalment"])
        for _, decision in world.decisions
        for item in decision.facts.get("items", ())
    }


@given(opens=st.lists(st.integers(1, 1_000), min_size=1, max_size=6), held=st.integers(0, 7_000))
def test_a_hold_on_an_amount_keeps_back_the_oldest_first_and_no_more_than_is_open(
    make: SimpleNamespace, opens: list[int], held: int
) -> None:
    holds = (ItemHold("disputed", held),)
    kept = [
        make.item("R", MONDAY, open_minor=minor, holds=holds).held_minor(
            MONDAY, [], older_minor=sum(opens[:place]), whole_debt=False
        )
        for place, minor in enumerate(opens)
    ]

    assert sum(kept) == min(held, sum(opens))
    rest = [minor - one for minor, one in zip(opens, kept, strict=True)]
    first_left = next((place for place, minor in enumerate(rest) if minor), len(rest))
    assert all(one == 0 for one in kept[first_left + 1 :])


class TestInstalments:
    def test_are_told_one_after_the_other_as_they_fall_due(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes_in_parts(
            "R", (MONDAY - 21 * DAY, 400_00), (MONDAY + 40 * DAY, 400_00), (None, 100_00)
        )

        reminder = world.until(MONDAY + DAY).reminders[0][1]

        assert [(one.item.number, one.minor) for one in reminder.items] == [(1, 400_00)]

    def test_that_are_paid_leave_the_others_where_they_are(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes_in_parts("R", (MONDAY - 40 * DAY, 400_00), (MONDAY - 4 * DAY, 400_00))
        world.until(MONDAY + DAY)
        world.pays("R/1")

        world.until(MONDAY + 30 * DAY)

        assert [[one.item.number for one in said.items] for _, said in world.reminders] == [
            [1, 2],
            [2],
        ]

    def test_a_hold_on_part_of_the_invoice_silences_the_oldest(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes_in_parts(
            "R",
            (MONDAY - 40 * DAY, 400_00),
            (MONDAY - 20 * DAY, 400_00),
            holds=(ItemHold("damaged", 450_00),),
        )

        reminder = world.until(MONDAY + DAY).reminders[0][1]

        assert [(one.item.number, one.minor) for one in reminder.items] == [(2, 350_00)]
        assert "invoice-held" in world.silences()

    def test_a_hold_without_an_amount_silences_them_all(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        parts = ((MONDAY - 40 * DAY, 400_00), (MONDAY - 20 * DAY, 400_00))
        world.owes_in_parts("R", *parts, holds=(ItemHold("not mine"),))

        assert world.until(MONDAY + 40 * DAY).said() == []

    def test_of_a_consumer_are_all_silent_while_part_is_disputed(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY), customer=make.customer(kind="consumer"))
        parts = ((MONDAY - 40 * DAY, 400_00), (MONDAY - 20 * DAY, 400_00))
        world.owes_in_parts("R", *parts, holds=(ItemHold("damaged", 10_00),))

        assert world.until(MONDAY + 40 * DAY).said() == []

    def test_of_one_invoice_are_escalated_one_after_the_other(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes_in_parts("R", (MONDAY - 36 * DAY, 400_00), (MONDAY + 10 * DAY, 400_00))

        world.until(MONDAY + 60 * DAY)

        owner = [one for one in world.escalations if one.level is Level.ACCOUNT_OWNER]
        assert [[chased.item.number for chased in one.items] for one in owner] == [[1], [1, 2]]
        assert len({one.escalation_id for one in world.escalations}) == len(world.escalations)

    def test_that_are_paid_take_the_reminder_back_though_another_is_late(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY), sends=False)
        world.owes_in_parts("R", (MONDAY - 21 * DAY, 400_00))
        world.until(MONDAY + DAY)
        world.owes_in_parts("R", (MONDAY - 21 * DAY, 400_00), (MONDAY - 21 * DAY, 400_00))
        world.pays("R/1")

        world.look()

        assert world.withdrawn() == ["settled"]

    def test_that_lose_their_due_date_take_the_reminder_back(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY), sends=False)
        world.owes_in_parts("R", (MONDAY - 21 * DAY, 400_00), (MONDAY + 90 * DAY, 400_00))
        world.until(MONDAY + DAY)
        world.items["R/1"].due_on = None

        world.look()

        assert world.withdrawn() == ["not-due"]

    def test_are_named_by_their_number_on_the_timeline(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes_in_parts("R", (MONDAY + 60 * DAY, 1_00), (MONDAY - 21 * DAY, 400_00))
        world.owes("S", MONDAY - 21 * DAY)

        world.until(MONDAY + DAY)

        (facts,) = [line.facts for _, line in world.decisions if line.kind is Kind.REMINDER]
        named = [(one["invoice_number"], one["instalment"]) for one in facts["items"]]
        assert named == [("R", 2), ("S", None)]


class TestADiscountTaken:
    """The ledger holds back what a discount rightly took off; until the ERP books it, it is open."""

    def test_is_never_asked_for(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes(
            "R", MONDAY - 21 * DAY, open_minor=20_00, holds=(ItemHold("discount-taken", 20_00),)
        )

        world.until(MONDAY + 130 * DAY)

        assert (world.said(), world.escalations) == ([], [])
        assert set(world.silences()) == {"invoice-held"}

    def test_leaves_what_is_owed_beside_it(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes(
            "R", MONDAY - 21 * DAY, open_minor=510_00, holds=(ItemHold("discount-taken", 10_00),)
        )

        world.until(MONDAY + DAY)

        assert [one.minor for _, said in world.reminders for one in said.items] == [500_00]


class TestADiscountStillOpen:
    TIERS = (Discount(MONDAY - DAY, 970_00), Discount(MONDAY, 980_00), Discount(MONDAY + DAY, 990_00))  # fmt: skip

    def offered(self, make: SimpleNamespace, *parts: tuple[date, int], **given: Any) -> list[Any]:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes_in_parts("R", *parts, discounts=self.TIERS, **given)
        world.until(MONDAY - 2 * DAY)
        world.now = make.at(MONDAY)
        world.look()
        return [one.discount for _, said in world.reminders for one in said.items]

    @pytest.mark.parametrize("today", [MONDAY, MONDAY + DAY])
    def test_is_the_best_that_can_still_be_had(self, make: SimpleNamespace, today: date) -> None:
        item = make.item("R", MONDAY + 9 * DAY, discounts=self.TIERS)

        best = item.best_discount(today)

        assert best == self.TIERS[1 if today == MONDAY else 2]
        assert item.best_discount(MONDAY + 2 * DAY) is None

    def test_is_told_with_the_oldest_instalment(self, make: SimpleNamespace) -> None:
        parts = (MONDAY + 4 * DAY, 500_00), (MONDAY + 5 * DAY, 500_00)

        assert self.offered(make, *parts) == [self.TIERS[1], None]

    def test_is_not_told_of_what_is_overdue(self, make: SimpleNamespace) -> None:
        parts = (MONDAY - 4 * DAY, 500_00), (MONDAY + 4 * DAY, 500_00)

        assert self.offered(make, *parts) == [None, None]

    def test_is_not_told_while_part_is_held(self, make: SimpleNamespace) -> None:
        parts = (MONDAY + 4 * DAY, 500_00), (MONDAY + 5 * DAY, 500_00)

        assert set(self.offered(make, *parts, holds=(ItemHold("damaged", 1_00),))) == {None}
