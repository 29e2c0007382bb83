"""Ledger ingest: invoices of known customers, validated, booked with postings and history, told and committed."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial

from databases import connect
from measure import Bench, Measured, Row, process, reaches, say, turns, watch

from shared.messaging.bus import Outgoing
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.testing import builders
from shared.testing.builders import Voice

CUSTOMERS, INVOICES = 2_000, 20_000
PUBLISH_ROWS = 2_000
CUSTOMERS_TOPIC, INVOICES_TOPIC = "erp.customers.v1", "erp.invoices.v1"

HEARD = "SELECT coalesce(sum(next_offset), 0)::bigint FROM consumer_offsets WHERE topic = $1"
_FORGET = """
ALTER TABLE entries DISABLE TRIGGER USER;
TRUNCATE invoices, invoice_history, entries, totals, outbox;
ALTER TABLE entries ENABLE TRIGGER USER;
DELETE FROM intake WHERE topic = 'erp.invoices.v1';
DELETE FROM consumer_offsets WHERE topic = 'erp.invoices.v1';
"""


async def ingest(bench: Bench) -> Row:
    """From Kafka to the books."""
    await known_customers(bench)

    async def once(side: str) -> Measured:
        url = await bench.databases.copy("known")
        connection = await connect(url)
        heard = partial(connection.fetchval, HEARD, INVOICES_TOPIC)
        with process(side, "ingest", bench.settings | {"DATABASE_URL": url}) as running:
            measured = await watch(heard, INVOICES, running)
        await connection.close()
        await bench.databases.drop(url)
        return measured

    return await turns(bench, "ledger ingest", "invoices/s", once)


async def publish_customers(at: KafkaAt) -> None:
    say(f"publishing {CUSTOMERS} customers and {INVOICES} invoices")
    voice = Voice()
    await publish(at, [voice.says(builders.customer(f"C{number}")) for number in range(CUSTOMERS)])


async def publish_invoices(at: KafkaAt) -> None:
    """Ten for each customer, in turn."""
    voice = Voice()
    await publish(at, [invoice(voice, number) for number in range(INVOICES)])


async def publish(at: KafkaAt, messages: list[Outgoing]) -> None:
    bus = KafkaBus(at)
    await bus.start()
    for begin in range(0, len(messages), PUBLISH_ROWS):
        await bus.publish(messages[begin : begin + PUBLISH_ROWS])
    await bus.stop()


async def known_customers(
    bench: Bench, say_invoices: Callable[[KafkaAt], Awaitable[None]] = publish_invoices
) -> None:
    """Publish everything; a database `booked` has heard it, and one `known` has forgotten all but the customers.

    Invoices come when all customers are described, so that what is told of a customer is the same in every run.
    """
    url = await bench.databases.create("known", "ledger")
    connection = await connect(url)
    settings = bench.settings | {"DATABASE_URL": url}
    settings.pop("BENCH_PICTURE", None)
    with process("ours", "ingest", settings) as running:
        for say_all, topic, until in (
            (publish_customers, CUSTOMERS_TOPIC, CUSTOMERS),
            (say_invoices, INVOICES_TOPIC, INVOICES),
        ):
            await say_all(bench.at)
            await reaches(partial(connection.fetchval, HEARD, topic), until, running)
    await connection.close()
    await bench.databases.copy("known", "booked")
    connection = await connect(url)
    await connection.execute(_FORGET)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def invoice(voice: Voice, number: int) -> Outgoing:
    event = builders.invoice(
        f"I{number}", f"C{number % CUSTOMERS}", "1190.00", due=date(2026, 4, 1 + number % 28),
        net="1000.00", tax="190.00", payment_reference=f"RF{number:08}",
    )  # fmt: skip
    message = voice.says(event)
    return Outgoing(
        message.topic, f"C{number % CUSTOMERS}".encode(), message.value, message.headers
    )
