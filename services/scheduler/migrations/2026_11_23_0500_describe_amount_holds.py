"""Holds on amounts say whose they are, since when and until when, so that they can be listed beside the others.

What is held now learns it with the teller's next word; until then it is as old as the item it holds.
"""

from alembic import op

revision = "2026_11_23_0500"
down_revision = "2026_11_23_0200"

DESCRIBED = """
ALTER TABLE amount_holds
    ADD COLUMN legal_entity text NOT NULL DEFAULT '', ADD COLUMN currency text NOT NULL DEFAULT '',
    ADD COLUMN owner text NOT NULL DEFAULT '', ADD COLUMN placed_at timestamptz, ADD COLUMN until date,
    ADD COLUMN ended_at timestamptz
"""


def upgrade() -> None:
    op.execute(DESCRIBED)
    op.execute("CREATE INDEX amount_holds_of_customer ON amount_holds (customer_id)")
