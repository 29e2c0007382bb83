"""The doors of the stand-in: spans come in as Zipkin takes them, and go out as a page of trees."""

from typing import Any

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import HTMLResponse

from local_stack.pages import page
from local_stack.traces.shelf import Shelf
from local_stack.traces.tree import Span, tree

LISTED_MAX = 200


def trace_doors(shelf: Shelf) -> APIRouter:
    """`/api/v2/spans`, `/api/v2/trace/{id}` and the page, at the same addresses as Zipkin."""
    doors = APIRouter()

    @doors.post("/api/v2/spans", status_code=202)
    async def put(spans: list[Span] = Body()) -> None:
        shelf.put(spans)

    @doors.get("/api/v2/trace/{trace_id}")
    async def one(trace_id: str) -> list[Span]:
        spans = shelf.one(trace_id)
        if not spans:
            raise HTTPException(404, "no such trace")
        return spans

    @doors.get("/", response_class=HTMLResponse)
    async def newest() -> str:
        return page("trace_list.html", traces=[_row(t) for t in shelf.newest(LISTED_MAX)])

    @doors.get("/zipkin/traces/{trace_id}", response_class=HTMLResponse)
    async def show(trace_id: str) -> str:
        return page("trace.html", trace_id=trace_id, tree=tree(shelf.one(trace_id)))

    return doors


def _row(spans: list[Span]) -> dict[str, Any]:
    first = min(spans, key=lambda span: span.get("timestamp", 0))
    services = {str(span.get("localEndpoint", {}).get("serviceName", "?")) for span in spans}
    return {
        "trace_id": first["traceId"],
        "name": first.get("name", "?"),
        "services": sorted(services),
        "spans": len(spans),
    }
