"""Which broker this machine gets, and why."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local_stack import kafka, tansu
from local_stack.artifacts import JAVA_MIN, ArtifactsMissing, archives
from local_stack.children import Program, running

Kind = Literal["kafka", "tansu"]


@dataclass(frozen=True, slots=True)
class Bus:
    """A broker as a client sees it. `program` is None when somebody else runs it."""

    name: Kind
    bootstrap: str
    program: Program | None

    @property
    def is_trustworthy(self) -> bool:
        """Whether idempotent producers work, end offsets are right and the log outlives a kill."""
        return self.name == "kafka"


@dataclass(frozen=True, slots=True)
class Choice:
    """The broker to use, and a sentence that says why."""

    kind: Kind
    reason: str
    external: str = ""


def choose() -> Choice:
    """KAFKA_BOOTSTRAP_SERVERS, else BROKER=kafka|tansu, else Kafka where Java and Maven are.

    May fetch Kafka, which takes up to a minute the first time.
    """
    if external := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return Choice("kafka", f"Kafka at {external} (KAFKA_BOOTSTRAP_SERVERS)", external)

    match os.environ.get("BROKER", ""):
        case "kafka":
            return Choice("kafka", "Apache Kafka (BROKER=kafka)")
        case "tansu":
            return Choice("tansu", "Tansu, in memory only (BROKER=tansu)")
        case "":
            return _best()
        case other:
            raise ValueError(f"BROKER is {other!r}; it may be kafka or tansu")


def _best() -> Choice:
    if not kafka.is_available():
        why = f"Java {JAVA_MIN} and Maven are not both here"
    else:
        try:
            archives("kafka")
            return Choice("kafka", "Apache Kafka")
        except ArtifactsMissing as missing:
            why = f"Kafka could not be fetched ({missing})"
    return Choice("tansu", f"Tansu, in memory only, for looking around: {why}")


def prepare(choice: Choice, folder: Path, *, port: int = 0) -> Bus:
    """Make what the broker needs on disk, and say how to run it."""
    if choice.external:
        return Bus("kafka", choice.external, None)

    make: Callable[..., kafka.Broker] = {"kafka": kafka.prepare, "tansu": tansu.prepare}[
        choice.kind
    ]
    made = make(folder, port=port)
    return Bus(choice.kind, made.bootstrap, made.program)


@contextmanager
def broker(folder: Path, *, port: int = 0) -> Iterator[Bus]:
    """The chosen broker for the length of the block, without topics; see `topics.create`."""
    bus = prepare(choose(), folder, port=port)

    if bus.program is None:
        yield bus
        return
    with running(bus.program):
        yield bus
