"""Disputed amounts in a table: of each item of a dispute the newest word."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.disputed import Disputed, Held, Place
from shared.db.work import Work

NO_INSTALMENT = -1
"""In the table, where a key has no nulls."""

_COLUMNS = "dispute_id, invoice_id, instalment, customer_id, version, minor"
_STANDING = (
    f"SELECT {_COLUMNS} FROM disputed_amounts WHERE customer_id = ANY($1::uuid[]) AND minor > 0"
)
_OF = f"SELECT {_COLUMNS} FROM disputed_amounts WHERE dispute_id = ANY($1::uuid[])"
_KEEP = f"""
INSERT INTO disputed_amounts AS held ({_COLUMNS})
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::bigint[], $6::bigint[])
ON CONFLICT (dispute_id, invoice_id, instalment) DO UPDATE SET version = excluded.version, minor = excluded.minor
WHERE held.version < excluded.version
"""


async def load_standing(
    connection: asyncpg.Connection, disputed: Disputed, customers: Sequence[UUID]
) -> None:
    """What is disputed by these customers."""
    _know(disputed, await connection.fetch(_STANDING, list(customers)))


async def load_of(
    connection: asyncpg.Connection, disputed: Disputed, disputes: Collection[UUID]
) -> None:
    """All that these disputes ever said."""
    _know(disputed, await connection.fetch(_OF, list(disputes)))


def save(work: Work, disputed: Disputed) -> None:
    """Write what is news."""
    rows = [
        (place.dispute_id, place.invoice_id, _kept(place.instalment), *held)
        for place, held in disputed.changed.items()
    ]
    work.later(_KEEP, sorted(rows))


def _know(disputed: Disputed, rows: Sequence[Any]) -> None:
    for dispute_id, invoice_id, kept, *held in rows:
        instalment = None if kept == NO_INSTALMENT else kept
        disputed.know(Place(dispute_id, invoice_id, instalment), Held(*held))


def _kept(instalment: int | None) -> int:
    return NO_INSTALMENT if instalment is None else instalment
