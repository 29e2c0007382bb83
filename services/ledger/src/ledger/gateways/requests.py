"""Requests to the ERPs: found by what may answer them, listed, and kept with the books' own transaction."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.credit import NOBODY, PAYMENT
from ledger.domain.request import (
    Asked,
    Item,
    Kind,
    Part,
    Request,
    Requests,
    Scope,
    Short,
    State,
    request_id_of,
)
from ledger.gateways.load_books import Wanted
from ledger.gateways.tables import Table
from shared.base.clock import Moment
from shared.db.work import Row, Work

REQUESTS = Table(
    "requests",
    {
        "request_id": "uuid",
        "kind": "text",
        "source": "text",
        "customer_id": "uuid",
        "customer_number": "text",
        "legal_entity": "text",
        "currency": "text",
        "minor": "bigint",
        "asked_on": "date",
        "name": "text",
        "item_kind": "text",
        "item_source_id": "text",
        "item_id": "uuid",
        "reason": "text",
        "bank_reference": "text",
        "parts": "text",
        "asked_by": "text",
        "asked_at": "timestamptz",
        "state": "text",
        "approved_by": "text",
        "answered_by": "uuid",
        "answered_at": "timestamptz",
        "refused_why": "text",
        "closed_by": "text",
        "closed_at": "timestamptz",
        "closed_why": "text",
        "entered_id": "uuid",
        "item_instalment": "int",
    },
)

_ANSWERED = f"""
SELECT {REQUESTS.select} FROM requests
WHERE request_id = ANY($1::uuid[])
   OR (bank_reference = ANY($2::text[]) AND kind = 'payment-posting' AND state IN ('open', 'refused'))
   OR (item_id = ANY($3::uuid[]) AND kind = 'allocation' AND state = 'open')
ORDER BY request_id FOR UPDATE
"""
_ONE = f"SELECT {REQUESTS.select} FROM requests WHERE request_id = $1"
_OF_REFERENCE = f"""
SELECT {REQUESTS.select} FROM requests
WHERE bank_reference = $1 AND source = $2 AND legal_entity = $3 AND currency = $4 AND customer_id = $5
ORDER BY asked_at, request_id FOR UPDATE
"""
_TOLD = """
SELECT credit_id FROM credits
WHERE bank_reference = $1 AND source = $2 AND legal_entity = $3 AND currency = $4 AND customer_id IN ($5, $6)
  AND kind = $7
"""
_BY_NAME = f"SELECT {REQUESTS.select} FROM requests WHERE name = $1 FOR UPDATE"
_OLDEST_OPEN = "SELECT min(asked_at) FROM requests WHERE state = 'open'"
_AHEAD = "SELECT request_id, credit_id FROM answers_ahead WHERE request_id = ANY($1::uuid[])"
_KEEP_AHEAD = """
INSERT INTO answers_ahead (request_id, credit_id) SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING
"""
_NUMBER = "SELECT count(*) FROM requests WHERE customer_id = $1"
_LISTED = f"""
SELECT {REQUESTS.select} FROM requests
WHERE ($1::text IS NULL OR state = $1) AND ($2::timestamptz IS NULL OR (asked_at, request_id) > ($2, $3::uuid))
ORDER BY asked_at, request_id LIMIT $4
"""
_KEEP = f"""
{REQUESTS.insert_sql}
ON CONFLICT (request_id) DO UPDATE SET
    state = excluded.state, approved_by = excluded.approved_by, answered_by = excluded.answered_by,
    answered_at = excluded.answered_at, refused_why = excluded.refused_why, closed_by = excluded.closed_by,
    closed_at = excluded.closed_at, closed_why = excluded.closed_why
"""


@dataclass(slots=True)
class Answers:
    """What records say that a request may be waiting for; only ids that can be ours."""

    request_ids: set[UUID] = field(default_factory=set)
    bank_references: set[str] = field(default_factory=set)
    credits: set[UUID] = field(default_factory=set)
    """Those of which the ERP says where they belong."""

    def __bool__(self) -> bool:
        return bool(self.request_ids or self.bank_references or self.credits)


async def answered(connection: asyncpg.Connection, answers: Answers) -> list[Request]:
    """The requests that these may answer, locked; ask once their customers are, so that none is made meanwhile."""
    if not answers:
        return []
    rows = await connection.fetch(
        _ANSWERED, list(answers.request_ids), list(answers.bank_references), list(answers.credits)
    )
    return [request_of(row) for row in rows]


def also(wanted: Wanted, found: Iterable[Request]) -> None:
    """What has to be at hand to end these."""
    for request in found:
        wanted.customers.add(request.asked.customer_id)
        wanted.matchers.add(request.asked.customer_id)
        if request.entered_id is not None:
            wanted.objects.add(request.entered_id)
            wanted.brought.add(request.entered_id)
        elif request.asked.item is not None:
            wanted.objects.add(request.asked.item.item_id)


async def one(
    connection: asyncpg.Connection, request_id: UUID, *, lock: bool = False
) -> Request | None:
    """A request; None when there is none."""
    row = await connection.fetchrow(f"{_ONE} FOR UPDATE" if lock else _ONE, request_id)
    return request_of(row) if row is not None else None


async def of_reference(
    connection: asyncpg.Connection, reference: str, scope: Scope, customer_id: UUID
) -> list[Request]:
    """All that were ever made of the customer's payment with that bank reference, locked."""
    rows = await connection.fetch(_OF_REFERENCE, reference, *scope, customer_id)
    return [request_of(row) for row in rows]


async def by_name(connection: asyncpg.Connection, name: str) -> Request | None:
    """The request whose provisional entry has that id under our own source, locked; None when there is none."""
    row = await connection.fetchrow(_BY_NAME, name)
    return request_of(row) if row is not None else None


async def next_id(connection: asyncpg.Connection, customer_id: UUID) -> UUID:
    """Of the next request about a customer, who is locked."""
    return request_id_of(customer_id, await connection.fetchval(_NUMBER, customer_id))


async def told(
    connection: asyncpg.Connection, reference: str, scope: Scope, customer_id: UUID
) -> set[UUID]:
    """The ERP's own payments with that bank reference, of the customer or of nobody yet."""
    where = (reference, *scope, customer_id, NOBODY, PAYMENT)
    return {row["credit_id"] for row in await connection.fetch(_TOLD, *where)}


async def ahead(
    connection: asyncpg.Connection, request_ids: Iterable[UUID]
) -> set[tuple[UUID, UUID]]:
    """(request, credit) where an ERP has posted a credit for one of these before we asked it to; their customers are
    locked.
    """
    return {tuple(row) for row in await connection.fetch(_AHEAD, list(request_ids))}


async def oldest_open(connection: asyncpg.Connection) -> Moment | None:
    """When the oldest was asked for that the ERP has been told and has not answered; None when there is none."""
    asked_at: Moment | None = await connection.fetchval(_OLDEST_OPEN)
    return asked_at


async def listed(
    connection: asyncpg.Connection,
    state: State | None,
    *,
    after: tuple[object, object] | None,
    limit: int,
) -> list[Request]:
    """Those in a state, or all; the oldest first."""
    page = (*(after or (None, None)), limit)
    rows = await connection.fetch(_LISTED, state and state.value, *page)
    return [request_of(row) for row in rows]


def save(work: Work, requests: Requests) -> None:
    """Write what is new or changed."""
    work.later(_KEEP, [_row(request) for request in requests.changed.values()])
    work.later(_KEEP_AHEAD, sorted(requests.ahead))


def request_of(row: Any) -> Request:
    item = None
    if row["item_id"] is not None:
        place = row["item_source_id"], row["item_id"], row["item_instalment"]
        item = Item(row["item_kind"], *place)
    more = (item, row["reason"], row["bank_reference"], _parts_of(row["parts"]))
    asked = Asked._make((Kind(row["kind"]), *row[2:10], *more))
    return Request(row["request_id"], asked, row[16], row[17], State(row[18]), *row[19:26])


def _row(request: Request) -> Row:
    asked = request.asked
    return (
        request.request_id,
        asked.kind.value,
        *asked[1:9],
        *(asked.item[:3] if asked.item else (None, None, None)),
        asked.reason,
        asked.bank_reference,
        _parts_text(asked.parts),
        request.asked_by,
        request.asked_at,
        request.state.value,
        request.approved_by,
        request.answered_by,
        request.answered_at,
        request.refused_why,
        request.closed_by,
        request.closed_at,
        request.closed_why,
        request.entered_id,
        asked.item and asked.item.instalment,
    )


def _parts_text(parts: tuple[Part, ...] | None) -> str | None:
    return None if parts is None else json.dumps(parts, default=str)


def _parts_of(text: str | None) -> tuple[Part, ...] | None:
    if text is None:
        return None
    return tuple(
        Part(UUID(invoice_id), source_id, Decimal(amount), _short_of(*more))
        for invoice_id, source_id, amount, *more in json.loads(text)
    )


def _short_of(kept: tuple[str, str, str] | None = None) -> Short | None:
    return None if kept is None else Short(Decimal(kept[0]), *kept[1:])
