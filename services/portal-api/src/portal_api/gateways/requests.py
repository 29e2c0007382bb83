"""What customers ask of people of ours, in its tables. The customer is locked, so that two who ask wait for another."""

from typing import Any, Final
from uuid import UUID

import asyncpg

from portal_api.domain.request import Asker, Feedback, Request, RequestKind
from portal_api.domain.requests import Requests
from portal_api.gateways.answers import lock
from shared.base.ids import derived_id
from shared.db.work import Work
from shared.messaging.tell import tell

LATELY_MAX: Final = 20

_LATELY = """
SELECT * FROM requests WHERE customer_id = $1 AND kind = $2 ORDER BY place DESC LIMIT $3
"""
_PLACE = "SELECT count(*) FROM requests WHERE customer_id = $1 AND kind = $2"
_KEEP = """
INSERT INTO requests (request_id, customer_id, kind, place, contact_id, legal_entity, language, words, asked_at,
                      wants_until, until, phone, preferred_time)
VALUES ($1, $2, $3, (SELECT count(*) FROM requests WHERE customer_id = $2 AND kind = $3), $4, $5, $6, $7, $8, $9,
        $10, $11, $12)
"""
SAVE_OVER: Final = """
UPDATE requests SET until = told.over_at
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS told (customer_id, asked_at, over_at)
WHERE requests.customer_id = told.customer_id AND requests.asked_at = told.asked_at AND kind = 'hardship'
    AND until > told.over_at
"""
_ONE = "SELECT * FROM requests WHERE request_id = $1 AND kind = $2"
_GIVEN = "SELECT *, $2 AS language FROM feedback WHERE case_id = $1"
_KEEP_FEEDBACK = """
INSERT INTO feedback (feedback_id, customer_id, case_id, contact_id, legal_entity, score, words, given_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def load(connection: asyncpg.Connection, customer_id: UUID, kind: RequestKind) -> Requests:
    """Those of late, the newest first."""
    await lock(connection, customer_id)
    rows = await connection.fetch(_LATELY, customer_id, kind.value, LATELY_MAX)
    return Requests(lately=[_request(row) for row in rows])


async def next_id(connection: asyncpg.Connection, customer_id: UUID, kind: RequestKind) -> UUID:
    """Of the customer's first, second … of that kind; the customer is locked."""
    place = await connection.fetchval(_PLACE, customer_id, kind.value)
    return derived_id(kind.value, customer_id, place)


async def one(
    connection: asyncpg.Connection, request_id: UUID, kind: RequestKind
) -> Request | None:
    """Whoever asked it; for people of ours."""
    row = await connection.fetchrow(_ONE, request_id, kind.value)
    return None if row is None else _request(row)


async def given(connection: asyncpg.Connection, asker: Asker, case_id: UUID) -> Feedback | None:
    """The answer that there is of a case; the customer is locked from now on."""
    await lock(connection, asker.customer_id)
    row = await connection.fetchrow(_GIVEN, case_id, asker.language)
    if row is None:
        return None
    return Feedback(
        row["feedback_id"], _asker(row), case_id, row["score"], row["words"], row["given_at"]
    )


async def save(work: Work, requests: Requests) -> None:
    """Write what is new, and tell it."""
    for one_ in requests.added:
        await work.connection.execute(
            _KEEP,
            *(one_.request_id, one_.asker.customer_id, one_.kind.value, one_.asker.contact_id),
            *(one_.asker.legal_entity, one_.asker.language, one_.words, one_.asked_at),
            *(one_.wants_until, one_.until, one_.phone, one_.preferred_time),
        )
    for answer in requests.given:
        await work.connection.execute(
            _KEEP_FEEDBACK,
            *(answer.feedback_id, answer.asker.customer_id, answer.case_id),
            *(answer.asker.contact_id, answer.asker.legal_entity),
            *(answer.score, answer.words, answer.given_at),
        )
    tell(work, requests.told)


def _request(row: asyncpg.Record) -> Request:
    plain = ("request_id", "words", "asked_at", "wants_until", "until", "phone", "preferred_time")
    values: dict[str, Any] = {name: row[name] for name in plain}
    return Request(asker=_asker(row), kind=RequestKind(row["kind"]), **values)


def _asker(row: asyncpg.Record) -> Asker:
    return Asker(row["customer_id"], row["contact_id"], row["legal_entity"], row["language"])
