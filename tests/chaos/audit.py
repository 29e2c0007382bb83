"""Witnesses inside the databases: triggers, for this run only, that write down every move that has to be accounted for.

With `track_commit_timestamp` the rows they write say when, and in which order, transactions committed: who settled an
invoice and who committed to a hand-over can be told apart to the microsecond, because both hold the customer's row.
"""

import asyncio
from collections.abc import Mapping

import asyncpg
from world import World

from local_stack.children import tail

_OFFSETS = """
CREATE TABLE audit_offsets (id bigint GENERATED ALWAYS AS IDENTITY, topic text, partition int, old bigint, new bigint);
CREATE FUNCTION audit_offset() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit_offsets (topic, partition, old, new)
    VALUES (NEW.topic, NEW.partition, OLD.next_offset, NEW.next_offset);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_offset AFTER UPDATE ON consumer_offsets FOR EACH ROW EXECUTE FUNCTION audit_offset();
"""
_TOLD = """
CREATE TABLE audit_told (event_id uuid, topic text);
CREATE FUNCTION audit_told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit_told SELECT event_id, topic FROM fresh;
    -- Now and then a writer is slow to commit, with its numbers drawn already.
    IF random() < 0.1 THEN PERFORM pg_sleep(random() * 0.3); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_told AFTER INSERT ON outbox REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION audit_told();
"""
_MESSAGES = """
CREATE TABLE audit_messages (
    id bigint GENERATED ALWAYS AS IDENTITY, message_id uuid, status text, claim_id uuid, claimed_by text, told jsonb
);
CREATE FUNCTION audit_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit_messages (message_id, status, claim_id, claimed_by, told)
    VALUES (NEW.message_id, NEW.status, NEW.claim_id, NEW.claimed_by, NEW.told);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_new_message AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION audit_message();
CREATE TRIGGER audit_message AFTER UPDATE ON messages FOR EACH ROW
WHEN (OLD.status <> NEW.status OR OLD.claim_id IS DISTINCT FROM NEW.claim_id) EXECUTE FUNCTION audit_message();
"""
_INVOICES = """
CREATE TABLE audit_invoices (id bigint GENERATED ALWAYS AS IDENTITY, invoice_id uuid, open_minor bigint, status text);
CREATE FUNCTION audit_invoice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit_invoices (invoice_id, open_minor, status) VALUES (NEW.invoice_id, NEW.open_minor, NEW.status);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_invoice AFTER INSERT OR UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION audit_invoice();
"""
WITNESSES: Mapping[str, str] = {
    "ledger": _OFFSETS + _TOLD,
    "scheduler": _OFFSETS + _TOLD,
    "notifier": _OFFSETS + _TOLD + _MESSAGES + _INVOICES,
    "disputes": _OFFSETS + _TOLD,
    "portal-api": _OFFSETS + _TOLD,
}


async def install(world: World) -> None:
    """Before the first event. The server is killed once, so that it keeps commit times from now on."""
    for service, witnesses in WITNESSES.items():
        connection = await world.connected(service)
        await connection.execute(witnesses)
        if service == "ledger":
            await connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        await connection.close()
    world.kill("postgres")
    await asyncio.sleep(1)
    await world.all_up()
    world.deaths.clear()

    connection: asyncpg.Connection = await world.connected("ledger")
    kept = await connection.fetchval("SHOW track_commit_timestamp")
    await connection.close()
    assert kept == "on", tail(world.folder / "logs" / "postgres.log")
