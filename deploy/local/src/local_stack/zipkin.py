"""Zipkin, the page that shows traces; by Maven, like Kafka."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_stack.addresses import LOOPBACK, answers, free_port
from local_stack.artifacts import archives, available, java
from local_stack.children import Program, running

HEAP_MB = 256
SPANS_MAX = 300_000


@contextmanager
def zipkin(folder: Path, *, port: int = 0) -> Iterator[str]:
    """Zipkin for the length of the block; yields its address. Traces are kept in memory."""
    program, url = prepare(folder, port=port)
    with running(program):
        yield url


def is_available() -> bool:
    """Whether this machine has what Zipkin needs: Java 17, and Maven or the fetched archive."""
    return available("zipkin")


def prepare(folder: Path, *, port: int = 0) -> tuple[Program, str]:
    """Say how to run Zipkin, and where it will answer."""
    port = port or free_port()
    url = f"http://{LOOPBACK}:{port}"
    archive = next(archives("zipkin").glob("zipkin-server-*.jar"))

    program = Program(
        name="zipkin",
        argv=(
            java() or "java",
            f"-Xmx{HEAP_MB}m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            str(archive),
        ),
        env={
            "QUERY_PORT": str(port),
            "MEM_MAX_SPANS": str(SPANS_MAX),
            "SELF_TRACING_ENABLED": "false",
        },
        log=folder / "logs" / "zipkin.log",
        is_ready=lambda: answers(f"{url}/health"),
    )
    return program, url
