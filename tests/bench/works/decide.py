"""Looks at 20,000 due customers, with few and with many timers pending that are not due."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from databases import connect
from measure import Bench, Measured, Row, process, say, turns, watch

from shared.base.clock import FileClock

CUSTOMERS = 20_000
PENDING = {"raw": 100_000, "ours": 5_000_000}
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""Nine on a Monday in Berlin, when it is decided who is written to, whatever day the bench runs on."""

_WORLD = f"""
INSERT INTO customers (customer_id, version, known, customer_number, kind, status, country, time_zone, holds, doubts,
                       changed_at)
SELECT md5('C' || n)::uuid, 1, true, 'C' || n, 'business', 'active', 'DE', 'Europe/Berlin', '[]', '[]', '{NOW}'
FROM generate_series(1, {CUSTOMERS}) AS n;
INSERT INTO items (invoice_id, instalment, instalments, customer_id, version, legal_entity, invoice_number, currency,
                   due_on, open_minor, direct_debit, returned, holds, discounts, traceparent)
SELECT md5('I' || n)::uuid, 1, 1, md5('C' || n)::uuid, 1, 'DE01', 'I' || n, 'EUR', date '{NOW.date()}' - 20, 119000,
       false, false, '[]', '[]', ''
FROM generate_series(1, {CUSTOMERS}) AS n;
"""
_PENDING = f"""
INSERT INTO timers (kind, key, due_at)
SELECT 'look', lpad(to_hex(n), 32, '0')::uuid, timestamptz '{NOW}' + interval '90 days' + n * interval '1 second'
FROM generate_series(1, {{}}) AS n
"""
"""In the order of their keys, which is quickest to write."""
_DUE = f"""
TRUNCATE standings, reminders, escalations, decisions, outbox;
ALTER SEQUENCE outbox_seq_seq RESTART;
INSERT INTO standings (customer_id, contact_at)
SELECT md5('C' || n)::uuid, '{NOW}' FROM generate_series(1, {CUSTOMERS}) AS n;
INSERT INTO timers (kind, key, due_at)
SELECT 'look', md5('C' || n)::uuid, timestamptz '{NOW}' - interval '1 hour' FROM generate_series(1, {CUSTOMERS}) AS n
ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, fired_at = NULL;
"""
_REMINDERS = "SELECT last_value FROM outbox_seq_seq"
"""Everybody is reminded once, so the outbox counts them without being read."""


async def decide(bench: Bench) -> Row:
    """`raw` has few pending timers, `ours` many; the ratio is many's time over few's."""
    urls = {side: await world(bench, side) for side in PENDING}
    with TemporaryDirectory() as folder:
        FileClock.move(clock := Path(folder) / "clock", NOW)
        settings = bench.settings | {"CLOCK_FILE": str(clock)}

        async def once(side: str) -> Measured:
            connection = await connect(urls[side])
            await connection.execute(_DUE, timeout=600)
            await connection.execute("VACUUM ANALYZE", timeout=600)

            async def reminded() -> int:
                return int(await connection.fetchval(_REMINDERS))

            with process("ours", "decide", settings | {"DATABASE_URL": urls[side]}) as running:
                measured = await watch(reminded, CUSTOMERS, running)
            await connection.close()
            return measured

        row = await turns(bench, "decide, 5 million pending (raw: 100k)", "customers/s", once)
    if row:
        row["ratio"] = round(float(str(row["raw"])) / float(str(row["ours"])), 3)
    return row


async def world(bench: Bench, side: str) -> str:
    say(f"making {PENDING[side]} pending timers")
    url = await bench.databases.create(f"decide_{side}", "scheduler")
    connection = await connect(url)
    await connection.execute(_WORLD, timeout=600)
    await connection.execute(_PENDING.format(PENDING[side]), timeout=1800)
    await connection.close()
    return url
