"""Which instalment of an invoice a request means; none of those that there are means one."""

from alembic import op

revision = "2026_11_23_1215"
down_revision = "2026_11_23_0425"


def upgrade() -> None:
    op.execute("ALTER TABLE requests ADD COLUMN item_instalment int")
