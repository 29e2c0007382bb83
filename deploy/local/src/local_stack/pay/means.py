"""The provider's side of saved means: customers, means of payment, charges without the payer; and what went back."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from local_stack.faults import Faults
from local_stack.pay.doors import Cashier
from local_stack.pay.provider import Keys, StripeError, known, needed, signed_in, trouble
from local_stack.pay.till import Object
from local_stack.pay.vault import bare

LISTED_MAX = 100


def means_doors(cashier: Cashier, faults: Faults, key: str, keys: Keys) -> APIRouter:
    """Customers (create), payment methods (detach) and payment intents (create, list)."""
    doors = APIRouter(prefix="/v1", dependencies=[Depends(signed_in(key))])
    vault = cashier.vault

    @doors.post("/customers")
    async def admit(request: Request) -> JSONResponse:
        await trouble(faults)

        async def admitted(given: Any) -> tuple[Object, int]:
            return vault.admit(given), 200

        return await keys.once(request, admitted)

    @doors.post("/payment_methods/{method_id}/detach")
    async def detach(method_id: str) -> JSONResponse:
        await trouble(faults)
        method = known(vault.one("payment_method", method_id), "payment_method", method_id)
        if method["customer"] is None:
            message = "The payment method you provided is not attached to a customer"
            raise StripeError(400, "invalid_request_error", None, message)
        await cashier.tell_of(vault.let_go(method), "payment_method.detached")
        return JSONResponse(bare(method))

    @doors.post("/payment_intents")
    async def charge(request: Request) -> JSONResponse:
        await trouble(faults)

        async def charged(given: Any) -> tuple[Object, int]:
            intent, kind = vault.charge(given, _chargeable(cashier, given))
            await cashier.tell_of(intent, kind)
            error = intent["last_payment_error"]
            if error is None:
                return bare(intent), 200
            return {"error": error | {"payment_intent": bare(intent)}}, 402

        return await keys.once(request, charged)

    @doors.get("/payment_intents")
    async def intents(customer: str) -> JSONResponse:
        await trouble(faults)
        found = [bare(one) for one in vault.all("payment_intent") if one["customer"] == customer]
        return JSONResponse(_page("/v1/payment_intents", found))

    return doors


def reading_doors(cashier: Cashier, faults: Faults, key: str) -> APIRouter:
    """Payment intents and methods (retrieve), refunds and disputes (list)."""
    doors = APIRouter(prefix="/v1", dependencies=[Depends(signed_in(key))])

    @doors.get("/payment_intents/{intent_id}")
    async def intent(intent_id: str, request: Request) -> JSONResponse:
        await trouble(faults)
        found = known(cashier.backs.intent(intent_id), "payment_intent", intent_id)
        wanted = {value for name, value in request.query_params.multi_items() if "expand" in name}
        is_whole = "latest_charge" in wanted and found["latest_charge"]
        more = {"latest_charge": cashier.backs.charge(found)} if is_whole else {}
        return JSONResponse(bare(found) | more)

    @doors.get("/payment_methods/{method_id}")
    async def method(method_id: str) -> JSONResponse:
        await trouble(faults)
        found = cashier.vault.one("payment_method", method_id)
        return JSONResponse(bare(known(found, "payment_method", method_id)))

    @doors.get("/refunds")
    async def refunds(payment_intent: str) -> JSONResponse:
        await trouble(faults)
        return JSONResponse(_page("/v1/refunds", cashier.backs.of(payment_intent, "refund")))

    @doors.get("/disputes")
    async def disputes(payment_intent: str) -> JSONResponse:
        await trouble(faults)
        return JSONResponse(_page("/v1/disputes", cashier.backs.of(payment_intent, "dispute")))

    return doors


def _page(url: str, found: list[Object]) -> Object:
    """The newest first."""
    data = [bare(one) for one in found[: -LISTED_MAX - 1 : -1]]
    return {"object": "list", "data": data, "has_more": False, "url": url}


def _chargeable(cashier: Cashier, given: Object) -> Object:
    """The means that is to be charged, without the payer being there. Raises where that cannot be done."""
    needed(given, "amount", "currency", "customer", "payment_method")
    if (given.get("confirm"), given.get("off_session")) != ("true", "true"):
        message = "This fake charges with confirm=true and off_session=true alone."
        raise StripeError(400, "invalid_request_error", "parameter_invalid", message)
    named = given["payment_method"]
    method = known(cashier.vault.one("payment_method", named), "payment_method", named)
    if method["customer"] != given["customer"]:
        message = "The provided PaymentMethod was detached, or belongs to another customer."
        raise StripeError(400, "invalid_request_error", "payment_method_unexpected_state", message)
    return method
