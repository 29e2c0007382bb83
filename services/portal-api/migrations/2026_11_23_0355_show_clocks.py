"""The clocks of a dispute, as its last move left them."""

from alembic import op

revision = "portal_api_0010"
down_revision = "portal_api_0009"


def upgrade() -> None:
    op.execute("ALTER TABLE disputes ADD COLUMN clocks jsonb NOT NULL DEFAULT '[]'")
