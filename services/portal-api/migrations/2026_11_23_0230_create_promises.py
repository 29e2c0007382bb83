"""Promises to pay, and what payments pay of invoices by value date, by which a promise is kept or broken.

What was paid before is told again by the ledger's `republish`: do that before the doors open.
"""

from alembic import op

revision = "portal_api_0009"
down_revision = "portal_api_0008"

PROMISES = """
CREATE TABLE promises (
    promise_id uuid PRIMARY KEY, customer_id uuid NOT NULL, place int NOT NULL,
    legal_entity text NOT NULL, currency text NOT NULL, items jsonb NOT NULL, pay_on date NOT NULL,
    grace_days int NOT NULL, state text NOT NULL, version bigint NOT NULL,
    made_at timestamptz NOT NULL, ended_at timestamptz,
    UNIQUE (customer_id, place)
)
"""
PAID = """
CREATE TABLE paid (
    invoice_id uuid NOT NULL, payment_id uuid NOT NULL, version bigint NOT NULL,
    value_date date NOT NULL, amount numeric NOT NULL,
    PRIMARY KEY (invoice_id, payment_id)
)
"""


def upgrade() -> None:
    op.execute(PROMISES)
    op.execute("ALTER TABLE promises ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY service ON promises TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE POLICY own ON promises FOR SELECT TO portal_customer "
        "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON promises TO portal_customer")
    op.execute(PAID)
