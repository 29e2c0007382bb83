"""What of an invoice the ERP states less than we do, and so is not chased."""

from alembic import op

revision = "2026_11_22_1400"
down_revision = "2026_11_22_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One figure per invoice; zero nearly always, and then it takes no room."""
    op.execute("ALTER TABLE invoices ADD COLUMN withheld_minor bigint NOT NULL DEFAULT 0")
