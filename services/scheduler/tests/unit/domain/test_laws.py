"""Laws that hold whatever is owed, paid, held and sent, in whatever order it is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.domain.customer import ErpHold
from scheduler.domain.decide import decide
from scheduler.domain.item import ItemHold

START = date(2026, 1, 5)
DAY = timedelta(days=1)
HORIZON_DAYS = 150

INVOICES = st.lists(
    st.fixed_dictionaries(
        {
            "due": st.integers(-120, 60),
            "legal_entity": st.sampled_from(["DE01", "UK01"]),
            "currency": st.sampled_from(["EUR", "GBP"]),
            "open_minor": st.integers(1, 300_00),
            "direct_debit": st.sampled_from([False, False, False, True]),
            "held": st.sampled_from([None, None, None, 10_00, "all"]),
            "paid_after": st.none() | st.integers(1, 120),
        }
    ),
    min_size=1,
    max_size=6,
)
CUSTOMERS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["business", "consumer", "public"]),
        "country": st.sampled_from(["DE", "US", "NZ", "RU", ""]),
        "time_zone": st.sampled_from([None, "Europe/Berlin", "Pacific/Auckland", "nowhere"]),
    }
)


def world_of(
    make: SimpleNamespace, customer: dict[str, Any], invoices: list[dict[str, Any]]
) -> Any:
    world = make.world(make.at(START), customer=make.customer(**customer))
    for place, drawn in enumerate(invoices):
        holds = {None: (), "all": (ItemHold("held"),)}.get(
            drawn["held"], (ItemHold("part", 10_00),)
        )
        world.owes(
            f"R{place}",
            START + drawn["due"] * DAY,
            holds=holds,
            **{
                name: drawn[name]
                for name in ("legal_entity", "currency", "open_minor", "direct_debit")
            },
        )
    return world


def live(world: Any, invoices: list[dict[str, Any]]) -> Any:
    payments = sorted(
        (drawn["paid_after"], f"R{place}")
        for place, drawn in enumerate(invoices)
        if drawn["paid_after"]
    )
    for days, number in payments:
        world.until(START + days * DAY)
        world.pays(number)
    return world.until(START + HORIZON_DAYS * DAY)


@settings(max_examples=60, deadline=None)
@given(customer=CUSTOMERS, invoices=INVOICES)
def test_the_contact_budget_is_never_exceeded(
    make: SimpleNamespace, customer: dict[str, Any], invoices: list[dict[str, Any]]
) -> None:
    world = live(world_of(make, customer, invoices), invoices)

    overdue = sorted({said.contact_day for _, said in world.reminders if said.step.number >= 1})
    oldest = {
        day: max(
            one.days_overdue
            for _, said in world.reminders
            if said.contact_day == day
            for one in said.items
        )
        for day in overdue
    }
    assert all(
        (later - earlier).days >= 15 for earlier, later in pairwise(overdue) if oldest[later] <= 60
    )
    every = sorted({said.contact_day for _, said in world.reminders})
    assert all(sum(day <= other < day + 7 * DAY for other in every) <= 3 for day in every)


@settings(max_examples=60, deadline=None)
@given(customer=CUSTOMERS, invoices=INVOICES)
def test_nothing_settled_or_held_is_ever_listed_and_nothing_more_than_is_owed(
    make: SimpleNamespace, customer: dict[str, Any], invoices: list[dict[str, Any]]
) -> None:
    world = live(world_of(make, customer, invoices), invoices)

    for moment, reminder in world.reminders:
        for one in reminder.items:
            drawn = invoices[int(one.item.invoice_number[1:])]
            assert drawn["held"] != "all"
            assert not drawn["direct_debit"]
            assert drawn["paid_after"] is None or moment <= make.at(
                START + drawn["paid_after"] * DAY, 23
            )
            assert one.minor == drawn["open_minor"] - (10_00 if drawn["held"] else 0)


@settings(max_examples=60, deadline=None)
@given(customer=CUSTOMERS, invoices=INVOICES)
def test_words_never_climb_more_than_one_step_above_what_the_listed_items_were_told(
    make: SimpleNamespace, customer: dict[str, Any], invoices: list[dict[str, Any]]
) -> None:
    world = live(world_of(make, customer, invoices), invoices)

    told: dict[str, int] = {}
    for _, reminder in world.reminders:
        numbers = [one.item.invoice_number for one in reminder.items]
        assert reminder.step.number <= max([0, *(told.get(number, 0) for number in numbers)]) + 1
        for one in reminder.items:
            number = one.item.invoice_number
            told[number] = max(told.get(number, 0), min(one.own.number, reminder.step.number))


@settings(max_examples=60, deadline=None)
@given(customer=CUSTOMERS, invoices=INVOICES)
def test_what_stays_due_and_unsilenced_is_told_in_time(
    make: SimpleNamespace, customer: dict[str, Any], invoices: list[dict[str, Any]]
) -> None:
    world = live(world_of(make, customer, invoices), invoices)

    told = {one.item.invoice_number for _, said in world.reminders for one in said.items}
    for place, drawn in enumerate(invoices):
        silent = drawn["held"] or drawn["direct_debit"] or drawn["open_minor"] < 25_00
        assert silent or drawn["paid_after"] or f"R{place}" in told


@settings(max_examples=60, deadline=None)
@given(customer=CUSTOMERS, invoices=INVOICES)
def test_messages_leave_only_on_business_days_within_every_hour_that_may_be_theirs(
    make: SimpleNamespace, customer: dict[str, Any], invoices: list[dict[str, Any]]
) -> None:
    world = live(world_of(make, customer, invoices), invoices)

    for moment, reminder in world.reminders:
        assert reminder.not_before == moment < reminder.not_after
        assert reminder.contact_day.weekday() < 5


@settings(max_examples=100, deadline=None)
@given(
    customer=CUSTOMERS,
    invoices=INVOICES,
    seed=st.randoms(use_true_random=False),
    hours=st.integers(0, 24 * 90),
    holds=st.lists(
        st.builds(ErpHold, st.sampled_from(["a", "b"]), st.none(), st.sampled_from([None, "DE01"]))
    ),
)
def test_the_same_facts_in_another_order_give_the_same_verdict(
    *,
    make: SimpleNamespace,
    customer: dict[str, Any],
    invoices: list[dict[str, Any]],
    seed: Any,
    hours: int,
    holds: Any,
) -> None:
    moment = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=hours)
    first = world_of(make, customer, invoices)
    first.customer = replace(first.customer, holds=tuple(holds[:1]))
    first.standing = replace(first.standing, contact_at=make.at(START))
    second = world_of(make, customer, invoices)
    second.customer, second.standing = first.customer, first.standing
    items = list(second.items.items())
    seed.shuffle(items)
    second.items = dict(items)

    one = decide(first.view(), make.rulebook, moment=moment)
    other = decide(second.view(), make.rulebook, moment=moment)

    assert one == other


@settings(max_examples=60, deadline=None)
@given(customer=CUSTOMERS, invoices=INVOICES, hours=st.integers(0, 24 * 90))
def test_looking_twice_finds_nothing_new(
    make: SimpleNamespace, customer: dict[str, Any], invoices: list[dict[str, Any]], hours: int
) -> None:
    world = world_of(make, customer, invoices)
    world.look()
    world.now += timedelta(hours=hours)
    world.look()

    again = world.look()

    assert (again.reminders, again.decisions, again.escalations) == ((), (), ())
    assert again.look_at is None or again.look_at > world.now


@settings(max_examples=60, deadline=None)
@given(customer=CUSTOMERS, invoices=INVOICES, outage=st.integers(10, 60))
def test_an_outage_ends_in_one_contact_day_never_a_burst_and_never_none(
    make: SimpleNamespace, customer: dict[str, Any], invoices: list[dict[str, Any]], outage: int
) -> None:
    calm = world_of(make, customer, invoices).until(START + (outage + 1) * DAY)
    stopped = world_of(make, customer, invoices)
    stopped.look()
    stopped.now = make.at(START + outage * DAY, 12)
    stopped.look()
    stopped.until(START + (outage + 5) * DAY)

    days = {said.contact_day for _, said in stopped.reminders if said.step.number >= 1}
    due = any(said.step.number >= 1 for _, said in calm.reminders)
    assert len(days) == 1 if due else len(days) <= 1
