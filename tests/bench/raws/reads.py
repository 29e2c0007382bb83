"""The floor of reading over HTTP: bare FastAPI and asyncpg. Nobody signs in, nothing is checked or measured."""

import os
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from raws.ingest import identity

_INVOICE = """
SELECT invoice_id, customer_id, version, source, source_id, status, invoice_number, legal_entity, currency,
       total_minor, open_minor, issued_on, due_on, returned FROM invoices WHERE invoice_id = $1
"""
_HISTORY = """
SELECT version, recorded_at, change, status, total_minor, open_minor, due_on FROM invoice_history
WHERE invoice_id = $1 ORDER BY version
"""
_OPEN = """
SELECT invoice_id, source_id, invoice_number, legal_entity, currency, total_minor, open_minor, due_on FROM invoices
WHERE customer_id = $1 AND open_minor > 0 ORDER BY due_on, invoice_id LIMIT 51
"""


async def reads() -> None:
    """Serve until killed."""
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    app = FastAPI()

    @app.get("/v1/invoices")
    async def invoice(source: str, source_id: str) -> JSONResponse:
        async with pool.acquire() as connection:
            row = await connection.fetchrow(_INVOICE, identity(source, "invoice", source_id))
            changes = await connection.fetch(_HISTORY, row["invoice_id"])
        return JSONResponse(plain(row) | {"history": [plain(one) for one in changes]})

    @app.get("/v1/customers/{customer_id}/open-items")
    async def open_items(customer_id: UUID) -> JSONResponse:
        rows = await pool.fetch(_OPEN, customer_id)
        today = datetime.now(UTC).date()  # noqa: TID251 - as the program does
        items = [
            plain(row) | {"days_overdue": max(0, (today - row["due_on"]).days)} for row in rows
        ]
        return JSONResponse({"items": items, "next": None})

    config = uvicorn.Config(
        app, port=int(os.environ["HTTP_PORT"]), log_level="warning", access_log=False
    )
    await uvicorn.Server(config).serve()


def plain(row: asyncpg.Record) -> dict[str, object]:
    """A row as JSON has it."""
    return dict(wire(name, value) for name, value in row.items())


def wire(name: str, value: object) -> tuple[str, object]:
    if name.endswith("_minor"):
        return name.removesuffix("_minor"), f"{value // 100}.{value % 100:02}"
    if isinstance(value, UUID):
        return name, str(value)
    if isinstance(value, date):
        return name, value.isoformat()
    return name, value
