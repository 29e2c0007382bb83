"""All that was said to a customer about a dispute; what was said last is known of those that there are."""

from alembic import op

revision = "portal_api_0016"
down_revision = "portal_api_0015"

WORDS = """
CREATE TABLE dispute_words (
    dispute_id uuid NOT NULL, version bigint NOT NULL, customer_id uuid NOT NULL,
    at timestamptz NOT NULL, by text NOT NULL, words text NOT NULL,
    PRIMARY KEY (dispute_id, version)
)
"""
LAST = """
INSERT INTO dispute_words
SELECT dispute_id, version, customer_id, moved_at, moved_by, words FROM disputes WHERE words <> ''
"""


def upgrade() -> None:
    op.execute(WORDS)
    op.execute(LAST)
    op.execute("ALTER TABLE dispute_words ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY service ON dispute_words TO CURRENT_USER USING (true) WITH CHECK (true)"
    )
    op.execute(
        "CREATE POLICY own ON dispute_words FOR SELECT TO portal_customer "
        "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON dispute_words TO portal_customer")
