"""Since when a payment went back against our will: it is learnt once, however often it is told."""

from alembic import op

revision = "2026_11_23_1415"
down_revision = "2026_11_23_0500"


def upgrade() -> None:
    op.execute("ALTER TABLE credits ADD COLUMN bounced_on date")
