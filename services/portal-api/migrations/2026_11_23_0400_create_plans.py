"""Payment plans and the quotes before them; and who took a promise back."""

from alembic import op

revision = "portal_api_0011"
down_revision = "portal_api_0010"

QUOTES = """
CREATE TABLE plan_quotes (
    quote_id uuid PRIMARY KEY, customer_id uuid NOT NULL, terms jsonb NOT NULL, items jsonb NOT NULL,
    instalments jsonb NOT NULL, made_at timestamptz NOT NULL, valid_until timestamptz NOT NULL
)
"""
PLANS = """
CREATE TABLE plans (
    plan_id uuid PRIMARY KEY, customer_id uuid NOT NULL, terms jsonb NOT NULL, items jsonb NOT NULL,
    instalments jsonb NOT NULL, acceptances jsonb NOT NULL, proposed_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL, extended_days int NOT NULL, reason text NOT NULL, state text NOT NULL,
    version bigint NOT NULL, ended_at timestamptz
)
"""


def upgrade() -> None:
    op.execute(QUOTES)
    op.execute("CREATE INDEX plan_quotes_over ON plan_quotes (valid_until)")
    op.execute(PLANS)
    op.execute("CREATE INDEX plans_of_customer ON plans (customer_id, proposed_at, plan_id)")
    for table in ("plan_quotes", "plans"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY service ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)"
        )
        op.execute(
            f"CREATE POLICY own ON {table} FOR SELECT TO portal_customer "
            "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
        )
        op.execute(f"GRANT SELECT ON {table} TO portal_customer")
    op.execute("ALTER TABLE promises ADD COLUMN withdrawn_by text")
