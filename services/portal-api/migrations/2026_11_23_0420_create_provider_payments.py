"""Payments by the provider's page, and what the provider's notices led to."""

from alembic import op

revision = "portal_api_0012"
down_revision = "portal_api_0011"

PAYMENTS = """
CREATE TABLE provider_payments (
    payment_id uuid PRIMARY KEY, customer_id uuid NOT NULL, request_hash bytea NOT NULL,
    legal_entity text NOT NULL, currency text NOT NULL, items jsonb NOT NULL, return_url text NOT NULL,
    asked_at timestamptz NOT NULL, state text NOT NULL, version bigint NOT NULL,
    session_id text UNIQUE, url text, reference text, value_date date, decline jsonb, moved_at timestamptz
)
"""
NOTICES = """
CREATE TABLE provider_notices (
    event_id text PRIMARY KEY, kind text NOT NULL, payment_id uuid, outcome text NOT NULL,
    heard_at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    op.execute(PAYMENTS)
    op.execute("CREATE INDEX provider_payments_of_customer ON provider_payments (customer_id)")
    op.execute("ALTER TABLE provider_payments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY service ON provider_payments TO CURRENT_USER USING (true) WITH CHECK (true)"
    )
    op.execute(
        "CREATE POLICY own ON provider_payments FOR SELECT TO portal_customer "
        "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON provider_payments TO portal_customer")
    op.execute(NOTICES)
    op.execute("CREATE INDEX provider_notices_by_age ON provider_notices (heard_at)")
