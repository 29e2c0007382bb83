"""A customer's disputes, as disputes tells them: nothing that is among our own people."""

from alembic import op

revision = "portal_api_0008"
down_revision = "portal_api_0007"

DISPUTES = """
CREATE TABLE disputes (
    dispute_id uuid PRIMARY KEY, customer_id uuid NOT NULL, version bigint NOT NULL, legal_entity text NOT NULL,
    currency text NOT NULL, reason text NOT NULL, state text NOT NULL, outcome text,
    opened_at timestamptz NOT NULL, moved_at timestamptz NOT NULL, moved_by text NOT NULL, words text NOT NULL,
    answer_due_at timestamptz, decision_due_at timestamptz, merged_into uuid, items jsonb NOT NULL
)
"""


def upgrade() -> None:
    op.execute(DISPUTES)
    op.execute("CREATE INDEX disputes_of_customer ON disputes (customer_id, opened_at, dispute_id)")
    op.execute("ALTER TABLE disputes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY service ON disputes TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE POLICY own ON disputes FOR SELECT TO portal_customer "
        "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON disputes TO portal_customer")
