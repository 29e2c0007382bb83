"""Messages may be news of a promise or a plan as they are of a dispute: one column names what they are about."""

from alembic import op

revision = "2026_11_23_0430"
down_revision = "2026_11_23_0100"


def upgrade() -> None:
    op.execute("ALTER TABLE disputes RENAME TO subjects")
    op.execute("ALTER TABLE subjects RENAME COLUMN dispute_id TO subject_id")
    op.execute("ALTER TABLE messages RENAME COLUMN dispute_id TO subject_id")
