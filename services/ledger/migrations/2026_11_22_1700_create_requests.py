"""What we ask of ERPs, and what they answer."""

from alembic import op

revision = "2026_11_22_1700"
down_revision = "2026_11_22_1440"
branch_labels = None
depends_on = None

_REQUESTS = """
CREATE TABLE requests (
    request_id uuid PRIMARY KEY,
    kind text NOT NULL, source text NOT NULL, customer_id uuid NOT NULL, customer_number text NOT NULL,
    legal_entity text NOT NULL, currency text NOT NULL, minor bigint NOT NULL CHECK (minor > 0), asked_on date NOT NULL,
    name text NOT NULL, item_kind text, item_source_id text, item_id uuid,
    reason text, bank_reference text, parts text,
    asked_by text NOT NULL, asked_at timestamptz NOT NULL, state text NOT NULL, approved_by text,
    answered_by uuid, answered_at timestamptz, refused_why text,
    closed_by text, closed_at timestamptz, closed_why text,
    entered_id uuid
);
CREATE INDEX requests_listed ON requests (asked_at, request_id);
CREATE INDEX requests_in_state ON requests (state, asked_at, request_id);
CREATE INDEX requests_of_reference ON requests (bank_reference) WHERE bank_reference IS NOT NULL;
CREATE INDEX requests_of_credit ON requests (item_id) WHERE kind = 'allocation' AND state = 'open';
CREATE INDEX requests_of_customer ON requests (customer_id, state);
CREATE UNIQUE INDEX requests_by_name ON requests (name);
CREATE UNIQUE INDEX requests_paid_once ON requests (source, legal_entity, currency, customer_id, bank_reference)
    WHERE bank_reference IS NOT NULL AND state IN ('open', 'echoed');
CREATE INDEX credits_of_reference ON credits (bank_reference) WHERE bank_reference IS NOT NULL
"""


def upgrade() -> None:
    """Payments are found by the bank's reference from now on, too."""
    for statement in _REQUESTS.split(";"):
        op.execute(statement)
