"""What segments go by, of customers; and which segment's terms a dispute has. What is held by now is standard."""

from alembic import op

revision = "disputes_0005"
down_revision = "disputes_0004"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE customers ADD COLUMN kind text NOT NULL DEFAULT '', "
        "ADD COLUMN credit_limit_minor bigint, ADD COLUMN credit_currency text"
    )
    op.execute("ALTER TABLE disputes ADD COLUMN segment text NOT NULL DEFAULT 'standard'")
