"""The last day of a hold on an amount that ends by itself."""

from alembic import op

revision = "2026_11_23_1406"
down_revision = "2026_11_23_0530"


def upgrade() -> None:
    op.execute("ALTER TABLE amount_holds ADD COLUMN until date")
