"""The runtime's tables, the notifier's own projection, messages and what became of them."""

from alembic import op

from shared.db.runtime_tables import create_v1

revision = "2026_11_22_0900"
down_revision = None

_TABLES = """
CREATE TABLE customers (
    customer_id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 0,
    known bool NOT NULL DEFAULT false,
    customer_number text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT 'consumer',
    status text NOT NULL DEFAULT 'active',
    country text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'en',
    time_zone text,
    contacts jsonb NOT NULL DEFAULT '[]',
    account_owner jsonb NOT NULL DEFAULT 'null',
    erp_holds jsonb NOT NULL DEFAULT '[]',
    doubts text[] NOT NULL DEFAULT '{}',
    parked int NOT NULL DEFAULT 0,
    parked_version bigint NOT NULL DEFAULT 0
);
CREATE INDEX customers_contacts ON customers USING gin (contacts jsonb_path_ops);
CREATE TABLE invoices (
    invoice_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    version bigint NOT NULL,
    legal_entity text NOT NULL,
    source text NOT NULL,
    invoice_number text NOT NULL,
    currency text NOT NULL,
    open_minor bigint NOT NULL,
    status text NOT NULL,
    payment_method text,
    payment_reference text,
    document_url text,
    returned bool NOT NULL,
    holds jsonb NOT NULL,
    instalments jsonb NOT NULL,
    discounts jsonb NOT NULL
);
CREATE INDEX invoices_open ON invoices (customer_id) WHERE status = 'open';
CREATE TABLE credits (
    credit_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    version bigint NOT NULL,
    legal_entity text NOT NULL,
    currency text NOT NULL,
    unapplied_minor bigint NOT NULL
);
CREATE INDEX credits_unapplied ON credits (customer_id) WHERE unapplied_minor > 0;
CREATE TABLE holds (
    hold_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    version bigint NOT NULL,
    kind text NOT NULL,
    placed_at timestamptz NOT NULL,
    legal_entity text,
    invoice_id uuid,
    until timestamptz,
    ended_at timestamptz
);
CREATE TABLE amount_holds (
    hold_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    version bigint NOT NULL,
    kind text NOT NULL,
    invoice_id uuid NOT NULL,
    instalment int,
    minor bigint NOT NULL CHECK (minor >= 0)
);
CREATE INDEX amount_holds_standing ON amount_holds (customer_id) WHERE minor > 0;
CREATE INDEX holds_standing ON holds (customer_id) WHERE ended_at IS NULL;
CREATE TABLE messages (
    message_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    purpose text NOT NULL,
    legal_entity text NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'handing-over', 'sent', 'failed', 'unknown', 'suppressed')),
    version int NOT NULL,
    reminder_id uuid,
    escalation_id uuid,
    brief jsonb,
    due_at timestamptz NOT NULL,
    planned_at timestamptz NOT NULL,
    contact_day date NOT NULL,
    attempts int NOT NULL,
    failed_roads jsonb NOT NULL,
    route jsonb,
    told jsonb,
    reason text NOT NULL,
    rule text NOT NULL,
    withheld_at timestamptz,
    ended_at timestamptz,
    traceparent text NOT NULL,
    origin_traces text NOT NULL,
    trace_id text NOT NULL DEFAULT '',
    claim_id uuid,
    claimed_by text NOT NULL DEFAULT '',
    claimed_until timestamptz,
    CHECK ((status IN ('waiting', 'handing-over')) = (ended_at IS NULL))
);
CREATE INDEX messages_due ON messages (due_at, message_id) WHERE status = 'waiting' AND withheld_at IS NULL;
CREATE INDEX messages_handing_over ON messages (claimed_until) WHERE status = 'handing-over';
CREATE INDEX messages_waiting ON messages (customer_id) WHERE status = 'waiting';
CREATE INDEX messages_contact_days ON messages (customer_id, contact_day)
    WHERE status IN ('handing-over', 'sent', 'unknown') AND purpose IN ('courtesy', 'reminder');
CREATE INDEX messages_of_customer ON messages (customer_id, planned_at, message_id);
CREATE TABLE deliveries (
    delivery_id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES messages,
    channel text NOT NULL,
    contact_id text,
    address text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    answer text,
    detail text NOT NULL DEFAULT '',
    provider_id text NOT NULL DEFAULT '',
    trace_id text NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_of_message ON deliveries (message_id, started_at);
CREATE TABLE sending (
    one bool PRIMARY KEY DEFAULT true CHECK (one),
    mode text NOT NULL CHECK (mode IN ('off', 'allow-list', 'live')),
    allow_list text[] NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);
CREATE TABLE opt_outs (
    channel text NOT NULL,
    address text NOT NULL,
    opted_out_at timestamptz,
    opted_in_at timestamptz,
    PRIMARY KEY (channel, address)
);
CREATE TABLE inbound_texts (
    provider_id text PRIMARY KEY,
    from_address text NOT NULL,
    to_address text NOT NULL,
    body text NOT NULL,
    wish text NOT NULL,
    customer_id uuid,
    received_at timestamptz NOT NULL
);
CREATE INDEX inbound_texts_of_sender ON inbound_texts (from_address, received_at)
"""


def upgrade() -> None:
    create_v1(op.execute)
    for statement in _TABLES.split(";"):
        op.execute(statement)
