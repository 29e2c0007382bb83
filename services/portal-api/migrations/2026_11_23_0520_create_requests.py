"""What customers ask of people of ours, and how content they say they are. The doors for customers list none of it."""

from alembic import op

revision = "portal_api_0013"
down_revision = "portal_api_0012"

REQUESTS = """
CREATE TABLE requests (
    request_id uuid PRIMARY KEY, customer_id uuid NOT NULL, kind text NOT NULL CHECK (kind IN ('hardship', 'call')),
    place int NOT NULL, contact_id text NOT NULL, legal_entity text NOT NULL, language text NOT NULL,
    words text NOT NULL, asked_at timestamptz NOT NULL, wants_until date, until timestamptz,
    phone text, preferred_time text NOT NULL DEFAULT '',
    UNIQUE (customer_id, kind, place)
)
"""
FEEDBACK = """
CREATE TABLE feedback (
    feedback_id uuid PRIMARY KEY, customer_id uuid NOT NULL, case_id uuid NOT NULL UNIQUE, contact_id text NOT NULL,
    legal_entity text NOT NULL, score int NOT NULL CHECK (score BETWEEN 1 AND 5), words text NOT NULL,
    given_at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    op.execute(REQUESTS)
    op.execute(FEEDBACK)
