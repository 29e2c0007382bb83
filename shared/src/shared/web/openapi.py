"""The API's description: every route names the problems it may answer, beside those it lists itself; and everything has
a short name of its own, for whoever generates a client from it.
"""

import json
import re
from collections import Counter
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


_SCHEMAS: Final = "#/components/schemas/"
_OF_GENERIC: Final = re.compile(r"^([A-Z]\w*?)_(\w+)_$")


class NameTaken(RuntimeError):
    """Two schemas of one document would have the same name."""


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
    _name_operations(schema)
    return _with_short_names(schema)


def _name_operations(schema: dict[str, Any]) -> None:
    """After its handler; where two have one name, after the words of their paths, too."""
    operations = {
        (path, method): one
        for path, methods in schema.get("paths", {}).items()
        for method, one in methods.items()
    }
    names = {key: _snake(one["summary"]) for key, one in operations.items()}
    count = Counter(names.values())
    for key, one in operations.items():
        path = re.sub(r"^/v1|\{\w+\}", "", key[0])
        words = "" if count[names[key]] == 1 else f" {path}"
        one["operationId"] = _snake(names[key] + words)


def _snake(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _with_short_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Classes of one name are told apart by their module, whose path is nobody's business. Raises `NameTaken`."""
    schemas = schema["components"]["schemas"]
    short = {name: short_name(name) for name in schemas}
    taken = [name for name, count in Counter(short.values()).items() if count > 1]
    if taken:
        raise NameTaken(", ".join(taken))

    told = json.dumps(schema)
    for name, chosen in short.items():
        told = told.replace(f'"{_SCHEMAS}{name}"', f'"{_SCHEMAS}{chosen}"')
    named: dict[str, Any] = json.loads(told)
    named["components"]["schemas"] = {
        short[name]: {**one, "title": short[name]}
        for name, one in named["components"]["schemas"].items()
    }
    return named


def short_name(name: str) -> str:
    """`portal_api__domain__promise__State` → `PromiseState`, `Page_InvoiceShown_` → `InvoiceShownPage`."""
    if (generic := _OF_GENERIC.match(name)) is not None:
        return short_name(generic[2]) + generic[1]
    *_, module, kind = ("", *name.split("__"))
    about = "".join(part.capitalize() for part in module.split("_"))
    return about + kind.replace("-", "")


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
