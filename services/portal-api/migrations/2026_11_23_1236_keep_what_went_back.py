"""What has gone back of a payment, and how often the provider was asked; a payment is found by its provider's id."""

from alembic import op

revision = "portal_api_0020"
down_revision = "portal_api_0019"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE provider_payments ADD COLUMN back jsonb, ADD COLUMN back_looks bigint NOT NULL DEFAULT 0"
    )
    op.execute("CREATE INDEX provider_payments_by_reference ON provider_payments (reference)")
