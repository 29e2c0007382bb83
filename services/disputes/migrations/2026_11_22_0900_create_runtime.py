"""The tables that every service has."""

from alembic import op

from shared.db.runtime_tables import create_v1

revision = "disputes_0001"
down_revision = None


def upgrade() -> None:
    create_v1(op.execute)
