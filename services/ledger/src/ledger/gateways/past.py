"""What customers, invoices and credits said before they changed.

A row is kept when it is replaced, so who never changes costs nothing. The rest of an invoice has its own history, and
entries never change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ledger.gateways.tables import CREDITS, INVOICES, Table
from shared.db.work import Row, Work


@dataclass(frozen=True, slots=True)
class Past:
    """Columns of a table whose earlier values are kept, in a table of their own."""

    table: Table
    columns: tuple[str, ...]
    keep_sql: str = field(init=False)
    then: str = field(init=False)
    """Lateral to the table: the columns as known at `{known_at}`, which is what was replaced first after it."""

    def __post_init__(self) -> None:
        name, key = self.table.name, next(iter(self.table.columns))
        kept, present = ", ".join(self.columns), ", ".join(f"{name}.{one}" for one in self.columns)
        keep = (
            f"INSERT INTO past_{name} ({key}, replaced_at, {kept}) SELECT {key}, $2::timestamptz, {kept} "
            f"FROM unnest($1::uuid[]) AS given ({key}) JOIN {name} USING ({key}) ON CONFLICT DO NOTHING"
        )
        then = (
            f"SELECT {kept} FROM (SELECT replaced_at, {kept} FROM past_{name} AS past "
            f"WHERE past.{key} = {name}.{key} AND replaced_at > {{known_at}} "
            f"UNION ALL SELECT 'infinity', {present}) AS faces ORDER BY replaced_at LIMIT 1"
        )
        object.__setattr__(self, "keep_sql", keep)
        object.__setattr__(self, "then", then)

    def keep(self, work: Work, rows: Iterable[tuple[Row, Row | None]]) -> None:
        """Keep what this work is about to replace; rows are (new, stored).

        Goes in one statement with the updates, so it reads what was there before them. What changes twice in one
        instant keeps the first row: before that instant nothing else was known.
        """
        places = [list(self.table.columns).index(name) for name in self.columns]
        replaced = [
            (stored[0],)
            for row, stored in rows
            if stored is not None and any(row[place] != stored[place] for place in places)
        ]
        work.later(self.keep_sql, replaced, work.moment)


INVOICES_THEN = Past(INVOICES, ("issued_on", "returned"))
CREDITS_THEN = Past(
    CREDITS, ("status", "number", "reference", "credited_on", "minor", "returned_minor")
)

_CUSTOMERS = """
INSERT INTO past_customers (customer_id, replaced_at, body)
SELECT kept.customer_id, $3::timestamptz, kept.body
FROM unnest($1::uuid[], $2::text[]) AS given (customer_id, body) JOIN customers AS kept USING (customer_id)
WHERE kept.body <> given.body AND kept.first_seen_at IS DISTINCT FROM $3::timestamptz
ON CONFLICT DO NOTHING
"""
CUSTOMER_THEN = """
    SELECT body FROM (
        SELECT replaced_at, body FROM past_customers AS past
        WHERE past.customer_id = customers.customer_id AND replaced_at > {known_at}
        UNION ALL SELECT 'infinity', customers.body
    ) AS bodies ORDER BY replaced_at LIMIT 1
"""


def keep_past_customers(work: Work, bodies: Sequence[Row]) -> None:
    """The same for customers, whose rows are not compared: (id, new body)."""
    work.later(_CUSTOMERS, bodies, work.moment)
