"""How contacts want to be reached, by their own word at the portal."""

from alembic import op

revision = "2026_11_23_0530"
down_revision = "2026_11_23_0430"

PREFERENCES = """
CREATE TABLE preferences (
    preferences_id uuid PRIMARY KEY, customer_id uuid NOT NULL, version bigint NOT NULL, contact_id text NOT NULL,
    email_sealed text, phone_sealed text, channel text, language text, reminders_by_email bool NOT NULL
)
"""


def upgrade() -> None:
    op.execute(PREFERENCES)
    op.execute("CREATE INDEX preferences_of_customer ON preferences (customer_id)")
