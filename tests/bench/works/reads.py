"""Reading over HTTP: an invoice by its key, and the open items of a customer, over kept connections."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

from measure import Bench, Measured, Row, process, turns, watch
from works.ingest import CUSTOMERS, INVOICES, known_customers

from local_stack.addresses import LOOPBACK, free_port
from local_stack.clock.staff import Issuer
from local_stack.machine_time import machine_now
from shared.base.ids import object_id
from shared.testing.builders import SOURCE

CONNECTIONS, REQUESTS = 16, 6_000
KNOCK_SECONDS = 0.2


async def by_key(bench: Bench) -> Row:
    """An invoice and its history, by the ERP's id."""
    return await reads(
        bench, "read by key", lambda n: f"/v1/invoices?source={SOURCE}&source_id=I{n % INVOICES}"
    )


async def open_items(bench: Bench) -> Row:
    """The ten open items of a customer."""
    ids = [object_id(SOURCE, "customer", f"C{number}") for number in range(CUSTOMERS)]
    return await reads(
        bench, "list of open items", lambda n: f"/v1/customers/{ids[n % CUSTOMERS]}/open-items"
    )


async def reads(bench: Bench, work: str, path_of: Callable[[int], str]) -> Row:
    """The same requests to both sides; ours wants a staff token and sees the books as of a moment."""
    await known_customers(bench)
    url = bench.databases.url("booked")

    async with issuing() as issuer:
        token = issuer.token("bench", ["viewer"], now=machine_now())

        async def once(side: str) -> Measured:
            settings = {
                "DATABASE_URL": url,
                "HTTP_PORT": str(free_port()),
                "STAFF_JWKS_URL": issuer.address,
                "STAFF_ISSUER": issuer.address,
            }
            with process(side, "reads", bench.settings | settings) as running:
                return await asked(int(settings["HTTP_PORT"]), token, path_of, running)

        return await turns(bench, work, "requests/s", once)


async def asked(
    port: int,
    token: str,
    path_of: Callable[[int], str],
    running: subprocess.Popen,
    *,
    requests: int = REQUESTS,
) -> Measured:
    """All requests, over a few connections that each wait for an answer before asking again."""
    answered, numbers = 0, count()

    async def done() -> int:
        return answered

    async def ask() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        while (number := next(numbers)) < requests:
            head = f"GET {path_of(number)} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}"
            writer.write(f"{head}\r\n\r\n".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            answered += 1
        writer.close()

    await listening(port, running)
    async with asyncio.TaskGroup() as asking:
        for _ in range(CONNECTIONS):
            asking.create_task(ask())
        return await watch(done, requests, running)


async def listening(port: int, running: subprocess.Popen) -> None:
    """Wait until somebody opens the door."""
    while True:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except ConnectionRefusedError:
            assert running.poll() is None, "the server died"
            await asyncio.sleep(KNOCK_SECONDS)
        else:
            writer.close()
            return


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """An issuer of staff tokens whose keys can be fetched at its address."""
    port = free_port()
    issuer = Issuer(f"http://{LOOPBACK}:{port}")
    keys = json.dumps(issuer.keys())
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(keys)}\r\n\r\n"
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write((head + keys).encode())
        writer.close()

    async with await asyncio.start_server(answer, LOOPBACK, port):
        yield issuer
