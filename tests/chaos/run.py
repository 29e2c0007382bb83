"""`make chaos`: kill everything again and again under load, then hold what was meant against what happened.

The seed decides the story and the strikes; `ARGS="--seed 7 --kills 300 --events 60000"`.
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import audit
from aiokafka.errors import KafkaError
from answers import Answers
from charges import Charges
from fire import Fire
from story import START, TICKS, Story, Tick
from strikes import plan
from verdict import SHOWN_MAX, Verdict, judge
from world import World

from shared.base.clock import machine_seconds
from shared.messaging.bus import BusLost, Outgoing
from shared.messaging.kafka import KafkaAt, KafkaBus

REPORT = Path(__file__).parents[2] / ".local" / "chaos" / "report.json"
KILLS, EVENTS, SEED = 300, 60_000, 1
KILLS_PER_DAY = 20
DAYS_MIN = 5
TICK_SECONDS_MIN = 0.1
HOLD_SECONDS_MAX = 6
AHEAD = 0.02
"""So far may the fire be ahead of the story, and the other way round."""

NO_ANSWER = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
DUE = {
    "scheduler": "SELECT EXISTS (SELECT FROM timers WHERE fired_at IS NULL AND due_at <= $1)",
    "notifier": """
        SELECT EXISTS (SELECT FROM messages WHERE withheld_at IS NULL
                       AND (status = 'handing-over' OR status = 'waiting' AND due_at <= $1))
    """,
}
SAY_SECONDS = 15
CALM_DAYS_MAX = 10
PUBLISH_AT_ONCE = 500
AGAIN_SECONDS = 0.5


class Erp:
    """Publishes; when the broker does not answer it says everything again, as ERPs do."""

    def __init__(self, bootstrap: str) -> None:
        self._at = KafkaAt(bootstrap)
        self._bus: KafkaBus | None = None
        self.said = 0

    async def say(self, messages: Sequence[Outgoing]) -> None:
        for begin in range(0, len(messages), PUBLISH_AT_ONCE):
            batch = messages[begin : begin + PUBLISH_AT_ONCE]
            while not await self._took(batch):
                self._bus = None
                await asyncio.sleep(AGAIN_SECONDS)
            self.said += len(batch)

    async def stop(self) -> None:
        if self._bus is not None:
            await self._bus.stop()

    async def _took(self, batch: Sequence[Outgoing]) -> bool:
        with suppress(BusLost, KafkaError):
            if self._bus is None:
                bus = KafkaBus(self._at)
                await bus.start()
                self._bus = bus
            await self._bus.publish(batch)
            return True
        return False


class Run:
    """One run, from an empty world to a report."""

    def __init__(self, arguments: argparse.Namespace, world: World) -> None:
        days = max(DAYS_MIN, arguments.kills // KILLS_PER_DAY)
        self._arguments = arguments
        self._world = world
        self._ticks = days * len(TICKS)
        self._began = machine_seconds()
        self.story = Story(seed=arguments.seed, events=arguments.events, days=days)
        self.answers = Answers(world, self.story)
        self.charges = Charges(world, self.story, self.answers)
        self.fire = Fire(world, plan(arguments.seed, arguments.kills), self._say_if_loud)
        self.erp = Erp(world.kafka)

    async def play(self) -> Verdict:
        await audit.install(self._world)
        await self.erp.say([*self.answers.enter(), *self.charges.enter()])
        await self._world.settle()
        await self.answers.sign_in()
        await self.charges.sign_up()
        self.say("the world stands; it begins to burn")
        telling = asyncio.create_task(self._keep_telling())
        try:
            await asyncio.gather(
                self._live(),
                self.fire.burn(),
                self.answers.live(lambda: self.fire.struck),
                self.charges.live(lambda: self.fire.struck),
            )
        finally:
            telling.cancel()
        self.say(f"{self.fire.kills.total()} strikes done, {self.erp.said} events said; settling")
        await self._calm_down()
        await self.charges.look()
        await self._world.settle()
        self.charges.know()
        self.say("at rest; looking at everything")
        return await judge(self._world, self.story, self.answers, self.charges)

    async def _live(self) -> None:
        """Story and clock go as fast as the fire: each tick when its share of strikes is done."""
        for number, tick in enumerate(self.story.ticks()):
            while self.fire.struck < number / (self._ticks + 1) - AHEAD:
                await asyncio.sleep(TICK_SECONDS_MIN)
            await self._do(tick)
            self.fire.limit = (number + 1) / self._ticks + AHEAD
            await self._hold()
        self.fire.limit = 1.0 + AHEAD
        await self.erp.stop()

    async def _hold(self) -> None:
        """Time stands still while somebody is to be looked at or written to, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HOLD_SECONDS_MAX):
                while await self._due():
                    await asyncio.sleep(TICK_SECONDS_MIN)

    async def _due(self) -> bool:
        """Whether looks or messages are due; yes while nobody can say."""
        now = self._world.clock.now()
        for service, sql in DUE.items():
            try:
                connection = await self._world.connected(service)
                try:
                    due = await connection.fetchval(sql, now)
                finally:
                    connection.terminate()
            except (OSError, *NO_ANSWER):
                return True
            if due:
                return True
        return False

    async def _do(self, tick: Tick) -> None:
        if tick.at > self._world.clock.now():
            self._world.clock.forward(tick.at)
        await self.erp.say(tick.messages)

    async def _calm_down(self) -> None:
        """To rest, and on to evenings until no message waits for its hour."""
        await self._world.settle()
        for _ in range(CALM_DAYS_MAX):
            now = self._world.clock.now()
            evening = datetime.combine(now.date(), time(20), UTC)
            await self._world.advance(evening if evening > now else evening + timedelta(days=1))
            if not await self._waiting():
                return

    async def _waiting(self) -> int:
        connection = await self._world.connected("notifier")
        try:
            return int(
                await connection.fetchval("SELECT count(*) FROM messages WHERE ended_at IS NULL")
            )
        finally:
            await connection.close()

    # --- what is shown -----------------------------------------------------------------------

    def say(self, text: str) -> None:
        print(f"{machine_seconds() - self._began:6.1f} s  {text}", flush=True)

    def _say_if_loud(self, text: str) -> None:
        if self._arguments.verbose:
            self.say(text)

    async def _keep_telling(self) -> None:
        while True:
            await asyncio.sleep(SAY_SECONDS)
            now = self._world.clock.now()
            mails = len(list((self._world.folder / "mail").glob("*.eml")))
            self.say(
                f"{self.fire.struck:4.0%}  {sum(_real(self.fire.kills).values())} killed, "
                f"{self.erp.said} events, {mails} mails, {now:%a %d %b %H:%M}"
            )

    def report(self, verdict: Verdict) -> dict[str, Any]:
        arguments = self._arguments
        return {
            "seed": arguments.seed,
            "seconds": round(machine_seconds() - self._began),
            "killed": sum(_real(self.fire.kills).values()),
            "kills": dict(sorted(self.fire.kills.items())),
            **verdict.counts,
            "fenced": {
                "slices": self._world.logged("slice fenced"),
                "processes_ended": self._world.logged("process ends"),
            },
            "lost": len(verdict.lost),
            "double": len(verdict.double),
            "wrong": len(verdict.wrong),
            "says": [
                *verdict.lost[:SHOWN_MAX],
                *verdict.double[:SHOWN_MAX],
                *verdict.wrong[:SHOWN_MAX],
            ],
            **({"broken": arguments.broken} if arguments.broken else {}),
        }


def _real(kills: dict[str, int]) -> dict[str, int]:
    """Kills alone: what stands in brackets only slept."""
    return {kind: count for kind, count in kills.items() if not kind.startswith("(")}


async def main() -> int:
    arguments = _arguments()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # that the broker dies is no news
    folder = Path(tempfile.mkdtemp(prefix="dunwell-chaos-"))
    folder.chmod(0o755)
    start = datetime.combine(START, time(4), UTC)
    try:
        async with World(folder, start=start, broken=arguments.broken) as world:
            run = Run(arguments, world)
            verdict = await run.play()
            report = run.report(verdict)
            arguments.report.parent.mkdir(parents=True, exist_ok=True)
            arguments.report.write_text(json.dumps(report, indent=2) + "\n")
            run.say(json.dumps(report, indent=2))
            run.say(
                "nothing lost, nothing double, nothing wrong"
                if verdict.holds
                else "IT DOES NOT HOLD"
            )
            return 0 if verdict.holds else 1
    finally:
        if arguments.keep:
            print(f"left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument(
        "--broken", default="", help="run with a guard broken on purpose, see broken.py"
    )
    parser.add_argument("--report", type=Path, default=REPORT, help="where the report goes")
    parser.add_argument("--verbose", action="store_true", help="tell every strike")
    parser.add_argument("--keep", action="store_true", help="leave logs and data")
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("CACHE_FOLDER", str(Path(__file__).parents[2] / ".local" / "cache"))
    sys.exit(asyncio.run(main()))
