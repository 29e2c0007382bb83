"""Saved means of payment, how far autopay may go, and what is charged by it."""

from alembic import op

revision = "portal_api_0015"
down_revision = "portal_api_0014"

MANDATES = """
CREATE TABLE mandates (
    mandate_id uuid PRIMARY KEY, customer_id uuid NOT NULL, request_hash bytea NOT NULL, legal_entity text NOT NULL,
    agreed jsonb NOT NULL, return_url text NOT NULL, asked_at timestamptz NOT NULL, state text NOT NULL,
    version bigint NOT NULL, provider_customer text, session_id text UNIQUE, url text, method_id text, means jsonb,
    saved_at timestamptz, ended_at timestamptz, ended_why text, released_at timestamptz
)
"""
AUTOPAY = """
CREATE TABLE autopay (
    customer_id uuid PRIMARY KEY, currency text NOT NULL, limit_minor bigint NOT NULL, version bigint NOT NULL,
    changed_by text NOT NULL, changed_at timestamptz NOT NULL, off_at timestamptz
)
"""
CHARGES = """
CREATE TABLE charges (
    charge_id uuid PRIMARY KEY, customer_id uuid NOT NULL, legal_entity text NOT NULL, currency text NOT NULL,
    items jsonb NOT NULL, charge_on date NOT NULL, announcement_id uuid NOT NULL, announced_at timestamptz NOT NULL,
    means jsonb NOT NULL, state text NOT NULL, version bigint NOT NULL, attempts integer NOT NULL, payment_id uuid,
    mandate_id uuid, claimed_until timestamptz, why text, ended_at timestamptz
)
"""
SILENCES = """
CREATE TABLE silences (
    hold_id uuid PRIMARY KEY, customer_id uuid NOT NULL, version bigint NOT NULL, legal_entity text, invoice_id uuid,
    until timestamptz, ended_at timestamptz
)
"""
CONFINED = ("mandates", "autopay", "charges")


def upgrade() -> None:
    for table in (MANDATES, AUTOPAY, CHARGES, SILENCES):
        op.execute(table)
    op.execute("CREATE INDEX mandates_of_customer ON mandates (customer_id)")
    op.execute("CREATE INDEX mandates_of_method ON mandates (method_id)")
    op.execute("CREATE INDEX charges_of_customer ON charges (customer_id, announced_at, charge_id)")
    for name in CONFINED:
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY service ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)"
        )
        op.execute(
            f"CREATE POLICY own ON {name} FOR SELECT TO portal_customer "
            "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
        )
        op.execute(f"GRANT SELECT ON {name} TO portal_customer")
    op.execute("CREATE INDEX silences_of_customer ON silences (customer_id)")
    op.execute("ALTER TABLE provider_payments ADD COLUMN charge_id uuid")
