"""Sign-ins, sessions, and how often somebody asked. No token, code or browser's secret is kept but as its hash."""

from alembic import op

revision = "portal_api_0004"
down_revision = "portal_api_0003"

SIGN_INS = """
CREATE TABLE sign_ins (
    sign_in_id uuid PRIMARY KEY, address text,
    token_hash bytea NOT NULL UNIQUE, code_hash bytea NOT NULL, browser_hash bytea NOT NULL,
    asked_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
    codes_wrong int NOT NULL DEFAULT 0, used_at timestamptz
)
"""
ASKS = """
CREATE TABLE asks (
    who bytea NOT NULL, asked_at timestamptz NOT NULL,
    ask_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
)
"""
SESSIONS = """
CREATE TABLE sessions (
    session_id uuid PRIMARY KEY, token_hash bytea NOT NULL UNIQUE,
    address text NOT NULL, customer_id uuid NOT NULL,
    opened_at timestamptz NOT NULL, seen_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, ended_at timestamptz
)
"""


def upgrade() -> None:
    op.execute(SIGN_INS)
    op.execute("CREATE INDEX sign_ins_age ON sign_ins (expires_at)")
    op.execute(ASKS)
    op.execute("CREATE INDEX asks_of_whom ON asks (who, asked_at)")
    op.execute("CREATE INDEX asks_age ON asks (asked_at)")
    op.execute(SESSIONS)
    op.execute("CREATE INDEX sessions_of_address ON sessions (address) WHERE ended_at IS NULL")
    op.execute("CREATE INDEX sessions_of_customer ON sessions (customer_id) WHERE ended_at IS NULL")
    op.execute("CREATE INDEX sessions_age ON sessions (ends_at)")
