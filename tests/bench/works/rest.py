"""The whole stack at rest and under a steady load: CPU while nothing happens, memory while much does."""

import asyncio
import statistics
import subprocess
from contextlib import ExitStack
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

import smtp_sink
from databases import connect
from measure import Bench, Row, cpu_seconds, program, reaches, say
from works.ingest import publish
from works.reads import issuing, listening

from local_stack.addresses import free_port
from shared.messaging.bus import Outgoing
from shared.messaging.kafka import KafkaBus
from shared.testing import builders
from shared.testing.builders import Voice

SERVICES = ("ledger", "scheduler", "notifier", "disputes", "portal_api")
CALM_SECONDS, REST_SECONDS = 60, 30
REST_PERCENT_MAX = 5.0
SOAK_SECONDS = 600
RATE, CUSTOMERS = 500, 20_000
"""300,000 invoices; each goes through three services."""

SAMPLE_SECONDS = 10
ALL_SECONDS_MAX = 600
MEGA = 1024 * 1024

_BOOKED = {
    "ledger": "SELECT count(*) FROM invoices",
    "scheduler": "SELECT count(*) FROM items",
    "notifier": "SELECT count(*) FROM invoices",
}

Running = dict[str, subprocess.Popen]


async def rest(bench: Bench) -> list[Row]:
    """For CPU `raw` is what is allowed. For memory it is the median of the second fifth of the load (after warming),
    and `ours` that of the last: 1 is flat.
    """
    async with smtp_sink.listening() as sink, issuing() as issuer:
        settings = bench.settings | {
            "STAFF_JWKS_URL": issuer.address,
            "STAFF_ISSUER": issuer.address,
            "NOTIFIER_SMTP_PORT": str(sink.port),
            "NOTIFIER_SENDING_MODE": "live",
        }
        voice = Voice()
        customers = [voice.says(builders.customer(f"C{number}")) for number in range(CUSTOMERS)]
        await publish(bench.at, customers)
        with ExitStack() as stack:
            running: Running = {}
            for name in SERVICES:
                port = free_port()
                url = await bench.databases.create(f"rest_{name}", name.replace("_", "-"))
                own = {"DATABASE_URL": url, "HTTP_PORT": str(port)}
                running[name] = stack.enter_context(program(name, "all", settings | own))
                await listening(port, running[name])
            idle = await at_rest(running)
            return [*idle, *await under_load(bench, running)]


async def at_rest(running: Running) -> list[Row]:
    """After everything that was there has been done."""
    say(f"at rest for {CALM_SECONDS + REST_SECONDS} s")
    await asyncio.sleep(CALM_SECONDS)
    before = {name: cpu_seconds(one) for name, one in running.items()}
    await asyncio.sleep(REST_SECONDS)
    rows = []
    for name, one in running.items():
        percent = (cpu_seconds(one) - before[name]) / REST_SECONDS * 100
        say(f"  {name:<12}{percent:5.1f} % {memory(one):7.0f} MB")
        rows.append(
            _row(f"{name} at rest (raw: allowed)", REST_PERCENT_MAX, percent, "% of a core")
        )
    return rows


async def under_load(bench: Bench, running: Running) -> list[Row]:
    say(f"{RATE} invoices a second for {SOAK_SECONDS} s")
    samples: dict[str, list[float]] = {name: [] for name in running}
    rested = {name: memory(one) for name, one in running.items()}
    said = asyncio.create_task(_say_steadily(bench))
    while not said.done():
        await asyncio.sleep(SAMPLE_SECONDS)
        for name, one in running.items():
            assert one.poll() is None, f"{name} died"
            samples[name].append(memory(one))
    async with asyncio.timeout(ALL_SECONDS_MAX):
        for name, sql in _BOOKED.items():
            connection = await connect(bench.databases.url(f"rest_{name}"))
            booked = await reaches(partial(connection.fetchval, sql), await said, *running.values())
            await connection.close()
            say(f"  {booked} invoices in the {name}")

    rows = []
    for name, taken in samples.items():
        fifth = max(1, len(taken) // 5)
        early, late = statistics.median(taken[fifth : 2 * fifth]), statistics.median(taken[-fifth:])
        say(f"  {name:<12}{rested[name]:7.0f} MB at rest {early:7.0f} early {late:7.0f} late")
        rows.append(_row(f"{name} memory under load (raw: early)", early, late, "MB"))
    return rows


async def _say_steadily(bench: Bench) -> int:
    """How many invoices were said, in turn of the customers."""
    voice, bus, numbers = Voice(), KafkaBus(bench.at), count()
    await bus.start()
    loop = asyncio.get_running_loop()
    began = loop.time()
    for second in range(SOAK_SECONDS):
        await bus.publish([_overdue(voice, next(numbers)) for _ in range(RATE)])
        await asyncio.sleep(max(0.0, began + second + 1 - loop.time()))
    await bus.stop()
    return next(numbers)


def _overdue(voice: Voice, number: int) -> Outgoing:
    due = date(2026, 4, 1 + number % 28)
    return voice.says(builders.invoice(f"I{number}", f"C{number % CUSTOMERS}", "119.00", due=due))


def memory(running: subprocess.Popen) -> float:
    """Resident set of a process, in MB."""
    pages = int(Path(f"/proc/{running.pid}/statm").read_text().split()[1])
    return pages * 4096 / MEGA


def _row(work: str, raw: float, ours: float, unit: str) -> Row:
    return {
        "work": work, "raw": round(raw, 1), "ours": round(ours, 1), "unit": unit, "ratio": round(ours / raw, 3),
        "raw_cpu_us": None, "ours_cpu_us": None, "runs": 1,
    }  # fmt: skip
