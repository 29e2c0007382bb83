"""What the portal's provider says has gone back of a payment, and what the ERP said of it then; see `GoneBack`."""

from alembic import op

revision = "2026_11_23_1235"
down_revision = "2026_11_23_1215"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE credits ADD COLUMN back_version bigint, ADD COLUMN back_minor bigint, ADD COLUMN back_on date, "
        "ADD COLUMN back_reason text, ADD COLUMN back_over_minor bigint"
    )
