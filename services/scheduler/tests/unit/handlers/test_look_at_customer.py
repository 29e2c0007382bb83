"""What a look announces: facts whose ids follow from their causes."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from scheduler.domain.desk import Desk
from scheduler.domain.looks import Looks
from scheduler.domain.standing import Standing
from scheduler.handlers.end_hold import HoldUnknown, end_hold
from scheduler.handlers.look_at_customer import look_at_customer
from scheduler.handlers.place_hold import place_hold
from shared.contracts.scheduler import HoldEnded, HoldPlaced, ReminderPlanned

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def looks_at(make: SimpleNamespace) -> Looks:
    world = make.world(make.at(MONDAY), standing=Standing(contact_at=make.at(MONDAY)))
    world.owes("4711", MONDAY - 40 * DAY, open_minor=1234_56)
    return Looks(views={world.customer.customer_id: world.view()})


class TestLookAtCustomer:
    def test_announces_a_reminder_with_each_items_own_step(self, make: SimpleNamespace) -> None:
        looks = looks_at(make)
        (customer_id,) = looks.views

        look_at_customer(looks, customer_id, rulebook=make.rulebook, moment=make.at(MONDAY))

        planned = next(told.fact for told in looks.told if isinstance(told.fact, ReminderPlanned))
        assert (planned.step.number, planned.firmest_step_max, planned.gap_days) == (1, 1, 15)
        assert [(item.step.number, item.open) for item in planned.items] == [(3, "1234.56")]
        assert planned.not_before < planned.not_after

    def test_names_the_same_reminder_the_same_way_whoever_decides_it(
        self, make: SimpleNamespace
    ) -> None:
        ids = []
        for _ in range(2):
            looks = looks_at(make)
            look_at_customer(looks, *looks.views, rulebook=make.rulebook, moment=make.at(MONDAY))
            ids.append([told.fact.event_id for told in looks.told])

        assert ids[0] == ids[1] != []


class TestHolds:
    def test_are_placed_once_and_ended_once(self, make: SimpleNamespace) -> None:
        hold = make.hold()
        desk = Desk(hold.customer_id)

        place_hold(desk, hold, moment=hold.placed_at)
        place_hold(desk, hold, moment=hold.placed_at)
        end_hold(desk, hold.hold_id, by="sam", reason="agreed", moment=make.at(MONDAY))

        assert [type(told.fact) for told in desk.told] == [HoldPlaced, HoldEnded]

    def test_of_others_cannot_be_ended(self, make: SimpleNamespace) -> None:
        hold = make.hold()

        with pytest.raises(HoldUnknown):
            end_hold(
                Desk(hold.customer_id), hold.hold_id, by="sam", reason="", moment=make.at(MONDAY)
            )
