"""What of money that went back the books have taken off as refunds, by the provider's last word of it."""

from alembic import op

revision = "2026_11_23_1425"
down_revision = "2026_11_23_1255"


def upgrade() -> None:
    op.execute("ALTER TABLE credits ADD COLUMN back_refunded_minor bigint")
    op.execute("UPDATE credits SET back_refunded_minor = 0 WHERE back_version IS NOT NULL")
