"""Messages that a customer received, as the notifier tells them."""

from alembic import op

revision = "portal_api_0007"
down_revision = "portal_api_0006"

MESSAGES = """
CREATE TABLE messages (
    message_id uuid PRIMARY KEY, customer_id uuid NOT NULL, version bigint NOT NULL, legal_entity text NOT NULL,
    purpose text NOT NULL, channel text, sent_at timestamptz NOT NULL, items jsonb NOT NULL
)
"""


def upgrade() -> None:
    op.execute(MESSAGES)
    op.execute("CREATE INDEX messages_of_customer ON messages (customer_id, sent_at, message_id)")
    op.execute("ALTER TABLE messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY service ON messages TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE POLICY own ON messages FOR SELECT TO portal_customer "
        "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON messages TO portal_customer")
