"""Apache Kafka as one process: broker and KRaft controller, without containers."""

import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_stack.addresses import LOOPBACK, free_port, listens
from local_stack.artifacts import archives, available, java
from local_stack.children import Program, running

FORMAT_TIMEOUT_S = 60
HEAP_MB = 512

# A short session and election let a killed broker serve again after 3 s instead of 12.
_SETTINGS: Mapping[str, str] = {
    "node.id": "1",
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "broker.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "200",
    "controller.quorum.election.timeout.ms": "300",
    "controller.quorum.fetch.timeout.ms": "600",
    "log.segment.bytes": str(64 * 1024 * 1024),
    "num.io.threads": "4",
    "num.network.threads": "2",
}
_JVM = (f"-Xmx{HEAP_MB}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


@dataclass(frozen=True, slots=True)
class Broker:
    """A prepared broker: the program to run, and where it will answer."""

    program: Program
    bootstrap: str


@contextmanager
def kafka(folder: Path, *, port: int = 0) -> Iterator[str]:
    """A broker for the length of the block; yields its bootstrap address `127.0.0.1:<port>`.

    `folder` holds log and data, which stay. Takes about 3 s, and the first time on a machine the
    time to fetch 46 archives. Raises ArtifactsMissing without Maven; see `is_available`.
    """
    broker = prepare(folder, port=port)
    with running(broker.program):
        yield broker.bootstrap


def is_available() -> bool:
    """Whether this machine has what Kafka needs: Java 17, and Maven or the fetched archives."""
    return available("kafka")


def prepare(folder: Path, *, port: int = 0) -> Broker:
    """Format the storage if it is not, and say how to run the broker."""
    home = folder / "kafka"
    home.mkdir(parents=True, exist_ok=True)
    port, controller_port = port or free_port(), free_port()
    classes = f"{archives('kafka')}/*"
    properties = home / "server.properties"

    properties.write_text(_properties(home, port, controller_port))
    if not (home / "data" / "meta.properties").exists():
        _format(classes, properties)

    program = Program(
        name="kafka",
        argv=(java() or "java", *_JVM, "-cp", classes, "kafka.Kafka", str(properties)),
        log=folder / "logs" / "kafka.log",
        is_ready=lambda: listens(port),
        folder=home,
    )
    return Broker(program, f"{LOOPBACK}:{port}")


def _properties(home: Path, port: int, controller_port: int) -> str:
    plain = f"PLAINTEXT://{LOOPBACK}:{port}"
    settings = {
        **_SETTINGS,
        "listeners": f"{plain},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": plain,
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        "log.dirs": str(home / "data"),
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _format(classes: str, properties: Path) -> None:
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")  # may begin with a "-"
    command = [java() or "java", *_JVM, "-cp", classes, "kafka.tools.StorageTool", "format"]

    done = subprocess.run(
        [*command, f"--cluster-id={cluster}", "-c", str(properties)],
        capture_output=True,
        text=True,
        timeout=FORMAT_TIMEOUT_S,
        check=False,
    )

    assert done.returncode == 0, f"Kafka's storage could not be formatted: {done.stderr[-1_000:]}"
