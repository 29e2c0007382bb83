"""Disputes, and every move that they made."""

from alembic import op

revision = "disputes_0003"
down_revision = "disputes_0002"

DISPUTES = """
CREATE TABLE disputes (
    dispute_id uuid PRIMARY KEY, customer_id uuid NOT NULL, place int NOT NULL,
    legal_entity text NOT NULL, currency text NOT NULL, reason text NOT NULL, team text NOT NULL, owner text,
    state text NOT NULL, outcome text, version bigint NOT NULL, items jsonb NOT NULL, proposal jsonb,
    decided_by text, approved_by text, opened_at timestamptz NOT NULL, settled_at timestamptz, merged_into uuid,
    warned jsonb NOT NULL,
    UNIQUE (customer_id, place)
)
"""
MOVES = """
CREATE TABLE moves (
    dispute_id uuid NOT NULL REFERENCES disputes, place int NOT NULL, state text NOT NULL, at timestamptz NOT NULL,
    by text NOT NULL, who text NOT NULL, why text NOT NULL, words text NOT NULL,
    PRIMARY KEY (dispute_id, place)
)
"""


def upgrade() -> None:
    op.execute(DISPUTES)
    op.execute("CREATE INDEX disputes_by_time ON disputes (opened_at, dispute_id)")
    op.execute(MOVES)
