"""Refusals: good customers' invoices while those of 30 % of all customers are bad, beside the same while all are sound.

`raw` is our own ledger too: the stream in which every record is good. Both streams hold as many records in the same
order, so the ratio says what a refusal costs everybody else (1 = as much as a good record).
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from databases import connect
from measure import Bench, Measured, Row, process, turns, watch
from works.ingest import (
    CUSTOMERS,
    HEARD,
    INVOICES,
    INVOICES_TOPIC,
    invoice,
    known_customers,
    publish,
    publish_customers,
)

from local_stack import topics
from shared.messaging.bus import Outgoing
from shared.messaging.kafka import KafkaAt
from shared.messaging.routes import Routes
from shared.testing.builders import Voice

BAD_PERCENT = 30
GOOD_SHARE = 1 - BAD_PERCENT / 100
Body = dict[str, Any]
DAMAGES: tuple[Callable[[Body], Body | bytes], ...] = (
    lambda body: body | {"tax": "1.00"},
    lambda body: body | {"total": "NaN"},
    lambda body: body | {"net": None},
    lambda body: body | {"kind": "poem"},
    lambda body: {name: body[name] for name in body if name != "due_on"},
    lambda body: body | {"legal_entity": "XX99"},
    lambda body: json.dumps(body).encode()[:-1],
)


async def refusals(bench: Bench) -> Row:
    """From Kafka to the books, or to the parking lot."""
    spoilt = replace(bench.at, routes=Routes(bench.at.routes.prefix + "spoilt."))
    await topics.create_missing(spoilt.bootstrap, spoilt.routes.prefix)
    await known_customers(bench, partial(publish, messages=stream(0)))
    await publish_customers(spoilt)
    await publish(spoilt, stream(BAD_PERCENT))

    async def once(side: str) -> Measured:
        at = bench.at if side == "raw" else spoilt
        url = await bench.databases.copy("known")
        connection = await connect(url)
        heard = partial(connection.fetchval, HEARD, INVOICES_TOPIC)
        with process("ours", "ingest", settings(bench, at) | {"DATABASE_URL": url}) as running:
            measured = await watch(heard, INVOICES, running)
        refused = await connection.fetchval("SELECT count(*) FROM intake WHERE outcome = 'refused'")
        assert refused == (0 if side == "raw" else INVOICES * BAD_PERCENT // 100), refused
        await connection.close()
        await bench.databases.drop(url)
        return Measured(measured.rate * GOOD_SHARE, measured.cpu_us / GOOD_SHARE)

    return await turns(bench, "good beside 30 % bad", "invoices/s", once)


def settings(bench: Bench, at: KafkaAt) -> dict[str, str]:
    return replace(bench, at=at).settings


def stream(bad_percent: int) -> list[Outgoing]:
    """The invoices of `ingest`; those of so many of a hundred customers are damaged, each time in the next way."""
    voice = Voice()
    return [
        spoil(invoice(voice, number), number)
        if number % CUSTOMERS % 100 < bad_percent
        else invoice(voice, number)
        for number in range(INVOICES)
    ]


def spoil(message: Outgoing, number: int) -> Outgoing:
    damaged = DAMAGES[number // CUSTOMERS % len(DAMAGES)](json.loads(message.value))
    value = damaged if isinstance(damaged, bytes) else json.dumps(damaged).encode()
    return replace(message, value=value)
