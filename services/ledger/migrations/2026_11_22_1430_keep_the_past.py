"""What customers, invoices and credits said before they changed, so that reports of the past can be made again."""

from alembic import op

revision = "2026_11_22_1430"
down_revision = "2026_11_22_1410"
branch_labels = None
depends_on = None

_PAST = """
CREATE TABLE past_customers (
    customer_id uuid NOT NULL, replaced_at timestamptz NOT NULL, body text NOT NULL,
    PRIMARY KEY (customer_id, replaced_at)
);
CREATE TABLE past_invoices (
    invoice_id uuid NOT NULL, replaced_at timestamptz NOT NULL, issued_on date, returned boolean NOT NULL,
    PRIMARY KEY (invoice_id, replaced_at)
);
CREATE TABLE past_credits (
    credit_id uuid NOT NULL, replaced_at timestamptz NOT NULL,
    status text NOT NULL, number text, reference text, credited_on date, minor bigint, returned_minor bigint NOT NULL,
    PRIMARY KEY (credit_id, replaced_at)
)
"""


def upgrade() -> None:
    """Create them; what changed before today is not known any more."""
    for statement in _PAST.split(";"):
        op.execute(statement)
