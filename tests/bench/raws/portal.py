"""The floor of the portal's reads: bare FastAPI and asyncpg. Who asks says whose rows they want, and is believed."""

import os
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse
from raws.reads import plain

_INVOICE = """
SELECT invoice_id, version, legal_entity, invoice_number, issued_on, due_on, currency, total_minor, open_minor, status,
       late_after, payment_reference, instalments::text, discounts::text FROM invoices
WHERE customer_id = $1 AND invoice_id = $2
"""
_LINES = """
SELECT issued_on AS on, 'invoice' AS kind, invoice_id AS document_id, invoice_number AS number, total_minor AS minor,
       legal_entity, currency FROM invoices WHERE customer_id = $1 AND issued_on <= $2
UNION ALL
SELECT dated_on, kind, credit_id, coalesce(number, reference), -total_minor, legal_entity, currency
FROM credits WHERE customer_id = $1 AND dated_on <= $2
ORDER BY 1, 3
"""
_NOW = "SELECT sum(open_minor) FROM invoices WHERE customer_id = $1"


async def portal() -> None:
    """Serve until killed."""
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    app = FastAPI()

    @app.get("/v1/invoices/{invoice_id}")
    async def invoice(invoice_id: UUID, authorization: Annotated[str, Header()]) -> JSONResponse:
        row = await pool.fetchrow(_INVOICE, UUID(authorization[7:]), invoice_id)
        late_after = row["late_after"]
        return JSONResponse(
            plain(row) | {"overdue": late_after is not None and late_after < today()}
        )

    @app.get("/v1/statement")
    async def statement(authorization: Annotated[str, Header()]) -> JSONResponse:
        customer_id = UUID(authorization[7:])
        async with pool.acquire() as connection:
            rows = await connection.fetch(_LINES, customer_id, today())
            left = await connection.fetchval(_NOW, customer_id)
        balance, lines = 0, []
        for row in rows:
            balance += row["minor"]
            lines.append(
                {
                    "on": row["on"].isoformat(),
                    "kind": row["kind"],
                    "document_id": str(row["document_id"]),
                    "number": row["number"],
                    "amount": text(row["minor"]),
                    "balance": text(balance),
                }
            )
        account = {
            "legal_entity": rows[0]["legal_entity"], "currency": rows[0]["currency"], "as_of": today().isoformat(),
            "lines": lines, "other_adjustments": None, "closing": text(balance), "open_now": text(left),
            "unapplied_now": "0.00",
        }  # fmt: skip
        return JSONResponse({"accounts": [account]})

    config = uvicorn.Config(
        app, port=int(os.environ["HTTP_PORT"]), log_level="warning", access_log=False
    )
    await uvicorn.Server(config).serve()


def today() -> date:
    return datetime.now(UTC).date()  # noqa: TID251 - as the program does


def text(minor: int) -> str:
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // 100}.{minor % 100:02}"
