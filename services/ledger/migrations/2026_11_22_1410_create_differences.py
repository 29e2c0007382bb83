"""The ERP's runs of balances, what they state, and where it differs from the books."""

from alembic import op

revision = "2026_11_22_1410"
down_revision = "2026_11_22_1400"
branch_labels = None
depends_on = None

_RUNS = """
CREATE TABLE balance_runs (
    run_key uuid PRIMARY KEY,
    source text NOT NULL, legal_entity text NOT NULL, run_id text NOT NULL, as_of date NOT NULL,
    opened_at timestamptz NOT NULL, heard_at timestamptz NOT NULL,
    completed_by uuid, completed_content bytea, customers int, totals text,
    absence_counts boolean NOT NULL DEFAULT false,
    judged_upto uuid, judged_at timestamptz, alarmed_at timestamptz,
    ended_at timestamptz, ending text
);
CREATE INDEX balance_runs_of_scope ON balance_runs (source, legal_entity, as_of, opened_at);
CREATE INDEX balance_runs_under_way ON balance_runs (heard_at) WHERE ended_at IS NULL;
CREATE TABLE balance_statements (
    said_id uuid PRIMARY KEY,
    run_key uuid NOT NULL, customer_id uuid NOT NULL, customer_number text NOT NULL,
    part int NOT NULL, parts int NOT NULL, content bytea NOT NULL, items text NOT NULL,
    judged_at timestamptz
);
CREATE INDEX balance_statements_of_run ON balance_statements (run_key, customer_id);
CREATE INDEX balance_statements_of_customer ON balance_statements (customer_id) WHERE judged_at IS NOT NULL
"""

_DIFFERENCES = """
CREATE TABLE differences (
    difference_id uuid PRIMARY KEY,
    source text NOT NULL, legal_entity text NOT NULL, customer_id uuid NOT NULL, customer_number text NOT NULL,
    kind text NOT NULL, item_id uuid, source_id text NOT NULL, currency text NOT NULL,
    since_key uuid NOT NULL, since_run_id text NOT NULL, since_as_of date NOT NULL, since_at timestamptz NOT NULL,
    last_key uuid NOT NULL, last_run_id text NOT NULL, last_as_of date NOT NULL, last_at timestamptz NOT NULL,
    ours_minor bigint NOT NULL, theirs_minor bigint NOT NULL, version int NOT NULL,
    asked_by text, asked_at timestamptz, accepted_by text, ended_at timestamptz, ending text
);
CREATE UNIQUE INDEX differences_standing
    ON differences (customer_id, source, legal_entity, kind, source_id, currency) WHERE ended_at IS NULL;
CREATE INDEX differences_listed ON differences (since_at, difference_id) WHERE ended_at IS NULL;
CREATE TABLE difference_sightings (
    run_key uuid NOT NULL, difference_id uuid NOT NULL REFERENCES differences,
    run_id text NOT NULL, ours_minor bigint NOT NULL, theirs_minor bigint NOT NULL,
    PRIMARY KEY (run_key, difference_id)
);
CREATE INDEX difference_sightings_of_run ON difference_sightings (run_id)
"""


def upgrade() -> None:
    """Nothing of it touches the books."""
    for tables in (_RUNS, _DIFFERENCES):
        for statement in tables.split(";"):
            op.execute(statement)
