"""Disputes in tables. A customer is locked before their disputes, so that commands and slices wait for one another."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import asyncpg

from disputes.domain.customer import Customer
from disputes.domain.dispute import Dispute, Outcome, Proposal, Reason
from disputes.domain.docket import Docket
from disputes.domain.invoice import Invoice
from disputes.domain.item import Item
from disputes.domain.move import ENDED, Actor, Move, State
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.db import timers
from shared.db.work import Work

CLOCKS = "clocks"
"""Kind of the timer that a dispute has while one of its clocks will reach a level."""

_CUSTOMERS = """
SELECT * FROM customers WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id FOR UPDATE
"""
_INVOICES = "SELECT * FROM invoices WHERE invoice_id = ANY($1::uuid[])"
_DISPUTES = """
SELECT * FROM disputes
WHERE customer_id = ANY($1::uuid[]) AND (
    dispute_id = ANY($2::uuid[]) OR state <> ALL($3::text[])
    OR (outcome <> 'rejected' AND settled_at IS NULL AND state <> 'merged'))
"""
_MOVES = "SELECT * FROM moves WHERE dispute_id = ANY($1::uuid[]) ORDER BY dispute_id, place"
_PLACE = "SELECT count(*) FROM disputes WHERE customer_id = $1"
_CUSTOMER_OF = "SELECT customer_id FROM disputes WHERE dispute_id = ANY($1::uuid[])"
_KEEP = """
INSERT INTO disputes (
    dispute_id, customer_id, place, legal_entity, currency, reason, team, owner, state, outcome, version, items,
    proposal, decided_by, approved_by, opened_at, settled_at, merged_into, warned, segment,
    credited_before)
VALUES ($1, $2, (SELECT count(*) FROM disputes WHERE customer_id = $2),
    $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (dispute_id) DO UPDATE SET
    team = excluded.team, owner = excluded.owner, state = excluded.state, outcome = excluded.outcome,
    version = excluded.version, items = excluded.items, proposal = excluded.proposal,
    decided_by = excluded.decided_by, approved_by = excluded.approved_by, settled_at = excluded.settled_at,
    merged_into = excluded.merged_into, warned = excluded.warned,
    credited_before = excluded.credited_before
"""
_MOVED = """
INSERT INTO moves (dispute_id, place, state, at, by, who, why, words)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
    $8::text[])
ON CONFLICT DO NOTHING
"""


async def customers_of(connection: asyncpg.Connection, disputes: Iterable[UUID]) -> set[UUID]:
    """Whose disputes these are; unknown ones are nobody's."""
    rows = await connection.fetch(_CUSTOMER_OF, list(disputes))
    return {row["customer_id"] for row in rows}


async def load(
    connection: asyncpg.Connection,
    customers: Iterable[UUID],
    *,
    disputes: Iterable[UUID] = (),
    invoices: Iterable[UUID] = (),
) -> Docket:
    """These customers, locked, with all disputes that hold something; of the others those that are named."""
    docket, wanted = Docket(), sorted(customers)
    for row in await connection.fetch(_CUSTOMERS, wanted):
        docket.customers[row["customer_id"]] = Customer(**dict(row))
    ended = [state.value for state in ENDED]
    rows = await connection.fetch(_DISPUTES, wanted, list(disputes), ended)
    for dispute in await disputes_of(connection, rows):
        docket.disputes[dispute.dispute_id] = dispute
    await _add_invoices(connection, docket, list(invoices))
    return docket


async def add_invoices(connection: asyncpg.Connection, docket: Docket, dispute: Dispute) -> None:
    """Those that it is about."""
    await _add_invoices(connection, docket, [one.invoice_id for one in dispute.items])


async def _add_invoices(
    connection: asyncpg.Connection, docket: Docket, invoices: Sequence[UUID]
) -> None:
    for row in await connection.fetch(_INVOICES, invoices):
        docket.invoices[row["invoice_id"]] = _invoice_of(row)


async def next_id(connection: asyncpg.Connection, customer_id: UUID) -> UUID:
    """Of the customer's first, second … dispute; the customer is locked."""
    return derived_id("dispute", customer_id, await connection.fetchval(_PLACE, customer_id))


async def save(work: Work, docket: Docket, alarms: dict[UUID, Moment | None]) -> None:
    """Write the disputes that changed, and set their timers."""
    changed = docket.changed.values()
    await work.connection.executemany(_KEEP, [_row(one) for one in changed])
    moved = [(one.dispute_id, *_moved(*move)) for one in changed for move in enumerate(one.moves)]
    work.later(_MOVED, moved)
    wanted = {str(dispute_id): at for dispute_id, at in alarms.items()}
    await timers.set_many(work.connection, CLOCKS, wanted)


async def disputes_of(
    connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]
) -> list[Dispute]:
    """These rows with all their moves, in their order."""
    moves: dict[UUID, list[Move]] = {row["dispute_id"]: [] for row in rows}
    for move in await connection.fetch(_MOVES, list(moves)):
        moves[move["dispute_id"]].append(_move_of(move))
    return [_dispute_of(row, moves[row["dispute_id"]]) for row in rows]


def _dispute_of(row: asyncpg.Record, moves: list[Move]) -> Dispute:
    proposal = row["proposal"]
    return Dispute(
        dispute_id=row["dispute_id"],
        customer_id=row["customer_id"],
        legal_entity=row["legal_entity"],
        currency=row["currency"],
        reason=Reason(row["reason"]),
        items=_items_of(row["items"]),
        team=row["team"],
        moves=moves,
        version=row["version"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        owner=row["owner"],
        proposal=None if proposal is None else _proposal_of(proposal),
        decided_by=row["decided_by"],
        approved_by=row["approved_by"],
        settled_at=row["settled_at"],
        merged_into=row["merged_into"],
        warned=row["warned"],
        segment=row["segment"],
        credited_before=_items_of(row["credited_before"]),
    )


def _proposal_of(kept: dict[str, Any]) -> Proposal:
    return Proposal(**kept | {"outcome": Outcome(kept["outcome"]), "upheld": tuple(kept["upheld"])})


def _move_of(row: asyncpg.Record) -> Move:
    return Move(
        State(row["state"]), row["at"], Actor(row["by"]), row["who"], row["why"], row["words"]
    )


def _invoice_of(row: asyncpg.Record) -> Invoice:
    parts = {int(number): minor for number, minor in row["instalments"].items()}
    return Invoice(**{**dict(row), "instalments": parts})


def _row(dispute: Dispute) -> tuple[Any, ...]:
    proposal = None if dispute.proposal is None else json.dumps(dispute.proposal._asdict())
    return (
        *(dispute.dispute_id, dispute.customer_id, dispute.legal_entity, dispute.currency),
        *(dispute.reason.value, dispute.team, dispute.owner, dispute.state.value),
        *(
            dispute.outcome and dispute.outcome.value,
            dispute.version,
            _json(dispute.items),
            proposal,
        ),
        *(dispute.decided_by, dispute.approved_by, dispute.opened.at, dispute.settled_at),
        *(dispute.merged_into, json.dumps(dispute.warned), dispute.segment),
        _json(dispute.credited_before),
    )


def _json(items: Iterable[Item]) -> str:
    return json.dumps([asdict(one) | {"invoice_id": str(one.invoice_id)} for one in items])


def _items_of(kept: list[dict[str, Any]]) -> list[Item]:
    return [Item(**one | {"invoice_id": UUID(one["invoice_id"])}) for one in kept]


def _moved(place: int, move: Move) -> tuple[Any, ...]:
    return (place, move.state.value, move.at, move.by.value, move.who, move.why, move.words)
