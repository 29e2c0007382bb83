"""One PostgreSQL and one broker for a whole test run, whoever of several workers asks first.

The servers live in a process of their own, which ends when the test run's first process does.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_stack import kafka, tansu
from local_stack.postgres import postgres

START_SECONDS_MAX = 180
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Servers:
    """`postgres` is a URL of a superuser, `kafka` the bootstrap servers, `broker` "kafka" or "tansu"."""

    postgres: str
    kafka: str
    broker: str


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """One at a time, over all processes that share the folder."""
    with (folder / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ask_for(folder: Path, *, until_ends: int) -> Servers:
    """The servers of this run, started now if nobody has yet. `until_ends` is the process id they live as long as."""
    told = folder / "servers.json"
    with locked(folder, "servers"):
        if not told.exists():
            with (folder / "servers.log").open("w") as log:
                keeper = subprocess.Popen(
                    [sys.executable, "-m", "shared.testing.servers", str(folder), str(until_ends)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            _wait(told, keeper, folder)
    return Servers(**json.loads(told.read_text()))


def _wait(told: Path, keeper: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(int(START_SECONDS_MAX / LOOK_SECONDS)):
        if told.exists():
            return
        if keeper.poll() is not None:
            break
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(
        "the test servers did not start:\n" + (folder / "servers.log").read_text()[-4_000:]
    )


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _keep(folder: Path, until_ends: int) -> None:
    """Start both, say where they are, and stay until the test run has ended."""
    real = os.environ.get("BROKER", "kafka" if kafka.is_available() else "tansu") == "kafka"
    broker = kafka.kafka if real else tansu.tansu
    with postgres(folder / "postgres", durable=False) as database, broker(folder / "broker") as bus:
        told = folder / "servers.json.new"
        told.write_text(
            json.dumps({"postgres": database, "kafka": bus, "broker": "kafka" if real else "tansu"})
        )
        told.rename(folder / "servers.json")
        while _alive(until_ends):
            time.sleep(0.5)


if __name__ == "__main__":
    _keep(Path(sys.argv[1]), int(sys.argv[2]))
