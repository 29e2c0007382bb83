"""Problems: every answer that is not what was asked for, after RFC 9457, with a code that is stable for ever."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shared.base.errors import Refusal
from shared.instruments.traces import current_trace_id

MEDIA_TYPE: Final = "application/problem+json"
FAULTS_MAX = 50
"""Most faults of one request that are listed."""

_CODES: Final = {
    400: "request-unreadable",
    404: "route-unknown",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "body-too-large",
    415: "media-type-unsupported",
    500: "failed",
    503: "unavailable",
    504: "timed-out",
}


class RequestInvalid(Refusal):
    """The request does not have the form that its route documents."""

    code = "request-invalid"


class Fault(BaseModel):
    """One thing that is wrong: in the body (`pointer`, RFC 6901) or in a parameter (`parameter`)."""

    detail: str
    pointer: str | None = None
    parameter: Annotated[str | None, Field(examples=["query limit"])] = None


class Problem(BaseModel):
    """Why there is no other answer. `code` is stable; `detail` is for people and may change."""

    type: Annotated[str, Field(examples=["urn:problem-type:dunwell:request-invalid"])]
    title: str
    status: int
    code: Annotated[str, Field(examples=["request-invalid"])]
    detail: str
    errors: list[Fault] = []
    trace_id: Annotated[str, Field(description="finds the request in traces and logs")] = ""


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer. A 401 says which scheme is wanted."""
    body = Problem(
        type=f"urn:problem-type:dunwell:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        errors=list(faults[:FAULTS_MAX]),
        trace_id=current_trace_id(),
    )
    extra = dict(headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        extra.setdefault("WWW-Authenticate", "Bearer")
    return Response(body.model_dump_json(exclude_none=True), status, extra, MEDIA_TYPE)


async def of_refusal(_: Request, refusal: Exception) -> Response:
    """A named outcome."""
    assert isinstance(refusal, Refusal)
    faults = [Fault(detail=refusal.message, pointer=refusal.pointer)] if refusal.pointer else []
    headers = {} if refusal.retry_after_s is None else {"Retry-After": str(refusal.retry_after_s)}
    return problem(refusal.status, refusal.code, refusal.message, faults=faults, headers=headers)


async def of_invalid(_: Request, invalid: Exception) -> Response:
    """What the route's models do not accept; the values themselves are never repeated."""
    assert isinstance(invalid, RequestValidationError)
    faults = [_fault(error) for error in invalid.errors()]
    return problem(
        RequestInvalid.status,
        RequestInvalid.code,
        "the request has a form not accepted here",
        faults=faults,
    )


async def of_http(_: Request, error: Exception) -> Response:
    """What the framework answers by itself: unknown routes and methods, bodies too large or unreadable."""
    assert isinstance(error, HTTPException)
    return of_status(error.status_code, error.detail, headers=error.headers)


def of_status(status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """A problem that has no other name than its status."""
    return problem(status, _CODES.get(status, "failed"), detail, headers=headers)


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: the named problems it may answer besides those every route has."""
    documented: dict[int | str, dict[str, Any]] = {}
    for refusal in refusals:
        document(
            documented,
            refusal.status,
            refusal.code,
            (refusal.__doc__ or refusal.code).strip().splitlines()[0],
        )
    return documented


def document(
    responses: dict[int | str, dict[str, Any]], status: int, code: str, meaning: str
) -> None:
    """Add a problem to an OpenAPI `responses` object."""
    key = next((known for known in responses if str(known) == str(status)), status)
    response = responses.setdefault(key, {"description": HTTPStatus(status).phrase})
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}
    content = response.setdefault("content", {}).setdefault(MEDIA_TYPE, schema)
    example = {
        "type": f"urn:problem-type:dunwell:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    content["examples"][code] = {
        "summary": meaning,
        "value": example | {"code": code, "detail": meaning},
    }


def _fault(error: Mapping[str, Any]) -> Fault:
    place, *path = error["loc"] or ("body",)
    if place == "body":
        path = [] if error["type"] == "json_invalid" else path
        return Fault(detail=error["msg"], pointer=_pointer(path))
    return Fault(detail=error["msg"], parameter=" ".join(map(str, (place, *path))))


def _pointer(path: Iterable[str | int]) -> str:
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return pointer.encode("utf-8", "replace").decode()  # a body may have keys that are no text
