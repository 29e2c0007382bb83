"""The provider's side: what a program sees that uses Stripe's official library for Checkout."""

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse

from local_stack.faults import Faults
from local_stack.pay.till import Object, PageClosedError, Till, shown

_PIECES = re.compile(r"[^\[\]]+")

Tell = Callable[[Object, list[str]], Awaitable[list[int]]]


class StripeError(Exception):
    """An error as Stripe answers it."""

    def __init__(self, status: int, kind: str, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.code, self.message = status, kind, code, message

    @staticmethod
    def answer_to(_: Request, error: Exception) -> JSONResponse:
        """The body that the official client libraries understand."""
        assert isinstance(error, StripeError)
        fields = {"type": error.kind, "code": error.code, "message": error.message}
        return JSONResponse({"error": fields}, error.status)


@dataclass
class _Keys:
    """Idempotency keys: what was asked under each, and what was answered."""

    known: dict[str, tuple[bytes, Object]] = field(default_factory=dict)

    def find(self, key: str, body: bytes) -> Object | None:
        """The earlier answer; raises when the key was used for something else."""
        if key not in self.known:
            return None
        before, answer = self.known[key]
        if before != body:
            message = "Keys for idempotent requests can only be used with the same parameters"
            raise StripeError(400, "idempotency_error", None, message)
        return answer


def stripe_doors(till: Till, faults: Faults, key: str, tell: Tell) -> APIRouter:
    """Checkout sessions (create, retrieve, expire) and payment intents (retrieve)."""
    doors = APIRouter(prefix="/v1", dependencies=[Depends(_signed_in(key))])
    keys = _Keys()

    @doors.post("/checkout/sessions")
    async def create(request: Request) -> JSONResponse:
        await _trouble(faults)
        body, named = await request.body(), request.headers.get("Idempotency-Key", "")
        if (before := keys.find(named, body)) is not None:
            return JSONResponse(before, headers={"Idempotent-Replayed": "true"})
        answer = shown(till.open(_checked(nested(body.decode()))), expanded=False)
        if named:
            keys.known[named] = (body, answer)
        return JSONResponse(answer)

    @doors.get("/checkout/sessions/{session_id}")
    async def retrieve(session_id: str, request: Request) -> JSONResponse:
        await _trouble(faults)
        wanted = {value for name, value in request.query_params.multi_items() if "expand" in name}
        session = _known(till.one(session_id), "checkout.session", session_id)
        return JSONResponse(shown(session, expanded="payment_intent" in wanted))

    @doors.post("/checkout/sessions/{session_id}/expire")
    async def expire(session_id: str) -> JSONResponse:
        await _trouble(faults)
        session = _known(till.one(session_id), "checkout.session", session_id)
        try:
            kinds = till.expire(session)
        except PageClosedError:
            message = "Only Checkout Sessions with a status of open can be expired"
            raise StripeError(400, "invalid_request_error", None, message) from None
        await tell(session, kinds)
        return JSONResponse(shown(session, expanded=False))

    @doors.get("/payment_intents/{intent_id}")
    async def intent(intent_id: str) -> JSONResponse:
        await _trouble(faults)
        return JSONResponse(_known(till.intent(intent_id), "payment_intent", intent_id))

    return doors


def nested(form: str) -> Any:
    """Stripe's form fields as what they mean: `a[b][0][c]=1` is `{"a": {"b": [{"c": "1"}]}}`."""
    tree: Object = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        *path, last = _PIECES.findall(name)
        place = tree
        for piece in path:
            place = place.setdefault(piece, {})
        place[last] = value
    return _listed(tree)


def _listed(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    made = {name: _listed(value) for name, value in tree.items()}
    if made and all(name.isdigit() for name in made):
        return [made[name] for name in sorted(made, key=int)]
    return made


def _checked(given: Object) -> Object:
    for name in ("mode", "line_items", "success_url"):
        if not given.get(name):
            message = f"Missing required param: {name}."
            raise StripeError(400, "invalid_request_error", "parameter_missing", message)
    if given["mode"] != "payment":
        message = "This fake knows mode=payment alone."
        raise StripeError(400, "invalid_request_error", "parameter_invalid", message)
    for one in given["line_items"]:
        price = one.get("price_data", {})
        if not str(price.get("unit_amount", "")).isdigit() or not price.get("currency"):
            message = "Invalid integer: line_items[][price_data][unit_amount]"
            raise StripeError(400, "invalid_request_error", "parameter_invalid_integer", message)
    return given


def _signed_in(key: str) -> Any:
    async def check(request: Request) -> None:
        given = request.headers.get("Authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {key}".encode()):
            raise StripeError(401, "invalid_request_error", None, "Invalid API Key provided")

    return check


async def _trouble(faults: Faults) -> None:
    if faults.mode == "hang":
        await faults.hang()
        raise HTTPException(503)
    if faults.mode == "tempfail":
        raise StripeError(503, "api_error", None, "The fake of Stripe was told to fail")
    if faults.mode == "reject":
        raise StripeError(400, "invalid_request_error", None, "The fake was told to reject")


def _known(found: Object | None, kind: str, named: str) -> Object:
    if found is None:
        message = f"No such {kind}: '{named}'"
        raise StripeError(404, "invalid_request_error", "resource_missing", message)
    return found
