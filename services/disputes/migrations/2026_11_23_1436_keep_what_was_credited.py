"""What earlier decisions of a dispute took off, item by item: the books may put it back. Where only the sum is known it
still counts, but is named after no decision, so nothing puts it back. The sum's column goes with a later change.
"""

from alembic import op

revision = "disputes_0008"
down_revision = "disputes_0007"


def upgrade() -> None:
    op.execute("ALTER TABLE disputes ADD COLUMN credited_before jsonb NOT NULL DEFAULT '[]'")
    op.execute("""
        UPDATE disputes SET credited_before = jsonb_build_array(jsonb_build_object(
            'invoice_id', items -> 0 ->> 'invoice_id', 'invoice_number', items -> 0 ->> 'invoice_number',
            'minor', credited_before_minor, 'upheld_minor', credited_before_minor, 'credited', true))
        WHERE credited_before_minor > 0
    """)
