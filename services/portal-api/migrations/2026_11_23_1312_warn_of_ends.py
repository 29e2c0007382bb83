"""The end of a saved card of which its customer was told."""

from alembic import op

revision = "portal_api_0021"
down_revision = "portal_api_0020"


def upgrade() -> None:
    op.execute("ALTER TABLE mandates ADD COLUMN warned_of text NOT NULL DEFAULT ''")
