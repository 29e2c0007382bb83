"""`python -m play.main`: play a book of business against the stack that is up, and report.

Exit codes: 0 when every law holds, 1 when one does not, 2 when there is nothing to play on, 3 when the stack fails.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from play.cast.company import ENTITIES
from play.doors import DoorClosedError, Doors, Endpoints
from play.findings import summary_of
from play.inbox import Inbox
from play.publish import Publisher
from play.report.page import write_page
from play.report.terminal import Progress, table, verdict
from play.run import Plan, Run, morning_of
from play.story import START
from play.summary import Summary, write_summary
from shared.base.clock import machine_seconds
from shared.base.days import DAY

DAYS, CUSTOMERS, SEED = 60, 120, 7
LAWS_BROKEN, NOTHING_TO_PLAY_ON, STACK_FAILED = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Asked:
    """The command line."""

    days: int
    customers: int
    seed: int
    start: date | None
    twice: bool
    shuffle: bool
    directed: bool
    exit: bool


class StageTakenError(Exception):
    """The stack cannot take this play; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play as asked; answers the exit code."""
    asked = asked_of(arguments)
    folder = Path(os.environ.get("LOCAL_FOLDER") or ".local")
    try:
        endpoints = Endpoints.read(folder / "endpoints.json")
        summary = asyncio.run(play(asked, endpoints, folder / "demo"))
    except FileNotFoundError:
        print(f"no stack is up ({folder}/endpoints.json is missing): run `make up` first")
        return NOTHING_TO_PLAY_ON
    except StageTakenError as taken:
        print(taken)
        return NOTHING_TO_PLAY_ON
    except DoorClosedError as closed:
        print(f"\n  the stack failed: {closed}")
        return STACK_FAILED
    return 0 if summary.holds else LAWS_BROKEN


async def play(asked: Asked, endpoints: Endpoints, folder: Path) -> Summary:
    """Play, write the summary and the page into the folder, and print what a person wants to know."""
    begun = machine_seconds()
    async with (
        Doors(endpoints) as doors,
        Publisher(endpoints.kafka) as publisher,
        Inbox(endpoints.kafka) as inbox,
    ):
        plan = await plan_of(asked, doors)
        print(
            f"  {plan.days} days from {plan.start:%d %b %Y}, {plan.customers} customers, "
            f"seed {plan.seed}"
        )
        found = await Run(plan, doors, publisher, inbox, Progress(plan.days)).play()

    summary = summary_of(
        plan, found, total_s=machine_seconds() - begun, look_at=places(endpoints, folder)
    )
    write_summary(summary, folder / "summary.json")
    write_page(summary, folder / "report.html")
    _tell(summary, folder, stays=not asked.exit)
    return summary


async def plan_of(asked: Asked, doors: Doors) -> Plan:
    """The plan for this stack: its clock only goes forward, and its books must be empty."""
    known = {entity["code"] for entity in (await doors.company())["legal_entities"]}
    if missing := {entity.code for entity in ENTITIES} - known:
        raise StageTakenError(f"the company file lacks the legal entities {sorted(missing)}")
    if await doors.trial_balance():
        raise StageTakenError("the books are not empty: run `make clean`, then `make demo`")

    return Plan(
        seed=asked.seed,
        customers=asked.customers,
        days=asked.days,
        start=asked.start or start_after(await doors.now()),
        directed=asked.directed or asked.shuffle,
        twice=asked.twice,
        shuffled=asked.shuffle,
    )


def start_after(now: datetime) -> date:
    """The story's own first day, or the first Monday that the clock has not seen when that is over."""
    if now <= morning_of(START):
        return START
    tomorrow = now.date() + DAY
    return tomorrow + timedelta(days=-tomorrow.weekday() % 7)


def places(endpoints: Endpoints, folder: Path) -> dict[str, str]:
    """Where to look."""
    found = {
        "report": (folder / "report.html").resolve().as_uri(),
        "mail box": endpoints.mail,
        "SMS": endpoints.sms,
        "portal": f"{endpoints.portal_api}/sign-in",
        "traces": endpoints.traces or "",
        "ledger API": f"{endpoints.ledger}/docs",
        "scheduler API": f"{endpoints.scheduler}/docs",
        "notifier API": f"{endpoints.notifier}/docs",
        "disputes API": f"{endpoints.disputes}/docs",
        "portal API": f"{endpoints.portal_api}/docs",
    }
    return {name: address for name, address in found.items() if address}


def asked_of(arguments: Sequence[str] | None) -> Asked:
    parser = argparse.ArgumentParser(prog="play", description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS, help="how many days to play")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, another story")
    parser.add_argument("--start", type=date.fromisoformat, help="first day, ISO 8601")
    parser.add_argument("--twice", action="store_true", help="deliver every event twice")
    parser.add_argument("--shuffle", action="store_true", help="any order within each day")
    parser.add_argument("--directed", action="store_true", help="no payment without allocations")
    parser.add_argument("--exit", action="store_true", help="the stack is not kept up afterwards")
    return Asked(**vars(parser.parse_args(arguments)))


def _tell(summary: Summary, folder: Path, *, stays: bool) -> None:
    print(f"\n{table(summary)}\n\n{verdict(summary.checks)}\n")
    print(f"  {folder}/summary.json written, played in {summary.timings.total_s:.0f} s")
    if not stays:
        return

    print("\n  The stack stays up; have a look:")
    for name, address in summary.look_at.items():
        print(f"    {name:<14} {address}")


if __name__ == "__main__":
    sys.exit(main())
