"""Customers and their invoices, as the ledger tells them."""

from alembic import op

revision = "portal_api_0002"
down_revision = "portal_api_0001"

CUSTOMERS = """
CREATE TABLE customers (
    customer_id uuid PRIMARY KEY, version bigint NOT NULL,
    source text NOT NULL, customer_number text NOT NULL, name text NOT NULL, language text NOT NULL
)
"""
INVOICES = """
CREATE TABLE invoices (
    invoice_id uuid PRIMARY KEY, customer_id uuid NOT NULL, version bigint NOT NULL,
    legal_entity text NOT NULL, invoice_number text NOT NULL, issued_on date NOT NULL, due_on date NOT NULL,
    currency text NOT NULL, total_minor bigint NOT NULL, open_minor bigint NOT NULL, status text NOT NULL,
    CHECK (open_minor >= 0)
)
"""


def upgrade() -> None:
    op.execute(CUSTOMERS)
    op.execute(INVOICES)
    op.execute("CREATE INDEX invoices_of_customer ON invoices (customer_id, due_on, invoice_id)")
