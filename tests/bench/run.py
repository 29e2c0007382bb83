"""`make bench`: raw and ours in turn, in the same run, on the same servers; ratios of medians.

Absolute rates of a shared machine mean little; the ratio is what counts. Durable settings: fsync on, acks from all.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

import asyncpg

from local_stack import topics
from local_stack.kafka import kafka
from local_stack.postgres import postgres
from shared.db.migrate import upgrade
from shared.messaging.bus import Outgoing
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.messaging.routes import Routes
from shared.testing import builders
from shared.testing.builders import Voice
from shared.testing.plugin import migrations_of

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CUSTOMERS, INVOICES = 2_000, 20_000
PUBLISH_ROWS = 2_000
WARM_SHARE = 0.2
"""The first part of a run is not measured: imports, plans and caches are warm after it."""

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """One run: events a second, and CPU microseconds of the process for each."""

    rate: float
    cpu_us: float


def say(text: str) -> None:
    print(text, flush=True)


async def publish_book(at: KafkaAt) -> None:
    """Customers, and ten invoices for each in turn."""
    voice, bus = Voice(), KafkaBus(at)
    await bus.start()
    customers = [voice.says(builders.customer(f"C{number}")) for number in range(CUSTOMERS)]
    for begin in range(0, INVOICES, PUBLISH_ROWS):
        await bus.publish(customers[begin : begin + PUBLISH_ROWS])
        await bus.publish([invoice(voice, number) for number in range(begin, begin + PUBLISH_ROWS)])
    await bus.stop()


def invoice(voice: Voice, number: int) -> Outgoing:
    event = builders.invoice(
        f"I{number}", f"C{number % CUSTOMERS}", "1190.00", due=date(2026, 4, 1 + number % 28),
        net="1000.00", tax="190.00", payment_reference=f"RF{number:08}",
    )  # fmt: skip
    message = voice.says(event)
    return Outgoing(
        message.topic, f"C{number % CUSTOMERS}".encode(), message.value, message.headers
    )


@contextmanager
def process(script: str, work: str, url: str, at: KafkaAt) -> Iterator[subprocess.Popen]:
    environment = os.environ | {
        "DATABASE_URL": url,
        "KAFKA_BOOTSTRAP_SERVERS": at.bootstrap,
        "KAFKA_TOPIC_PREFIX": at.routes.prefix,
        "COMPANY_FILE": str(ROOT / "deploy/company/example.yaml"),
    }
    running = subprocess.Popen(
        [sys.executable, str(HERE / script), work], env=environment, cwd=ROOT
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def cpu_seconds(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def heard(connection: asyncpg.Connection, topic: str) -> int:
    sql = "SELECT coalesce(sum(next_offset), 0) FROM consumer_offsets WHERE topic = $1"
    return int(await connection.fetchval(sql, topic))


async def watch(url: str, running: subprocess.Popen, *, topic: str, until: int) -> Measured:
    """Measure from the end of the warm part to the end of the topic."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    began = None
    while (count := await heard(connection, topic)) < until:
        assert running.poll() is None, "the process under measurement died"
        if began is None and count > until * WARM_SHARE:
            began = (time.monotonic(), cpu_seconds(running.pid), count)
        await asyncio.sleep(0.02)
    assert began is not None
    seconds, cpu, count = (
        time.monotonic() - began[0],
        cpu_seconds(running.pid) - began[1],
        until - began[2],
    )
    await connection.close()
    return Measured(count / seconds, cpu / count * 1e6)


class Databases:
    """Copies of a template that already knows the customers."""

    def __init__(self, server: str) -> None:
        self._server = server

    def url(self, name: str) -> str:
        return (
            self._server.rpartition("/")[0].replace("postgresql:", "postgresql+asyncpg:")
            + "/"
            + name
        )

    async def run(self, sql: str) -> None:
        connection = await asyncpg.connect(self._server)
        await connection.execute(sql)
        await connection.close()

    async def copy(self, template: str) -> str:
        name = f"bench_{uuid4().hex[:8]}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


async def ingest(databases: Databases, at: KafkaAt, runs: int) -> dict[str, object]:
    """Invoices of known customers, from Kafka to the books."""
    say(f"publishing {CUSTOMERS} customers and {INVOICES} invoices")
    await publish_book(at)
    await databases.run("CREATE DATABASE known")
    await asyncio.to_thread(upgrade, databases.url("known"), migrations_of("ledger"))
    with process("ours.py", "ingest", databases.url("known"), at) as running:
        await watch(databases.url("known"), running, topic="erp.invoices.v1", until=INVOICES)
        await watch_customers(databases.url("known"))
    await forget_invoices(databases.url("known"))

    measured: dict[str, list[Measured]] = {"raw": [], "ours": []}
    for turn in range(runs):
        for name in ("raw", "ours"):
            url = databases.url(await databases.copy("known"))
            with process(f"{name}.py", "ingest", url, at) as running:
                one = await watch(url, running, topic="erp.invoices.v1", until=INVOICES)
            measured[name].append(one)
            say(
                f"  {turn + 1}/{runs} {name:<4} {one.rate:8.0f} invoices/s  {one.cpu_us:6.0f} µs CPU"
            )
    return row("ledger ingest", "invoices/s", measured)


async def watch_customers(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    while await heard(connection, "erp.customers.v1") < CUSTOMERS:
        await asyncio.sleep(0.1)
    await connection.close()


async def forget_invoices(url: str) -> None:
    """Back to a book that knows its customers and nothing else."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("ALTER TABLE entries DISABLE TRIGGER USER")
    await connection.execute("TRUNCATE invoices, invoice_history, entries, totals, outbox")
    await connection.execute("ALTER TABLE entries ENABLE TRIGGER USER")
    await connection.execute("DELETE FROM intake WHERE topic = 'erp.invoices.v1'")
    await connection.execute("DELETE FROM consumer_offsets WHERE topic = 'erp.invoices.v1'")
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def row(work: str, unit: str, measured: dict[str, list[Measured]]) -> dict[str, object]:
    raw, ours = (statistics.median(one.rate for one in measured[name]) for name in ("raw", "ours"))
    raw_cpu, ours_cpu = (
        statistics.median(one.cpu_us for one in measured[name]) for name in ("raw", "ours")
    )
    return {
        "work": work, "raw": round(raw), "ours": round(ours), "unit": unit, "ratio": round(ours / raw, 3),
        "raw_cpu_us": round(raw_cpu, 1), "ours_cpu_us": round(ours_cpu, 1), "runs": len(measured["raw"]),
    }  # fmt: skip


WORKS = {"ingest": ingest}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=WORKS)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dunwell-bench-"))
    with (
        postgres(folder / "postgres", durable=True) as server,
        kafka(folder / "kafka") as bootstrap,
    ):
        results = []
        for name, work in WORKS.items():
            if asked.only in (None, name):
                prefix = f"{name}."
                await topics.create_missing(bootstrap, prefix)
                results.append(
                    await work(Databases(server), KafkaAt(bootstrap, Routes(prefix)), asked.runs)
                )
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    say(
        f"\n{'work':<16}{'raw':>10}{'ours':>10}  {'unit':<12}{'ratio':>7}{'raw µs':>9}{'ours µs':>9}"
    )
    for one in results:
        say(
            f"{one['work']:<16}{one['raw']:>10}{one['ours']:>10}  {one['unit']:<12}{one['ratio']:>7}"
            f"{one['raw_cpu_us']:>9}{one['ours_cpu_us']:>9}"
        )


if __name__ == "__main__":
    asyncio.run(main())
