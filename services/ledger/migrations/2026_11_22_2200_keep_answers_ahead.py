"""What an ERP has posted for a request that we have not made yet."""

from alembic import op

revision = "2026_11_22_2200"
down_revision = "2026_11_22_1700"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A request's id may be known before the request is: it follows from its cause."""
    op.execute(
        "CREATE TABLE answers_ahead ("
        "request_id uuid, credit_id uuid, PRIMARY KEY (request_id, credit_id))"
    )
