"""Ninety days of business, played three ways: once, twice, and twice and shuffled. What counts must come out the same.

Shuffled across topics within each day (all payments directed, no conflicts or changes of identity), the order in which
facts arrive must not show; delivered twice, nothing may happen twice. Every night the ERP's own books agree with ours.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from play.answered import (
    answers_end_as_meant,
    customers_see_what_is_owed,
    held_amounts_are_not_asked_for,
)
from play.asked import every_request_is_ended
from play.checks import (
    control_accounts_add_up,
    every_credit_adds_up,
    every_instalment_adds_up,
    every_invoice_adds_up,
    every_message_has_a_reason,
    every_run_agrees,
    nobody_is_chased_for_nothing,
    proof_holds,
    trial_balance_is_zero,
)
from play.doors import Doors, Endpoints
from play.inbox import Inbox
from play.publish import Publisher
from play.run import Found, Plan, Run
from play.story import START

pytestmark = [pytest.mark.timeout(3_000)]

DAYS, CUSTOMERS, SEED = 90, 24, 11


class Silent:
    """Watches and says nothing."""

    def day_played(self, *_: object) -> None: ...

    def looking(self, _: str) -> None: ...


@dataclass(frozen=True)
class Outcome:
    """What may not depend on how events were delivered."""

    balances: dict[Any, Any]
    open_items: set[tuple[str, ...]]
    messages: set[tuple[object, ...]]


async def played(folder: Path, **how: bool) -> Found:
    plan = Plan(seed=SEED, customers=CUSTOMERS, days=DAYS, start=START, **how)
    at = Endpoints.read(folder / "endpoints.json")
    async with Doors(at) as doors, Publisher(at.kafka) as publisher, Inbox(at.kafka) as inbox:
        return await Run(plan, doors, publisher, inbox, Silent()).play()


def outcome_of(found: Found) -> Outcome:
    return Outcome(
        balances=dict(found.balances),
        open_items={
            (item["source_id"], item["open"], item["due_on"])
            for one in found.customers
            for item in one.open_items
        },
        messages={
            message_of(one.customer_number, message)
            for one in found.customers
            for message in one.messages
        },
    )


def message_of(number: str, message: dict[str, Any]) -> tuple[object, ...]:
    """(customer, date, step, channel, items) and how it ended."""
    items = tuple(sorted((item["invoice_number"], item["open"]) for item in message["items"]))
    return (
        number,
        message["contact_day"],
        message["step"],
        message["channel"],
        message["status"],
        items,
    )


@pytest.fixture(scope="session")
def plays(new_stack: Any) -> dict[str, Found]:
    """Three plays on three fresh stacks."""
    ways: dict[str, dict[str, bool]] = {
        "once": {"directed": True},
        "twice": {"directed": True, "twice": True},
        "shuffled": {"directed": True, "twice": True, "shuffled": True},
    }
    found = {}
    for name, how in ways.items():
        with new_stack(CLOCK_START=f"{START.isoformat()}T04:00:00Z") as folder:
            found[name] = asyncio.run(played(folder, **how))
    return found


class TestPlay:
    @pytest.mark.parametrize("way", ["once", "twice", "shuffled"])
    def test_the_books_are_the_truth_of_the_story(self, plays: dict[str, Found], way: str) -> None:
        found = plays[way]
        book = found.story.book

        checks = [
            every_invoice_adds_up(book, found.customers),
            every_instalment_adds_up(book, found.customers, found.days[-1].day),
            every_credit_adds_up(book, found.customers),
            control_accounts_add_up(book, found.balances),
            trial_balance_is_zero(found.balances_by_day),
            proof_holds(found.proof),
            every_run_agrees(found.records, found.balance_runs),
            every_request_is_ended(book, found.errands, found.requests, found.balances),
            every_message_has_a_reason(found.customers),
            nobody_is_chased_for_nothing(book, found.sent, found.customers),
            held_amounts_are_not_asked_for(book, found.customers),
            customers_see_what_is_owed(book, found.errands, found.shown.open),
            answers_end_as_meant(
                book, found.errands, found.shown.answers, found.requests, found.customers
            ),
        ]

        assert [check.wrong for check in checks if not check.holds] == []
        assert all(check.looked_at for check in checks)

    @pytest.mark.parametrize("way", ["twice", "shuffled"])
    def test_how_events_are_delivered_does_not_show(
        self, plays: dict[str, Found], way: str
    ) -> None:
        once, other = outcome_of(plays["once"]), outcome_of(plays[way])

        assert other.balances == once.balances
        assert other.open_items == once.open_items
        assert other.messages == once.messages

    def test_a_play_has_messages_to_compare(self, plays: dict[str, Found]) -> None:
        assert len(outcome_of(plays["once"]).messages) > CUSTOMERS
