"""Set-based writing: whole slices by COPY and by one statement over arrays, never one per row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.db.work import Row, Work

COPY_ROWS_MIN = 50
"""COPY is cheapest by the row, but is planned anew and asks twice; fewer rows wait for the end of the work."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table's columns with their types, the key first; statements are composed once."""

    name: str
    columns: dict[str, str]
    key_columns: int = 1
    insert_sql: str = field(init=False, default="")
    update_sql: str = field(init=False, default="")
    delete_sql: str = field(init=False, default="")
    select: str = field(init=False, default="")

    def __post_init__(self) -> None:
        names = list(self.columns)
        key, rest = names[: self.key_columns], names[self.key_columns :]
        quoted = ", ".join(f'"{name}"' for name in names)
        arrays = ", ".join(
            f"${place}::{kind}[]" for place, kind in enumerate(self.columns.values(), 1)
        )
        same = " AND ".join(f'kept."{name}" = given."{name}"' for name in key)
        assigned = ", ".join(f'"{name}" = given."{name}"' for name in rest)
        given = f"unnest({arrays}) AS given ({quoted})"
        keys = ", ".join(f"${place}::{self.columns[name]}[]" for place, name in enumerate(key, 1))
        gone = f"unnest({keys}) AS given ({', '.join(key)})"

        for attribute, sql in (
            ("insert_sql", f"INSERT INTO {self.name} ({quoted}) SELECT * FROM {given}"),
            ("update_sql", f"UPDATE {self.name} AS kept SET {assigned} FROM {given} WHERE {same}"),
            ("delete_sql", f"DELETE FROM {self.name} AS kept USING {gone} WHERE {same}"),
            ("select", ", ".join(f'{self.name}."{name}"' for name in names)),
        ):
            object.__setattr__(self, attribute, sql)

    async def insert(self, work: Work, rows: Sequence[Row]) -> None:
        """New rows; a key that is taken raises `UniqueViolationError`."""
        if len(rows) >= COPY_ROWS_MIN:
            await work.connection.copy_records_to_table(
                self.name, records=rows, columns=list(self.columns)
            )
        else:
            work.later(self.insert_sql, rows)

    def update(self, work: Work, rows: Sequence[Row]) -> None:
        """Rows that are there, whole, at the end of the work; each key at most once."""
        work.later(self.update_sql, rows)

    def delete(self, work: Work, keys: Sequence[Row]) -> None:
        """Rows by key, at the end of the work."""
        work.later(self.delete_sql, keys)


CUSTOMERS = Table(
    "customers",
    {
        "customer_id": "uuid",
        "source": "text",
        "customer_number": "text",
        "body_version": "bigint",
        "body_content": "bytea",
        "body": "text",
        "merged_into": "text",
        "first_seen_at": "timestamptz",
        "changed_at": "timestamptz",
        "version": "bigint",
    },
)
INVOICES = Table(
    "invoices",
    {
        "invoice_id": "uuid",
        "source": "text",
        "source_id": "text",
        "customer_id": "uuid",
        "body_version": "bigint",
        "body_content": "bytea",
        "top_version": "bigint",
        "top_content": "bytea",
        "invoice_number": "text",
        "kind": "text",
        "legal_entity": "text",
        "issued_on": "date",
        "due_on": "date",
        "currency": "text",
        "total_minor": "bigint",
        "tax_minor": "bigint",
        "payment_method": "text",
        "payment_reference": "text",
        "purchase_order": "text",
        "document_url": "text",
        "opening_minor": "bigint",
        "opening_on": "date",
        "holds": "text",
        "terms": "text",
        "cancelled_on": "date",
        "status": "text",
        "open_minor": "bigint",
        "adjusted_minor": "bigint",
        "returned": "boolean",
        "version": "bigint",
        "entry_id": "bigint",
        "tax_entry_id": "bigint",
        "withheld_minor": "bigint",
        "due": "text",
    },
)
INVOICE_HISTORY = Table(
    "invoice_history",
    {
        "invoice_id": "uuid",
        "version": "bigint",
        "recorded_at": "timestamptz",
        "change": "text",
        "status": "text",
        "invoice_number": "text",
        "total_minor": "bigint",
        "open_minor": "bigint",
        "due_on": "date",
        "terms": "text",
    },
    key_columns=2,
)
CREDITS = Table(
    "credits",
    {
        "credit_id": "uuid",
        "kind": "text",
        "source": "text",
        "source_id": "text",
        "customer_id": "uuid",
        "matched_by_us": "boolean",
        "body_version": "bigint",
        "body_content": "bytea",
        "top_version": "bigint",
        "top_content": "bytea",
        "set_version": "bigint",
        "set_content": "bytea",
        "set_directions": "text",
        "legal_entity": "text",
        "credited_on": "date",
        "currency": "text",
        "minor": "bigint",
        "tax_minor": "bigint",
        "number": "text",
        "subkind": "text",
        "reference": "text",
        "bank_reference": "text",
        "opening_minor": "bigint",
        "opening_on": "date",
        "directions": "text",
        "returned_amount": "text",
        "returned_on": "date",
        "return_reason": "text",
        "unapplied_minor": "bigint",
        "adjusted_minor": "bigint",
        "waiting": "boolean",
        "version": "bigint",
        "entry_id": "bigint",
        "tax_entry_id": "bigint",
        "return_entry_id": "bigint",
        "status": "text",
        "returned_minor": "bigint",
        "matchable": "boolean",
        "back_version": "bigint",
        "back_minor": "bigint",
        "back_on": "date",
        "back_reason": "text",
        "back_over_minor": "bigint",
        "back_refunded_minor": "bigint",
    },
)
ALLOCATIONS = Table(
    "allocations",
    {
        "credit_id": "uuid",
        "invoice_id": "uuid",
        "customer_id": "uuid",
        "owner_id": "uuid",
        "directed_minor": "bigint",
        "wanted_minor": "bigint",
        "spent_minor": "bigint",
        "applied_minor": "bigint",
        "back_minor": "bigint",
        "discount_minor": "bigint",
        "provisional": "boolean",
        "request_id": "uuid",
        "effective_on": "date",
        "entry_id": "bigint",
        "booked": "text",
        "turned_at": "timestamptz",
    },
    key_columns=2,
)
ADJUSTMENTS = Table(
    "adjustments",
    {
        "adjustment_id": "uuid",
        "source": "text",
        "source_id": "text",
        "customer_id": "uuid",
        "body_version": "bigint",
        "body_content": "bytea",
        "top_version": "bigint",
        "top_content": "bytea",
        "legal_entity": "text",
        "currency": "text",
        "item_id": "uuid",
        "minor": "bigint",
        "reason": "text",
        "posted_on": "date",
        "instalment": "int",
        "request_id": "text",
        "granted_minor": "bigint",
        "waiting": "boolean",
        "booked": "text",
    },
)
ENTRIES = Table(
    "entries",
    {
        "entry_id": "bigint",
        "kind": "text",
        "debit": "int",
        "debit_item": "uuid",
        "credit": "int",
        "credit_item": "uuid",
        "minor": "bigint",
        "currency": "text",
        "effective_on": "date",
        "legal_entity": "text",
        "customer_id": "uuid",
        "instalment": "int",
        "reverses": "bigint",
        "recorded_at": "timestamptz",
    },
)
INTAKE = Table(
    "intake",
    {
        "topic": "text",
        "partition": "int",
        "offset": "bigint",
        "source": "text",
        "event_id": "text",
        "type": "text",
        "object_id": "uuid",
        "line": "text",
        "version": "bigint",
        "customer_id": "uuid",
        "outcome": "text",
        "waits_for": "text",
        "code": "text",
        "pointer": "text",
        "detail": "text",
        "recorded_at": "timestamptz",
    },
    key_columns=3,
)
PARKED_RECORDS = Table(
    "parked_records",
    {
        "parked_id": "uuid",
        "topic": "text",
        "partition": "int",
        "offset": "bigint",
        "attributes": "text",
        "data": "bytea",
        "object_id": "uuid",
        "line": "text",
        "version": "bigint",
        "outcome": "text",
        "code": "text",
        "pointer": "text",
        "detail": "text",
        "customer_id": "uuid",
        "parked_at": "timestamptz",
    },
)
DOUBTS = Table("doubts", {"customer_id": "uuid", "parked_id": "uuid"}, key_columns=2)
