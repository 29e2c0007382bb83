"""Invoices, read: one, or a page of them. Every question names the customer, though the view has no others' rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

import asyncpg

from portal_api.domain.invoice import State, is_overdue
from shared.base.clock import Moment
from shared.base.days import local_day

_SHOWN = """
invoice_id, version, legal_entity, invoice_number, issued_on, due_on, currency, total_minor, open_minor, status,
late_after, payment_reference, instalments, discounts
"""
_OVERDUE = """
open_minor > 0 AND late_after < coalesce(
    (SELECT day FROM unnest($6::text[], $7::date[]) AS today (entity, day) WHERE entity = legal_entity), $8)
"""
_PAGE = f"""
SELECT {_SHOWN} FROM invoices
WHERE customer_id = $1
    AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR legal_entity = $3)
    AND ($4::text IS NULL OR currency = $4)
    AND ($5::boolean IS NULL OR coalesce({_OVERDUE}, false) = $5)
    AND ($9::date IS NULL OR (due_on, invoice_id) > ($9, $10))
ORDER BY due_on, invoice_id LIMIT $11
"""
_ONE = f"SELECT {_SHOWN} FROM invoices WHERE customer_id = $1 AND invoice_id = $2"


class Wanted(NamedTuple):
    """What a list holds; None is all."""

    state: State | None = None
    legal_entity: str | None = None
    currency: str | None = None
    overdue: bool | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """Which day it is: of each legal entity its own, by its time zone; of one that we do not know UTC's."""

    moment: Moment
    time_zones: Mapping[str, str]

    def at(self, legal_entity: str) -> date:
        """Where this one is."""
        zone = self.time_zones.get(legal_entity)
        return local_day(self.moment, zone) if zone else self.moment.date()

    def is_overdue(self, invoice: asyncpg.Record) -> bool:
        """Of a row: something of it is open whose day was over before this one began."""
        day = self.at(invoice["legal_entity"])
        return is_overdue(invoice["open_minor"], invoice["late_after"], day)

    def arguments(self) -> tuple[list[str], list[date], date]:
        """Of all of them, and of the others."""
        entities = list(self.time_zones)
        return entities, [*map(self.at, entities)], self.moment.date()


async def page(
    connection: asyncpg.Connection,
    customer_id: UUID,
    wanted: Wanted,
    today: Today,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """By due date, after a position."""
    due_on, invoice_id = after or (None, None)
    rows: list[asyncpg.Record] = await connection.fetch(
        _PAGE, customer_id, *wanted, *today.arguments(), due_on, invoice_id, limit
    )
    return rows


async def one(
    connection: asyncpg.Connection, customer_id: UUID, invoice_id: UUID
) -> asyncpg.Record | None:
    """None when there is none of that id, or it is somebody else's."""
    return await connection.fetchrow(_ONE, customer_id, invoice_id)
