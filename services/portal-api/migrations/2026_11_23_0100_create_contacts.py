"""Who may sign in, and of invoices their instalments and discounts.

What is held is forgotten to be held: the next word of the ledger (`republish`) fills in what these columns want.
"""

from alembic import op

revision = "portal_api_0003"
down_revision = "portal_api_0002"

CONTACTS = """
CREATE TABLE contacts (
    customer_id uuid NOT NULL, contact_id text NOT NULL, version bigint NOT NULL,
    address text NOT NULL, name text NOT NULL, language text NOT NULL, roles text[] NOT NULL,
    PRIMARY KEY (customer_id, contact_id)
)
"""
INVOICES = """
ALTER TABLE invoices
    ADD COLUMN payment_reference text, ADD COLUMN instalments jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN discounts jsonb NOT NULL DEFAULT '[]', ADD COLUMN late_after date
"""


def upgrade() -> None:
    op.execute(CONTACTS)
    op.execute("CREATE INDEX contacts_of_address ON contacts (address)")
    op.execute(INVOICES)
    op.execute("UPDATE invoices SET version = 0")
    op.execute("UPDATE customers SET version = 0")
