"""The API's description: every route names the problems it may answer, beside those it lists itself."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.base.errors import Refusal
from shared.web.auth import NotSignedIn, RoleMissing, StaffKeysUnavailable, signed_in
from shared.web.idempotency import IdempotencyKeyReused, RequestInFlight
from shared.web.pages import CursorUnreadable
from shared.web.problems import Problem, RequestInvalid, document
from shared.web.versions import VersionOutdated, VersionRequired

Operation = dict[str, Any]

_ALWAYS: Final = (
    (500, "failed", "We failed, and have written down why."),
    (503, "unavailable", "Something we need is away: try again soon."),
    (504, "timed-out", "It took too long."),
)
_BY_SCHEME: Final[dict[str, tuple[type[Refusal], ...]]] = {
    signed_in.scheme_name: (NotSignedIn, RoleMissing, StaffKeysUnavailable)
}
"""Routes for others than staff name these refusals themselves."""

_BY_PARAMETER: Final[dict[str, tuple[type[Refusal], ...]]] = {
    "idempotency-key": (IdempotencyKeyReused, RequestInFlight),
    "if-match": (VersionRequired, VersionOutdated),
    "cursor": (CursorUnreadable,),
}


def document_problems(app: FastAPI) -> None:
    """Make `app.openapi()` say what can go wrong."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _described(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem

    for path in schema.get("paths", {}).values():
        for operation in path.values():
            _complete(operation)
    return schema


def _complete(operation: Operation) -> None:
    responses = operation.setdefault("responses", {})
    parameters = operation.get("parameters", [])
    if responses.get("422", {}).get("description") == "Validation Error":
        del responses["422"]
    if parameters or "requestBody" in operation:
        _add(responses, RequestInvalid)
    if "requestBody" in operation:
        document(responses, 400, "request-unreadable", "The body cannot be read.")
        document(responses, 413, "body-too-large", "The body is larger than is taken here.")
    for scheme in [name for one in operation.get("security", ()) for name in one]:
        for refusal in _BY_SCHEME.get(scheme, ()):
            _add(responses, refusal)
    for parameter in parameters:
        for refusal in _BY_PARAMETER.get(parameter["name"].lower(), ()):
            _add(responses, refusal)
    for status, code, meaning in _ALWAYS:
        document(responses, status, code, meaning)
    operation["responses"] = {str(status): response for status, response in responses.items()}


def _add(responses: dict[Any, Any], refusal: type[Refusal]) -> None:
    meaning = (refusal.__doc__ or refusal.code).strip().splitlines()[0]
    document(responses, refusal.status, refusal.code, meaning)
