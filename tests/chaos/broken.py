"""A service with one guard broken on purpose: `broken.py <guard> <module> <mode>`. The fire must show it."""

import runpy
import sys
from collections.abc import Callable, Mapping
from typing import Any

from notifier.domain import silence
from notifier.gateways import claims
from shared.db import offsets
from shared.messaging import relay

ASKED_MINOR = 100


def offsets_move_blindly() -> None:
    """The compare-and-set sets, and compares nothing."""
    offsets._MOVE = offsets._MOVE.rpartition(" AND ")[0]


def holes_die_at_once() -> None:
    """The outbox's fence is taken before the read: a slow writer's rows are passed over."""
    honest = relay.holes_after

    def hasty(*arguments: Any, xmin: int, fence: int) -> list[relay.Hole]:
        return honest(*arguments, xmin=xmin, fence=xmin - 1)

    relay.holes_after = hasty


def nobody_looks_again() -> None:
    """The last look asks for whatever was planned, paid or not."""

    def planned(item: Any, facts: Any, *_: object, **__: object) -> silence.Asked:
        return silence.Asked(facts.invoices[item.invoice_id], item.step, ASKED_MINOR)

    silence._judge = planned


def claims_lock_nobody() -> None:
    """Two processes may claim the same message."""
    claims._LOCK = claims._LOCK.replace("FOR UPDATE SKIP LOCKED", "")
    claims._DUE = claims._DUE.replace("FOR UPDATE SKIP LOCKED", "")


GUARDS: Mapping[str, Callable[[], None]] = {
    "offsets": offsets_move_blindly,
    "fence": holes_die_at_once,
    "look": nobody_looks_again,
    "claim": claims_lock_nobody,
}

if __name__ == "__main__":
    _, guard, module, mode = sys.argv
    GUARDS[guard]()
    sys.argv = [module, mode]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
