"""Tasks of people of ours."""

from alembic import op

revision = "2026_11_23_0200"
down_revision = "2026_11_22_0900"

TASKS = """
CREATE TABLE tasks (
    task_id uuid PRIMARY KEY, customer_id uuid NOT NULL, kind text NOT NULL, about uuid NOT NULL,
    legal_entity text NOT NULL, owner_role text NOT NULL, owner text NOT NULL, why text NOT NULL,
    raised_at timestamptz NOT NULL, due_at timestamptz NOT NULL,
    outcome text, note text NOT NULL, ended_by text NOT NULL, ended_at timestamptz,
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
)
"""


def upgrade() -> None:
    op.execute(TASKS)
    op.execute("CREATE INDEX open_tasks ON tasks (due_at, task_id) WHERE ended_at IS NULL")
    op.execute("CREATE INDEX tasks_by_cause ON tasks (about)")
    op.execute("CREATE INDEX tasks_by_customer ON tasks (customer_id)")
