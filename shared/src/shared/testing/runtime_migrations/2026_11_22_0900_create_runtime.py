"""The runtime's own tables and nothing else: what tests of the runtime stand on."""

from alembic import op

from shared.db.runtime_tables import create_v1

revision = "runtime_0001"
down_revision = None


def upgrade() -> None:
    create_v1(op.execute)
