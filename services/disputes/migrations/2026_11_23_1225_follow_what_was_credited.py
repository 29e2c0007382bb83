"""What earlier decisions of a dispute took off; and the way from a dispute to those that were merged into it."""

from alembic import op

revision = "disputes_0007"
down_revision = "disputes_0006"


def upgrade() -> None:
    op.execute("ALTER TABLE disputes ADD COLUMN credited_before_minor bigint NOT NULL DEFAULT 0")
    op.execute(
        "CREATE INDEX disputes_merged ON disputes (merged_into) WHERE merged_into IS NOT NULL"
    )
