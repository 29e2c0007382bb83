"""Which open request wants a credit to stand at an invoice, where the customer has asked for it and no ERP has."""

from alembic import op

revision = "2026_11_23_0425"
down_revision = "2026_11_22_2200"


def upgrade() -> None:
    op.execute("ALTER TABLE allocations ADD COLUMN request_id uuid")
