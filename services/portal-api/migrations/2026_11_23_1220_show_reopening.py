"""Until when a customer may have a dispute opened again; of those that there are it is known with their next move."""

from alembic import op

revision = "portal_api_0018"
down_revision = "portal_api_0017"


def upgrade() -> None:
    op.execute("ALTER TABLE disputes ADD COLUMN reopen_until date")
