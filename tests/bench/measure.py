"""What all works share: a process under measurement, watching it, and taking turns."""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from databases import Databases

from shared.messaging.kafka import KafkaAt

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WARM_SHARE = 0.2
"""The first part of a run is not measured: imports, plans and caches are warm after it."""

LOOK_SECONDS = 0.02
STOP_SECONDS_MAX = 60
TICKS = os.sysconf("SC_CLK_TCK")
SIDES = ("raw", "ours")

Row = dict[str, object]

signal.signal(signal.SIGUSR1, signal.SIG_IGN)
"""Handed on to the processes: it says that the warm part is over, and only those who draw flames listen."""


@dataclass(frozen=True)
class Measured:
    """One run: things a second, and CPU microseconds of the processes for each."""

    rate: float
    cpu_us: float


@dataclass(frozen=True)
class Bench:
    """Where a work is measured. `flame`: draw where ours spends its CPU, instead of comparing."""

    databases: Databases
    at: KafkaAt
    runs: int
    flame: Path | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The environment that every process gets."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.at.bootstrap,
            "KAFKA_TOPIC_PREFIX": self.at.routes.prefix,
            "COMPANY_FILE": str(ROOT / "deploy/company/example.yaml"),
            "LOG_LEVEL": "WARNING",
        } | ({"BENCH_PICTURE": str(self.flame)} if self.flame else {})


def say(text: str) -> None:
    print(text, flush=True)


def process(
    side: str, part: str, settings: Mapping[str, str]
) -> AbstractContextManager[subprocess.Popen]:
    """`raw.py` or `ours.py` with one part, for the length of the block."""
    return _running([str(HERE / f"{side}.py"), part], settings)


def program(
    service: str, mode: str, settings: Mapping[str, str]
) -> AbstractContextManager[subprocess.Popen]:
    """A service as it runs in production, for the length of the block."""
    return _running(["-m", f"{service}.main", mode], settings)


@contextmanager
def _running(arguments: list[str], settings: Mapping[str, str]) -> Iterator[subprocess.Popen]:
    command = [sys.executable, *arguments]
    running = subprocess.Popen(command, env=os.environ | settings, cwd=ROOT)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(STOP_SECONDS_MAX)


def cpu_seconds(running: subprocess.Popen) -> float:
    """User and system time that the process has used."""
    fields = Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def reaches(
    count: Callable[[], Awaitable[int]], until: int, *running: subprocess.Popen
) -> int:
    """Wait until `count` is `until` at least; answers it."""
    while (done := await count()) < until:
        assert all(one.poll() is None for one in running), "a process under measurement died"
        await asyncio.sleep(LOOK_SECONDS)
    return done


async def watch(
    count: Callable[[], Awaitable[int]], until: int, *running: subprocess.Popen
) -> Measured:
    """Measure from the end of the warm part until `count` says that all is done."""
    warm = await reaches(count, int(until * WARM_SHARE) + 1, *running)
    began, cpu_began = time.monotonic(), sum(map(cpu_seconds, running))
    for one in running:
        one.send_signal(signal.SIGUSR1)

    await reaches(count, until, *running)
    seconds, cpu = time.monotonic() - began, sum(map(cpu_seconds, running)) - cpu_began
    return Measured((until - warm) / seconds, cpu / (until - warm) * 1e6)


async def turns(
    bench: Bench, work: str, unit: str, once: Callable[[str], Awaitable[Measured]]
) -> Row:
    """Raw, ours, raw, ours …; the medians as a row of the results."""
    if bench.flame:
        await once("ours")
        return {}
    measured: dict[str, list[Measured]] = {side: [] for side in SIDES}
    for turn in range(bench.runs):
        for side in SIDES:
            one = await once(side)
            measured[side].append(one)
            say(
                f"  {turn + 1}/{bench.runs} {side:<4} {one.rate:9.0f} {unit} {one.cpu_us:7.1f} µs CPU"
            )
    rate = {side: statistics.median(one.rate for one in measured[side]) for side in SIDES}
    cpu = {side: statistics.median(one.cpu_us for one in measured[side]) for side in SIDES}
    return {
        "work": work, "raw": round(rate["raw"]), "ours": round(rate["ours"]), "unit": unit,
        "ratio": round(rate["ours"] / rate["raw"], 3),
        "raw_cpu_us": round(cpu["raw"], 1), "ours_cpu_us": round(cpu["ours"], 1), "runs": bench.runs,
    }  # fmt: skip
