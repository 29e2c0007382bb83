"""Papers of disputes, and what may lie in their store without one."""

from alembic import op

revision = "disputes_0004"
down_revision = "disputes_0003"

PAPERS = """
CREATE TABLE papers (
    paper_id uuid PRIMARY KEY, dispute_id uuid NOT NULL REFERENCES disputes, object_id uuid NOT NULL UNIQUE,
    kind text NOT NULL, name text NOT NULL, size_bytes bigint NOT NULL, sha256 bytea NOT NULL,
    added_at timestamptz NOT NULL, added_by text NOT NULL, who text NOT NULL,
    scan text NOT NULL, found text NOT NULL, scanned_at timestamptz,
    tries int NOT NULL DEFAULT 0, try_after timestamptz NOT NULL DEFAULT '-infinity',
    CHECK ((scan = 'waiting') = (scanned_at IS NULL))
)
"""
LOOSE_OBJECTS = """
CREATE TABLE loose_objects (
    object_id uuid PRIMARY KEY DEFAULT gen_random_uuid(), begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    given_up_at timestamptz
)
"""


def upgrade() -> None:
    op.execute(PAPERS)
    op.execute("CREATE INDEX papers_of_dispute ON papers (dispute_id, added_at, paper_id)")
    op.execute("CREATE INDEX papers_waiting ON papers (try_after) WHERE scan = 'waiting'")
    op.execute(LOOSE_OBJECTS)
    op.execute("CREATE INDEX loose_objects_by_time ON loose_objects (begun_at)")
