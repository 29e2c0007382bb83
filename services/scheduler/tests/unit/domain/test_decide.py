"""What is said to one customer, and when: sentences from the rules, and from what other systems get wrong."""

from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

from scheduler.domain.customer import Person
from scheduler.domain.decision import Level
from scheduler.domain.policy import Tone

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


class TestTheLadder:
    def test_first_contact_after_the_due_date_is_step_1_even_on_old_debt(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes("4711", MONDAY - 90 * DAY)

        world.until(MONDAY + DAY)

        assert world.said() == [(MONDAY, 1, ["4711"])]

    def test_climbs_one_step_at_a_time_and_never_past_the_ladder(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY - 90 * DAY)

        world.until(MONDAY + 200 * DAY)

        assert [step for _, step, _ in world.said()] == [1, 2, 3, 4, 5]
        assert world.reminders[-1][1].step.tone is Tone.URGENT

    def test_follows_an_invoice_from_courtesy_to_its_last_step(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY + 10 * DAY)

        world.until(MONDAY + 120 * DAY)

        assert [step for _, step, _ in world.said()] == [0, 1, 2, 3, 4, 5]
        first = world.said()[0][0]
        assert MONDAY + 5 * DAY <= first <= MONDAY + 10 * DAY

    def test_counts_age_from_the_due_date(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY + 60 * DAY)

        assert world.until(MONDAY + 40 * DAY).said() == []

    def test_a_paid_item_takes_only_its_own_step_away(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("old", MONDAY - 40 * DAY)
        world.owes("young", MONDAY - 4 * DAY)
        world.until(MONDAY + 31 * DAY)
        world.pays("old")

        steps = [
            step
            for _, step, numbers in world.until(MONDAY + 90 * DAY).said()
            if numbers == ["young"]
        ]

        assert steps == sorted(steps)
        assert steps[0] >= 2

    def test_a_step_is_not_skipped_when_the_oldest_invoice_is_paid(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("old", MONDAY - 62 * DAY)
        world.owes("young", MONDAY - 21 * DAY)
        world.until(MONDAY + 2 * DAY)
        world.pays("old")

        following = [
            said for said in world.until(MONDAY + 60 * DAY).said() if said[0] > MONDAY + 2 * DAY
        ]

        assert [step for _, step, _ in following][:2] == [2, 3]

    def test_says_nothing_again_while_nothing_rises(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes("4711", MONDAY - 5 * DAY)
        world.until(MONDAY + DAY)
        world.now = make.at(MONDAY + DAY)

        first = world.look()
        second = world.look()

        assert first.reminders == second.reminders == ()
        assert second.decisions == ()


class TestOneMessage:
    def test_sends_one_message_for_three_late_invoices(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        for number, days in [("a", 4), ("b", 30), ("c", 50)]:
            world.owes(number, MONDAY - days * DAY)

        world.until(MONDAY + DAY)

        assert world.said() == [(MONDAY, 1, ["c", "b", "a"])]

    def test_writes_for_each_legal_entity_on_the_same_contact_day(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes("a", MONDAY - 21 * DAY)
        world.owes("b", MONDAY - 4 * DAY, legal_entity="UK01", currency="GBP")

        world.until(MONDAY + DAY)

        assert [(day, numbers) for day, _, numbers in world.said()] == [
            (MONDAY, ["a"]),
            (MONDAY, ["b"]),
        ]

    def test_a_courtesy_rides_along_with_a_reminder_and_is_not_told_again(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes("late", MONDAY - 21 * DAY)
        world.owes("soon", MONDAY + 4 * DAY)

        world.until(MONDAY + 4 * DAY)

        assert world.said() == [(MONDAY, 1, ["late", "soon"])]

    def test_a_courtesy_needs_no_gap_after_a_reminder(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes("late", MONDAY - 5 * DAY)
        world.owes("soon", MONDAY + 7 * DAY)

        world.until(MONDAY + 4 * DAY)

        assert world.said() == [(MONDAY, 1, ["late"]), (MONDAY + 2 * DAY, 0, ["soon"])]


class TestTheBudget:
    def test_keeps_fifteen_days_between_reminders(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes("a", MONDAY - 5 * DAY)
        world.owes("b", MONDAY + DAY)

        days = [day for day, step, _ in world.until(MONDAY + 50 * DAY).said() if step >= 1]

        assert len(days) >= 3
        assert all(later - earlier >= 15 * DAY for earlier, later in pairwise(days))
        assert "contact-budget" in world.silences()

    def test_says_why_it_waits_only_once(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY))
        world.owes("a", MONDAY - 5 * DAY)
        world.owes("b", MONDAY - DAY)
        world.until(MONDAY + 3 * DAY)
        world.look()
        world.look()

        assert world.silences() == ["contact-budget"]


class TestAnOutage:
    def test_of_ten_days_ends_in_one_contact_day(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY)
        world.look()
        world.now = make.at(MONDAY + 10 * DAY, 13)

        world.look()
        world.look()

        assert world.said() == [(MONDAY + 10 * DAY, 1, ["4711"])]

    def test_that_ends_at_night_waits_for_the_morning(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY)
        world.look()
        world.now = make.at(MONDAY + 10 * DAY, 23)

        verdict = world.look()

        assert world.said() == []
        assert verdict.look_at == make.at(MONDAY + 11 * DAY)

    def test_over_many_steps_still_starts_with_step_1(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY)
        world.look()
        world.now = make.at(MONDAY + 70 * DAY)

        world.look()

        assert [step for _, step, _ in world.said()] == [1]


class TestWaitingForFacts:
    def test_what_becomes_known_during_a_day_is_spoken_of_on_the_next(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY, 10))
        world.owes("4711", MONDAY - 21 * DAY)

        verdict = world.look()

        assert verdict.reminders == ()
        assert verdict.look_at == make.at(MONDAY + DAY)

    def test_never_polls_while_nothing_can_come_due(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY + 26 * DAY)

        verdict = world.look()

        assert verdict.look_at == make.at(MONDAY + 21 * DAY)

    def test_without_open_items_only_a_fact_can_wake_us(self, make: SimpleNamespace) -> None:
        assert make.world(make.at(MONDAY)).look().look_at is None


class TestRemindersOnTheirWay:
    def test_nothing_more_is_planned_while_an_outcome_is_awaited(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY), sends=False)
        world.owes("4711", MONDAY - 21 * DAY)

        world.until(MONDAY + 60 * DAY)

        assert len(world.said()) == 1

    def test_is_withdrawn_when_all_it_lists_is_settled(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY), sends=False)
        world.owes("a", MONDAY - 21 * DAY)
        world.owes("b", MONDAY - 21 * DAY)
        world.until(MONDAY + DAY)
        world.pays("a")
        world.look()
        assert world.withdrawn() == []
        world.pays("b")

        world.look()

        assert world.withdrawn() == ["settled"]

    def test_is_withdrawn_also_for_a_customer_without_a_home_entity(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(
            make.at(MONDAY - 3 * DAY), customer=make.customer(legal_entity=None), sends=False
        )
        world.owes("a", MONDAY - 21 * DAY)
        world.until(MONDAY + DAY)
        world.pays("a")

        world.look()

        assert world.withdrawn() == ["settled"]

    def test_is_withdrawn_when_our_data_becomes_doubtful(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY), sends=False)
        world.owes("a", MONDAY - 21 * DAY)
        world.until(MONDAY + DAY)
        world.customer = make.customer(doubts=("amount-negative",))

        world.look()

        assert world.withdrawn() == ["erp-data-incomplete"]

    def test_is_planned_again_on_a_later_day_with_another_id(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY - 3 * DAY), sends=False)
        world.owes("a", MONDAY - 21 * DAY)
        world.until(MONDAY + DAY)
        world.unapplied = {("DE01", "EUR"): 100_00}
        world.look()
        world.unapplied = {}

        world.until(MONDAY + 3 * DAY)

        assert [day for day, _, _ in world.said()] == [MONDAY, MONDAY + DAY]
        assert len({reminder.reminder_id for _, reminder in world.reminders}) == 2

    def test_that_could_not_leave_is_tried_again_after_a_growing_pause(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("a", MONDAY - 21 * DAY)
        world.unsent_days = [MONDAY, MONDAY + DAY]

        world.until(MONDAY + 3 * DAY)
        assert world.said() == []
        assert "message-not-sent" in world.silences()

        world.until(MONDAY + 5 * DAY)
        assert [day for day, _, _ in world.said()] == [MONDAY + 4 * DAY]


class TestEscalations:
    def test_reach_the_owner_and_later_the_manager_once(self, make: SimpleNamespace) -> None:
        world = make.world(
            make.at(MONDAY), customer=make.customer(account_owner=Person("Ada", "ada@acme.test"))
        )
        world.owes("4711", MONDAY)

        world.until(MONDAY + 150 * DAY)

        assert [(one.level, one.to.name) for one in world.escalations] == [
            (Level.ACCOUNT_OWNER, "Ada"),
            (Level.COLLECTIONS_MANAGER, "Manager DE01"),
        ]
        assert world.escalations[0].on >= MONDAY + 35 * DAY
        assert world.escalations[1].on >= MONDAY + 70 * DAY

    def test_reach_the_manager_when_nobody_owns_the_customer(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY - 36 * DAY)

        world.until(MONDAY + 3 * DAY)

        assert [one.to.name for one in world.escalations] == ["Manager DE01"]

    def test_on_imported_debt_the_manager_hears_a_day_after_the_owner(
        self, make: SimpleNamespace
    ) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("4711", MONDAY - 100 * DAY)

        world.until(MONDAY + 9 * DAY)

        assert [(one.level, one.on) for one in world.escalations] == [
            (Level.ACCOUNT_OWNER, MONDAY + DAY),
            (Level.COLLECTIONS_MANAGER, MONDAY + 2 * DAY),
        ]

    def test_of_another_late_invoice_wait_a_while(self, make: SimpleNamespace) -> None:
        world = make.world(make.at(MONDAY))
        world.owes("a", MONDAY - 36 * DAY)
        world.owes("b", MONDAY - 30 * DAY)

        world.until(MONDAY + 34 * DAY)

        owner = [one for one in world.escalations if one.level is Level.ACCOUNT_OWNER]
        assert [[chased.item.invoice_number for chased in one.items] for one in owner] == [
            ["a"],
            ["a", "b"],
        ]
        assert owner[1].on - owner[0].on >= 30 * DAY
