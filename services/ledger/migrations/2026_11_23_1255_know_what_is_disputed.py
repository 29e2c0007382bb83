"""What of which invoice is disputed: undirected money stays away from it."""

from alembic import op

revision = "2026_11_23_1255"
down_revision = "2026_11_23_1235"

DISPUTED_AMOUNTS = """
CREATE TABLE disputed_amounts (
    dispute_id uuid NOT NULL, invoice_id uuid NOT NULL, instalment int NOT NULL, customer_id uuid NOT NULL,
    version bigint NOT NULL, minor bigint NOT NULL CHECK (minor >= 0),
    PRIMARY KEY (dispute_id, invoice_id, instalment)
)
"""


def upgrade() -> None:
    op.execute(DISPUTED_AMOUNTS)
    op.execute(
        "CREATE INDEX disputed_amounts_standing ON disputed_amounts (customer_id) WHERE minor > 0"
    )
