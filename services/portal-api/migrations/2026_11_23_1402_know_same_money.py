"""The ERP's payment that took the place of our own entry is the same money."""

from alembic import op

revision = "portal_api_0022"
down_revision = "portal_api_0021"


def upgrade() -> None:
    op.execute("ALTER TABLE credits ADD COLUMN answered_by uuid")
    op.execute(
        "CREATE INDEX credits_answered_by ON credits (answered_by) WHERE answered_by IS NOT NULL"
    )
    op.execute(
        "UPDATE paid SET amount = 0, version = credits.version FROM credits "
        "WHERE credit_id = payment_id AND paid.version < credits.version"
    )
