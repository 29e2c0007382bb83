"""Create the projection, the decisions and the runtime's tables."""

from alembic import op

from shared.db.runtime_tables import create_v1

revision = "2026_11_22_0900"
down_revision = None

_TABLES = """
CREATE TABLE customers (
    customer_id uuid PRIMARY KEY, version bigint NOT NULL, known boolean NOT NULL,
    customer_number text NOT NULL, kind text NOT NULL, status text NOT NULL,
    country text NOT NULL, time_zone text, legal_entity text,
    owner_name text, owner_email text, credit_limit_minor bigint, credit_currency text,
    customer_since date, holds jsonb NOT NULL, merged_into text, doubts jsonb NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE TABLE items (
    invoice_id uuid NOT NULL, instalment int NOT NULL, instalments int NOT NULL,
    customer_id uuid NOT NULL, version bigint NOT NULL,
    legal_entity text NOT NULL, invoice_number text NOT NULL, currency text NOT NULL,
    due_on date, open_minor bigint NOT NULL, direct_debit boolean NOT NULL,
    returned boolean NOT NULL, holds jsonb NOT NULL, discounts jsonb NOT NULL, settled_on date,
    traceparent text NOT NULL,
    listed_step int NOT NULL DEFAULT -100, listed_on date, told_step int NOT NULL DEFAULT -100,
    owner_told_on date, manager_told_on date,
    PRIMARY KEY (invoice_id, instalment)
);
CREATE INDEX items_open ON items (customer_id) WHERE open_minor > 0;
CREATE TABLE credits (
    credit_id uuid PRIMARY KEY, customer_id uuid NOT NULL, version bigint NOT NULL,
    legal_entity text NOT NULL, currency text NOT NULL, unapplied_minor bigint NOT NULL
);
CREATE INDEX credits_unapplied ON credits (customer_id) WHERE unapplied_minor > 0;
CREATE TABLE habits (
    customer_id uuid PRIMARY KEY, paid_invoices int NOT NULL, days_late bigint NOT NULL,
    returned_payments int NOT NULL
);
CREATE TABLE contact_days (
    customer_id uuid NOT NULL, day date NOT NULL, sent boolean NOT NULL, overdue boolean NOT NULL,
    PRIMARY KEY (customer_id, day)
);
CREATE TABLE standings (
    customer_id uuid PRIMARY KEY, segment text, segment_entered text, segment_why text NOT NULL DEFAULT '',
    contact_at timestamptz, silences text[] NOT NULL DEFAULT '{}',
    look_at timestamptz, look_why text NOT NULL DEFAULT '', traceparent text NOT NULL DEFAULT ''
);
CREATE TABLE reminders (
    reminder_id uuid PRIMARY KEY, customer_id uuid NOT NULL, legal_entity text NOT NULL,
    contact_day date NOT NULL, step int NOT NULL, invoice_ids uuid[] NOT NULL, instalments int[] NOT NULL,
    policy text NOT NULL, policy_version int NOT NULL, planned_at timestamptz NOT NULL,
    withdrawn_at timestamptz, outcome text, outcome_at timestamptz
);
CREATE INDEX reminders_of_customer ON reminders (customer_id, contact_day);
CREATE INDEX reminders_outstanding ON reminders (customer_id)
    WHERE outcome IS NULL AND withdrawn_at IS NULL;
CREATE TABLE escalations (
    escalation_id uuid PRIMARY KEY, customer_id uuid NOT NULL, legal_entity text NOT NULL,
    level text NOT NULL, policy text NOT NULL, policy_version int NOT NULL,
    raised_at timestamptz NOT NULL, outcome text, outcome_at timestamptz
);
CREATE TABLE holds (
    hold_id uuid PRIMARY KEY, customer_id uuid NOT NULL, kind text NOT NULL, reason text NOT NULL,
    owner text NOT NULL, legal_entity text, invoice_id uuid, placed_at timestamptz NOT NULL,
    until timestamptz, ended_at timestamptz
);
CREATE TABLE amount_holds (
    hold_id uuid PRIMARY KEY, customer_id uuid NOT NULL, version bigint NOT NULL, kind text NOT NULL,
    reason text NOT NULL, invoice_id uuid NOT NULL, instalment int, minor bigint NOT NULL CHECK (minor >= 0)
);
CREATE INDEX amount_holds_standing ON amount_holds (customer_id) WHERE minor > 0;
CREATE INDEX holds_of_customer ON holds (customer_id, placed_at, hold_id);
CREATE TABLE decisions (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id uuid NOT NULL,
    at timestamptz NOT NULL, kind text NOT NULL, step int, reason text NOT NULL, rule text NOT NULL,
    policy text NOT NULL, policy_version int NOT NULL, facts jsonb NOT NULL
);
CREATE INDEX decisions_of_customer ON decisions (customer_id, at, decision_id)
"""


def upgrade() -> None:
    create_v1(op.execute)
    for statement in _TABLES.split(";"):
        op.execute(statement)
