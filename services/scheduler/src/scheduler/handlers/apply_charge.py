"""An amount will be charged, or was, or is not after all: exactly that amount is not asked for meanwhile."""

from typing import Final

from scheduler.domain.facts import Facts
from scheduler.domain.hold import AUTOPAY
from scheduler.handlers.hold_amounts import Cause, hold_amounts
from shared.base.clock import Moment
from shared.contracts.portal_api import ChargeEvent

OWNER: Final = "customer"
"""They let us charge it, and may stop it; nobody of ours has to do anything."""


def apply_charge(facts: Facts, told: ChargeEvent, *, moment: Moment) -> None:
    """Hold what it says, and so long; the line tells the day, and what became of it."""
    words = f"charge on {told.charge_on}: {told.state}"
    hold_amounts(facts, told, Cause(AUTOPAY, words, OWNER, words, told.until))
