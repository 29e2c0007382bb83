"""Payments and credit notes, as the ledger tells them. The table is whole after `republish`."""

from alembic import op

revision = "portal_api_0006"
down_revision = "portal_api_0005"

CREDITS = """
CREATE TABLE credits (
    credit_id uuid PRIMARY KEY, kind text NOT NULL, customer_id uuid NOT NULL, version bigint NOT NULL,
    legal_entity text NOT NULL, number text, dated_on date NOT NULL, currency text NOT NULL,
    total_minor bigint NOT NULL, returned_minor bigint NOT NULL, returned_on date,
    unapplied_minor bigint NOT NULL, status text NOT NULL, method text, return_reason text, reference text,
    allocations jsonb NOT NULL
)
"""


def upgrade() -> None:
    op.execute(CREDITS)
    op.execute("CREATE INDEX credits_of_customer ON credits (customer_id, dated_on, credit_id)")
    op.execute("ALTER TABLE credits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY service ON credits TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE POLICY own ON credits FOR SELECT TO portal_customer "
        "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON credits TO portal_customer")
