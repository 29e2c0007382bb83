"""A database that was restored from an older backup remembers when it found out."""

from alembic import op

revision = "2026_11_22_1000"
down_revision = "2026_11_22_0900"


def upgrade() -> None:
    op.execute("ALTER TABLE sending ADD COLUMN restored_at timestamptz")
