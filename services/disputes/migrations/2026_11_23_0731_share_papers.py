"""Since when the customer may see a paper; never, where it is among us. What they brought themselves they see."""

from alembic import op

revision = "disputes_0006"
down_revision = "disputes_0005"


def upgrade() -> None:
    op.execute("ALTER TABLE papers ADD COLUMN shared_at timestamptz")
    op.execute("UPDATE papers SET shared_at = added_at WHERE added_by = 'customer'")
