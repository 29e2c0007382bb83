"""The books: customers, invoices, credits, their applications, entries, and every record the ERP sent."""

from alembic import op

from shared.db.runtime_tables import create_v1

revision = "2026_11_22_0900"
down_revision = None
branch_labels = None
depends_on = None

_CUSTOMERS = """
CREATE TABLE customers (
    customer_id uuid PRIMARY KEY,
    source text NOT NULL, customer_number text NOT NULL,
    body_version bigint NOT NULL DEFAULT 0, body_content bytea NOT NULL DEFAULT '',
    body text NOT NULL DEFAULT '{}', merged_into text,
    first_seen_at timestamptz, changed_at timestamptz,
    version bigint NOT NULL DEFAULT 0,
    UNIQUE (source, customer_number)
);
INSERT INTO customers (customer_id, source, customer_number)
VALUES ('00000000-0000-0000-0000-000000000000', '', '')
"""

_INVOICES = """
CREATE TABLE invoices (
    invoice_id uuid PRIMARY KEY,
    source text NOT NULL, source_id text NOT NULL, customer_id uuid NOT NULL,
    body_version bigint NOT NULL, body_content bytea NOT NULL,
    top_version bigint NOT NULL, top_content bytea NOT NULL,
    invoice_number text, kind text, legal_entity text, issued_on date, due_on date, currency text,
    total_minor bigint, tax_minor bigint,
    payment_method text, payment_reference text, purchase_order text, document_url text,
    opening_minor bigint, opening_on date, holds text, terms text, due text,
    cancelled_on date, status text NOT NULL, open_minor bigint NOT NULL CHECK (open_minor >= 0),
    adjusted_minor bigint NOT NULL, returned boolean NOT NULL, version bigint NOT NULL,
    entry_id bigint, tax_entry_id bigint
);
CREATE INDEX invoices_of_customer ON invoices (customer_id, invoice_id);
CREATE INDEX invoices_open ON invoices (customer_id) WHERE open_minor > 0;
CREATE TABLE invoice_history (
    invoice_id uuid NOT NULL, version bigint NOT NULL, recorded_at timestamptz NOT NULL,
    change text NOT NULL, status text NOT NULL, invoice_number text NOT NULL,
    total_minor bigint NOT NULL, open_minor bigint NOT NULL, due_on date NOT NULL, terms text,
    PRIMARY KEY (invoice_id, version)
)
"""

_CREDITS = """
CREATE TABLE credits (
    credit_id uuid PRIMARY KEY,
    kind text NOT NULL, source text NOT NULL, source_id text NOT NULL, customer_id uuid NOT NULL,
    matched_by_us boolean NOT NULL,
    body_version bigint NOT NULL, body_content bytea NOT NULL,
    top_version bigint NOT NULL, top_content bytea NOT NULL,
    set_version bigint NOT NULL, set_content bytea NOT NULL, set_directions text,
    legal_entity text, credited_on date, currency text, minor bigint, tax_minor bigint, number text, subkind text,
    reference text, bank_reference text,
    opening_minor bigint, opening_on date, directions text,
    returned_amount text, returned_on date, return_reason text,
    status text NOT NULL, returned_minor bigint NOT NULL,
    unapplied_minor bigint NOT NULL CHECK (unapplied_minor >= 0), adjusted_minor bigint NOT NULL,
    matchable boolean NOT NULL, waiting boolean NOT NULL, version bigint NOT NULL,
    entry_id bigint, tax_entry_id bigint, return_entry_id bigint
);
CREATE INDEX credits_of_customer ON credits (customer_id, credit_id);
CREATE INDEX credits_free ON credits (customer_id) WHERE matchable AND unapplied_minor > 0;
CREATE TABLE allocations (
    credit_id uuid NOT NULL, invoice_id uuid NOT NULL, customer_id uuid NOT NULL, owner_id uuid,
    directed_minor bigint NOT NULL, wanted_minor bigint NOT NULL, spent_minor bigint NOT NULL,
    applied_minor bigint NOT NULL, back_minor bigint NOT NULL,
    discount_minor bigint NOT NULL,
    provisional boolean NOT NULL, effective_on date, entry_id bigint, booked text, turned_at timestamptz,
    PRIMARY KEY (credit_id, invoice_id)
);
CREATE INDEX allocations_at_invoice ON allocations (invoice_id);
CREATE INDEX allocations_provisional ON allocations (customer_id) WHERE provisional;
CREATE INDEX allocations_turned ON allocations (customer_id, turned_at) WHERE turned_at IS NOT NULL;
CREATE INDEX allocations_beyond ON allocations (invoice_id) INCLUDE (customer_id, owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX allocations_beyond_of ON allocations (customer_id) WHERE owner_id IS NOT NULL;
CREATE INDEX allocations_beyond_at ON allocations (owner_id) WHERE owner_id IS NOT NULL
"""

_ADJUSTMENTS = """
CREATE TABLE adjustments (
    adjustment_id uuid PRIMARY KEY,
    source text NOT NULL, source_id text NOT NULL, customer_id uuid NOT NULL,
    body_version bigint NOT NULL, body_content bytea NOT NULL,
    top_version bigint NOT NULL, top_content bytea NOT NULL,
    legal_entity text, currency text, item_id uuid, minor bigint, reason text, posted_on date,
    instalment int, request_id text,
    granted_minor bigint NOT NULL, waiting boolean NOT NULL, booked text
);
CREATE INDEX adjustments_of_item ON adjustments (item_id)
"""

_ENTRIES = """
CREATE SEQUENCE entry_blocks;
CREATE TABLE entries (
    entry_id bigint PRIMARY KEY,
    kind text NOT NULL,
    debit int NOT NULL, debit_item uuid, credit int NOT NULL, credit_item uuid,
    minor bigint NOT NULL CHECK (minor > 0), currency text NOT NULL,
    effective_on date NOT NULL, legal_entity text NOT NULL, customer_id uuid NOT NULL,
    instalment int, reverses bigint, recorded_at timestamptz NOT NULL,
    CHECK ((debit IN (1200, 2100)) = (debit_item IS NOT NULL)),
    CHECK ((credit IN (1200, 2100)) = (credit_item IS NOT NULL))
);
CREATE UNIQUE INDEX entries_reversed_once ON entries (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX entries_of_customer ON entries (customer_id);
CREATE INDEX entries_of_instalments ON entries (customer_id) WHERE instalment IS NOT NULL;
CREATE TABLE totals (
    customer_id uuid NOT NULL, legal_entity text NOT NULL, currency text NOT NULL,
    receivable_minor bigint NOT NULL, unapplied_minor bigint NOT NULL,
    PRIMARY KEY (customer_id, legal_entity, currency)
);
REVOKE UPDATE, DELETE, TRUNCATE ON entries FROM PUBLIC, CURRENT_USER
"""

_FOR_EVER = """
CREATE FUNCTION entries_stand_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries are never changed or deleted, only reversed';
END $$
"""
_TRIGGER = """
CREATE TRIGGER entries_stand_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION entries_stand_for_ever()
"""

_INTAKE = """
CREATE TABLE intake (
    topic text NOT NULL, partition int NOT NULL, "offset" bigint NOT NULL,
    source text NOT NULL, event_id text NOT NULL, type text NOT NULL,
    object_id uuid, line text NOT NULL, version bigint, customer_id uuid,
    outcome text NOT NULL, waits_for text NOT NULL, code text NOT NULL, pointer text NOT NULL, detail text NOT NULL,
    recorded_at timestamptz NOT NULL, alarmed_at timestamptz,
    PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX intake_of_event ON intake (event_id);
CREATE INDEX intake_waiting ON intake (object_id) WHERE outcome = 'waiting';
CREATE INDEX intake_waiting_age ON intake (recorded_at) WHERE outcome = 'waiting' AND alarmed_at IS NULL;
CREATE TABLE parked_records (
    parked_id uuid PRIMARY KEY,
    topic text NOT NULL, partition int NOT NULL, "offset" bigint NOT NULL,
    attributes text NOT NULL, data bytea NOT NULL,
    object_id uuid, line text NOT NULL, version bigint,
    outcome text NOT NULL, code text NOT NULL, pointer text NOT NULL, detail text NOT NULL,
    customer_id uuid, parked_at timestamptz NOT NULL,
    ended_at timestamptz, ending text, ended_why text
);
CREATE INDEX parked_records_standing ON parked_records (parked_at, parked_id) WHERE ended_at IS NULL;
CREATE INDEX parked_records_of_object ON parked_records (object_id) WHERE ended_at IS NULL;
CREATE TABLE doubts (
    customer_id uuid NOT NULL, parked_id uuid NOT NULL REFERENCES parked_records,
    PRIMARY KEY (customer_id, parked_id)
);
CREATE INDEX doubts_of_record ON doubts (parked_id)
"""


def upgrade() -> None:
    """Create everything."""
    create_v1(op.execute)
    for tables in (_CUSTOMERS, _INVOICES, _CREDITS, _ADJUSTMENTS, _ENTRIES, _INTAKE):
        for statement in tables.split(";"):
            op.execute(statement)
    op.execute(_FOR_EVER)
    op.execute(_TRIGGER)
