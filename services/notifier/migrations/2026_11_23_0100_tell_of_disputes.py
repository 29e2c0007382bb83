"""Messages may be news of a dispute, of which the newest version heard is remembered: no older news comes after it."""

from alembic import op

revision = "2026_11_23_0100"
down_revision = "2026_11_22_1000"


def upgrade() -> None:
    op.execute("CREATE TABLE disputes (dispute_id uuid PRIMARY KEY, version bigint NOT NULL)")
    op.execute("ALTER TABLE messages ADD COLUMN dispute_id uuid")
    op.execute(
        "CREATE INDEX messages_of_dispute ON messages (dispute_id) WHERE dispute_id IS NOT NULL"
    )
