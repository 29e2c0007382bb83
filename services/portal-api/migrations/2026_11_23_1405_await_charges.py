"""How long nobody asks otherwise for what is to be charged.

What was announced before, and has left, is looked at as if it left now.
"""

from alembic import op

revision = "portal_api_0023"
down_revision = "portal_api_0022"

LEFT = """
INSERT INTO timers (kind, key, due_at)
SELECT 'announcements', charge_id::text, sent_at FROM charges JOIN messages ON message_id = announcement_id
WHERE ended_at IS NULL
"""


def upgrade() -> None:
    op.execute("ALTER TABLE charges ADD COLUMN held_until date")
    op.execute("CREATE INDEX charges_of_announcement ON charges (announcement_id)")
    op.execute(LEFT)
