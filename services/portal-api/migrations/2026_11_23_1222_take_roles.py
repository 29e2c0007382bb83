"""Who administers may take roles from other contacts, and give them back: `may` is what a position may, `roles` what is
left of it. Contacts are asked for by customers now, so they are confined as everything else that is.
"""

from alembic import op

revision = "portal_api_0019"
down_revision = "portal_api_0018"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE contacts ADD COLUMN may text[] NOT NULL DEFAULT '{}', "
        "ADD COLUMN taken text[] NOT NULL DEFAULT '{}', "
        "ADD COLUMN taken_by text, ADD COLUMN taken_at timestamptz"
    )
    op.execute("UPDATE contacts SET may = roles")
    op.execute("ALTER TABLE contacts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY service ON contacts TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE POLICY own ON contacts FOR SELECT TO portal_customer "
        "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON contacts TO portal_customer")
