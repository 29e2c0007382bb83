"""Row-level security: customers' questions are asked as `portal_customer`, who sees one customer's rows.

A role belongs to the whole server, so it may be there already. Where the service's user may not make roles, somebody
who may makes it before: `CREATE ROLE portal_customer NOLOGIN; GRANT portal_customer TO <user>`.
FORCE holds the owner to the policies too; the service itself, which hears the ledger, has one for everything.
"""

from alembic import op

revision = "portal_api_0005"
down_revision = "portal_api_0004"

ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_customer') THEN
        CREATE ROLE portal_customer NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'portal_customer', 'SET') THEN
        EXECUTE format('GRANT portal_customer TO %I', current_user);
    END IF;
END $$
"""
CONFINED = ("customers", "invoices")


def upgrade() -> None:
    op.execute(ROLE)
    for table in CONFINED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY service ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)"
        )
        op.execute(
            f"CREATE POLICY own ON {table} FOR SELECT TO portal_customer "
            "USING (customer_id = nullif(current_setting('app.customer_id', true), '')::uuid)"
        )
        op.execute(f"GRANT SELECT ON {table} TO portal_customer")
