"""An amount is promised, or not any more: exactly that amount is not asked for."""

from typing import Final

from scheduler.domain.facts import Facts
from scheduler.domain.hold import PROMISE
from scheduler.handlers.hold_amounts import Cause, hold_amounts
from shared.base.clock import Moment
from shared.contracts.portal_api import PromiseEvent

OWNER: Final = "customer"
"""Nobody of ours has to do anything about a promise."""


def apply_promise(facts: Facts, told: PromiseEvent, *, moment: Moment) -> None:
    """Hold what it says; the line tells the day, and what became of it."""
    words = f"promised by {told.pay_on}: {told.state}"
    hold_amounts(facts, told, Cause(PROMISE, f"until {told.until}", OWNER, words, told.until))
