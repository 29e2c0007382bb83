"""How contacts want to be reached, and changes of address that wait for a word from the old one."""

from alembic import op

revision = "portal_api_0014"
down_revision = "portal_api_0013"

PREFERENCES = """
CREATE TABLE preferences (
    preferences_id uuid PRIMARY KEY, customer_id uuid NOT NULL, contact_id text NOT NULL, version bigint NOT NULL,
    email text, phone text, channel text, language text, reminders_by_email bool NOT NULL,
    changed_at timestamptz NOT NULL, UNIQUE (customer_id, contact_id)
)
"""
CHANGES = """
CREATE TABLE address_changes (
    change_id uuid PRIMARY KEY, customer_id uuid NOT NULL, contact_id text NOT NULL, token_hash bytea NOT NULL UNIQUE,
    email text, phone text, asked_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, ended_at timestamptz
)
"""


def upgrade() -> None:
    op.execute(PREFERENCES)
    op.execute(CHANGES)
    op.execute("CREATE INDEX address_changes_of ON address_changes (customer_id, contact_id)")
