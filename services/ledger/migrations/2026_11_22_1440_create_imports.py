"""Files that are imported: what came in, its rows until they are told, and the rows that were rejected."""

from alembic import op

revision = "2026_11_22_1440"
down_revision = "2026_11_22_1430"
branch_labels = None
depends_on = None

_IMPORTS = """
CREATE TABLE imports (
    import_id uuid PRIMARY KEY, state text NOT NULL, dry_run boolean NOT NULL,
    file_name text NOT NULL, file_digest bytea NOT NULL, begun_by text NOT NULL, begun_at timestamptz NOT NULL,
    given text NOT NULL, profile text NOT NULL DEFAULT '{}', content bytea, stamp timestamptz,
    version bigint, as_of date,
    rows int NOT NULL DEFAULT 0, position int NOT NULL DEFAULT 0, accepted int NOT NULL DEFAULT 0,
    rejected int NOT NULL DEFAULT 0, told int NOT NULL DEFAULT 0,
    totals text NOT NULL DEFAULT '[]', notices text[] NOT NULL DEFAULT '{}',
    code text NOT NULL DEFAULT '', pointer text NOT NULL DEFAULT '', detail text NOT NULL DEFAULT '',
    ended_at timestamptz
);
CREATE INDEX imports_unfinished ON imports (begun_at, import_id) WHERE ended_at IS NULL;
CREATE INDEX imports_of_content ON imports (content);
CREATE INDEX imports_of_file ON imports (file_digest);
CREATE INDEX imports_by_stamp ON imports (stamp);
CREATE TABLE import_parts (
    import_id uuid NOT NULL REFERENCES imports, part int NOT NULL, bytes bytea NOT NULL,
    PRIMARY KEY (import_id, part)
);
CREATE TABLE import_rows (
    import_id uuid NOT NULL REFERENCES imports, row int NOT NULL, cells text[] NOT NULL,
    PRIMARY KEY (import_id, row)
);
CREATE TABLE import_numbers (
    import_id uuid NOT NULL REFERENCES imports, kind text NOT NULL, number text NOT NULL,
    PRIMARY KEY (import_id, kind, number)
);
CREATE TABLE import_rejections (
    import_id uuid NOT NULL REFERENCES imports, row int NOT NULL,
    "column" text NOT NULL, code text NOT NULL, message text NOT NULL,
    PRIMARY KEY (import_id, row)
)
"""


def upgrade() -> None:
    """Create everything."""
    for statement in _IMPORTS.split(";"):
        op.execute(statement)
