"""Apache Kafka without containers: each node is one process, broker and KRaft controller at once."""

import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_stack.addresses import LOOPBACK, free_port, listens
from local_stack.artifacts import archives, available, java
from local_stack.children import Program, running

FORMAT_TIMEOUT_S = 60
HEAP_MB = 512

_SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    "log.segment.bytes": str(64 * 1024 * 1024),
    "num.io.threads": "4",
    "num.network.threads": "2",
}
# Short sessions and elections let a killed broker that is alone serve again sooner than after 12 s.
# Not shorter: a machine that stands still for longer than a session fences its only broker, which
# then answers metadata requests with no broker at all.
_ALONE: Mapping[str, str] = {
    "broker.session.timeout.ms": "6000",
    "broker.heartbeat.interval.ms": "500",
    "controller.quorum.election.timeout.ms": "300",
    "controller.quorum.fetch.timeout.ms": "600",
}
_JVM = (f"-Xmx{HEAP_MB}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


# The broker's own topics are copied to as many nodes as ours may be.
_COPIED = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
REPLICAS_MAX = 3


@dataclass(frozen=True, slots=True)
class Broker:
    """A prepared broker: the program to run, and where it will answer."""

    program: Program
    bootstrap: str


@dataclass(frozen=True, slots=True)
class _Node:
    """One of a cluster's nodes, numbered from 1."""

    number: int
    home: Path
    port: int
    controller_port: int

    @property
    def voter(self) -> str:
        return f"{self.number}@{LOOPBACK}:{self.controller_port}"


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
    """Format the storage if it is not, and say how to run the one broker."""
    (broker,) = _prepared([_Node(1, folder / "kafka", port or free_port(), free_port())])
    return broker


def prepare_cluster(folder: Path, *, nodes: int) -> list[Broker]:
    """The same for several brokers that are one cluster; a majority of them must run."""
    return _prepared(
        [
            _Node(number, folder / f"kafka-{number}", free_port(), free_port())
            for number in range(1, nodes + 1)
        ]
    )


def _prepared(nodes: Sequence[_Node]) -> list[Broker]:
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return [_broker(node, nodes, cluster) for node in nodes]


def _broker(node: _Node, nodes: Sequence[_Node], cluster: str) -> Broker:
    node.home.mkdir(parents=True, exist_ok=True)
    classes = f"{archives('kafka')}/*"
    properties = node.home / "server.properties"

    properties.write_text(_properties(node, nodes))
    if not (node.home / "data" / "meta.properties").exists():
        _format(classes, properties, cluster)

    program = Program(
        name=node.home.name,
        argv=(java() or "java", *_JVM, "-cp", classes, "kafka.Kafka", str(properties)),
        log=node.home.parent / "logs" / f"{node.home.name}.log",
        is_ready=lambda: listens(node.port),
        folder=node.home,
    )
    return Broker(program, f"{LOOPBACK}:{node.port}")


def _properties(node: _Node, nodes: Sequence[_Node]) -> str:
    plain = f"PLAINTEXT://{LOOPBACK}:{node.port}"
    replicas = min(len(nodes), REPLICAS_MAX)
    in_sync = str(replicas // 2 + 1)
    settings = {
        **_SETTINGS,
        **(_ALONE if len(nodes) == 1 else {}),
        "node.id": str(node.number),
        "listeners": f"{plain},CONTROLLER://{LOOPBACK}:{node.controller_port}",
        "advertised.listeners": plain,
        "controller.quorum.voters": ",".join(one.voter for one in nodes),
        "log.dirs": str(node.home / "data"),
        **{f"{topic}.replication.factor": str(replicas) for topic in _COPIED},
        **{f"{topic}.min.isr": in_sync for topic in _COPIED if not topic.startswith("offsets")},
        "min.insync.replicas": in_sync,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _format(classes: str, properties: Path, cluster: str) -> None:
    command = [java() or "java", *_JVM, "-cp", classes, "kafka.tools.StorageTool", "format"]

    done = subprocess.run(
        [*command, f"--cluster-id={cluster}", "-c", str(properties)],
        capture_output=True,
        text=True,
        timeout=FORMAT_TIMEOUT_S,
        check=False,
    )

    assert done.returncode == 0, f"Kafka's storage could not be formatted: {done.stderr[-1_000:]}"
