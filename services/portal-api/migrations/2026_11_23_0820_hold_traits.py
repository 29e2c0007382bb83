"""What segments go by: the kind of a customer and their credit limit; of those held before `republish` tells it."""

from alembic import op

revision = "portal_api_0017"
down_revision = "portal_api_0016"


def upgrade() -> None:
    op.execute("ALTER TABLE customers ADD COLUMN kind text NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE customers ADD COLUMN credit_limit_minor bigint")
    op.execute("ALTER TABLE customers ADD COLUMN credit_currency text")
