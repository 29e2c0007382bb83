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
from local_stack.pay.doors import Cashier
from local_stack.pay.till import Object, PageClosedError, shown

_PIECES = re.compile(r"[^\[\]]+")

Make = Callable[[Any], Awaitable[tuple[Object, int]]]


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
class Keys:
    """Idempotency keys: what was asked under each, and what was answered, errors of cards included."""

    known: dict[str, tuple[bytes, Object, int]] = field(default_factory=dict)

    async def once(self, request: Request, make: Make) -> JSONResponse:
        """What `make` answers to what was asked, or did the first time; raises when the key was used for another."""
        body, key = await request.body(), request.headers.get("Idempotency-Key", "")
        if key in self.known:
            before, answer, status = self.known[key]
            if before != body:
                message = "Keys for idempotent requests can only be used with the same parameters"
                raise StripeError(400, "idempotency_error", None, message)
            return JSONResponse(answer, status, headers={"Idempotent-Replayed": "true"})
        answer, status = await make(nested(body.decode()))
        if key:
            self.known[key] = (body, answer, status)
        return JSONResponse(answer, status)


def stripe_doors(cashier: Cashier, faults: Faults, key: str, keys: Keys) -> APIRouter:
    """Checkout sessions: create, retrieve, expire."""
    doors = APIRouter(prefix="/v1", dependencies=[Depends(signed_in(key))])
    till = cashier.till

    @doors.post("/checkout/sessions")
    async def create(request: Request) -> JSONResponse:
        await trouble(faults)

        async def opened(given: Any) -> tuple[Object, int]:
            return shown(till.open(_checked(given))), 200

        return await keys.once(request, opened)

    @doors.get("/checkout/sessions/{session_id}")
    async def retrieve(session_id: str, request: Request) -> JSONResponse:
        await trouble(faults)
        wanted = {value for name, value in request.query_params.multi_items() if "expand" in name}
        session = known(till.one(session_id), "checkout.session", session_id)
        return JSONResponse(shown(session, expanded=wanted))

    @doors.post("/checkout/sessions/{session_id}/expire")
    async def expire(session_id: str) -> JSONResponse:
        await trouble(faults)
        session = known(till.one(session_id), "checkout.session", session_id)
        try:
            await cashier.expire(session)
        except PageClosedError:
            message = "Only Checkout Sessions with a status of open can be expired"
            raise StripeError(400, "invalid_request_error", None, message) from None
        return JSONResponse(shown(session))

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


def needed(given: Object, *names: str) -> None:
    """Raises where one of these was not given."""
    for name in names:
        if not given.get(name):
            message = f"Missing required param: {name}."
            raise StripeError(400, "invalid_request_error", "parameter_missing", message)


def _checked(given: Object) -> Object:
    needed(given, "mode", "success_url")
    if given["mode"] == "setup":
        needed(given, "customer", "payment_method_types")
        return given
    needed(given, "line_items")
    if given["mode"] != "payment":
        message = "This fake knows mode=payment and mode=setup alone."
        raise StripeError(400, "invalid_request_error", "parameter_invalid", message)
    for one in given["line_items"]:
        price = one.get("price_data", {})
        if not str(price.get("unit_amount", "")).isdigit() or not price.get("currency"):
            message = "Invalid integer: line_items[][price_data][unit_amount]"
            raise StripeError(400, "invalid_request_error", "parameter_invalid_integer", message)
    return given


def signed_in(key: str) -> Any:
    """A dependency: our key at Stripe is wanted."""

    async def check(request: Request) -> None:
        given = request.headers.get("Authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {key}".encode()):
            raise StripeError(401, "invalid_request_error", None, "Invalid API Key provided")

    return check


async def trouble(faults: Faults) -> None:
    """Fail, if that was asked for."""
    if faults.mode == "hang":
        await faults.hang()
        raise HTTPException(503)
    if faults.mode == "tempfail":
        raise StripeError(503, "api_error", None, "The fake of Stripe was told to fail")
    if faults.mode == "reject":
        raise StripeError(400, "invalid_request_error", None, "The fake was told to reject")


def known(found: Object | None, kind: str, named: str) -> Object:
    """What was found; raises as Stripe does where there is nothing."""
    if found is None:
        message = f"No such {kind}: '{named}'"
        raise StripeError(404, "invalid_request_error", "resource_missing", message)
    return found
