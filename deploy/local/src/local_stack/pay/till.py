"""Checkout sessions of the fake, and what happens at them; kept in a file as they change, the last word counts."""

import json
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Any

from local_stack.machine_time import machine_now
from local_stack.pay.vault import bare

SESSION_S = 86_400

Object = dict[str, Any]


class PageClosedError(Exception):
    """Nothing can be paid there (any more)."""


class Till:
    """All sessions, oldest first; those of an earlier run are read from the file."""

    def __init__(self, file: Path, page_url: str) -> None:
        """`page_url`: where a session's page is, without its id."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        self._file, self._page_url = file, page_url
        kept = [json.loads(line) for line in file.read_text().splitlines()]
        self._sessions: dict[str, Object] = {one["id"]: one for one in kept}

    def open(self, given: Object) -> Object:
        """A new session of what was asked for, as Stripe's parameters say it."""
        session_id, now = f"cs_test_{secrets.token_hex(12)}", _now_s()
        if given["mode"] == "setup":
            return self._open_setup(given, session_id, now)
        prices = [(one["price_data"], int(one.get("quantity", 1))) for one in given["line_items"]]
        session = {
            "id": session_id,
            "object": "checkout.session",
            "amount_total": sum(int(price["unit_amount"]) * count for price, count in prices),
            "cancel_url": given.get("cancel_url"),
            "client_reference_id": given.get("client_reference_id"),
            "created": now,
            "currency": prices[0][0]["currency"],
            "expires_at": now + SESSION_S,
            "livemode": False,
            "metadata": given.get("metadata", {}),
            "mode": given["mode"],
            "payment_intent": None,
            "payment_status": "unpaid",
            "setup_intent": None,
            "status": "open",
            "success_url": given.get("success_url"),
            "url": f"{self._page_url}/{session_id}",
            "_intent_metadata": given.get("payment_intent_data", {}).get("metadata", {}),
            "_names": [price["product_data"]["name"] for price, _ in prices],
        }
        self._keep(session)
        return session

    def _open_setup(self, given: Object, session_id: str, now: int) -> Object:
        session = {
            "id": session_id,
            "object": "checkout.session",
            "amount_total": None,
            "cancel_url": given.get("cancel_url"),
            "client_reference_id": given.get("client_reference_id"),
            "created": now,
            "currency": None,
            "customer": given.get("customer"),
            "expires_at": now + SESSION_S,
            "livemode": False,
            "metadata": given.get("metadata", {}),
            "mode": "setup",
            "payment_intent": None,
            "payment_status": "no_payment_required",
            "setup_intent": None,
            "status": "open",
            "success_url": given.get("success_url"),
            "url": f"{self._page_url}/{session_id}",
            "_intent_metadata": given.get("setup_intent_data", {}).get("metadata", {}),
            "_names": ["A means of payment"],
        }
        self._keep(session)
        return session

    def save(self, session: Object, method: Object) -> list[str]:
        """The payer leaves a means of payment there; returns what is told. Raises PageClosedError."""
        if session["status"] != "open" or session["mode"] != "setup":
            raise PageClosedError
        session["setup_intent"] = {
            "id": f"seti_{secrets.token_hex(12)}",
            "object": "setup_intent",
            "created": _now_s(),
            "customer": session["customer"],
            "livemode": False,
            "metadata": session["_intent_metadata"],
            "payment_method": method,
            "status": "succeeded",
        }
        session |= {"status": "complete", "url": None}
        self._keep(session)
        return ["setup_intent.succeeded", "checkout.session.completed"]

    def one(self, session_id: str) -> Object | None:
        """The session of that id, or None."""
        return self._sessions.get(session_id)

    def all(self) -> list[Object]:
        """Every session, oldest first."""
        return list(self._sessions.values())

    def intent(self, intent_id: str) -> Object | None:
        """The payment intent of that id, or None."""
        intents = (one["payment_intent"] for one in self._sessions.values())
        return next((one for one in intents if one and one["id"] == intent_id), None)

    def pay(self, session: Object, *, amount: int | None = None) -> list[str]:
        """The payer pays, or their bank has; returns what is told. `amount`: another than was asked, as Stripe never
        does. Raises PageClosedError.
        """
        was_processing = self._attempt(session)
        paid = session["amount_total"] if amount is None else amount
        intent = session["payment_intent"]
        intent |= {
            "status": "succeeded",
            "amount_received": paid,
            "last_payment_error": None,
            "latest_charge": _charge(),
        }
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        self._keep(session)
        last = "async_payment_succeeded" if was_processing else "completed"
        return ["payment_intent.succeeded", f"checkout.session.{last}"]

    def process(self, session: Object) -> list[str]:
        """The payer is done, and their bank takes its time. Raises PageClosedError."""
        self._attempt(session)
        session["payment_intent"] |= {"status": "processing", "last_payment_error": None}
        session |= {"status": "complete", "url": None}
        self._keep(session)
        return ["payment_intent.processing", "checkout.session.completed"]

    def decline(self, session: Object, code: str) -> list[str]:
        """The bank says no; the page stays open for another attempt. Raises PageClosedError."""
        was_processing = self._attempt(session)
        charge = _charge()
        error = {
            "type": "card_error",
            "code": "card_declined",
            "decline_code": code,
            "charge": charge,
            "message": "Your card was declined.",
        }
        session["payment_intent"] |= {
            "status": "requires_payment_method",
            "last_payment_error": error,
            "latest_charge": charge,
        }
        self._keep(session)
        told = ["payment_intent.payment_failed"]
        return [*told, "checkout.session.async_payment_failed"] if was_processing else told

    def expire(self, session: Object) -> list[str]:
        """The page closes. Raises PageClosedError."""
        if session["status"] != "open":
            raise PageClosedError
        session |= {"status": "expired", "url": None}
        self._keep(session)
        return ["checkout.session.expired"]

    def _attempt(self, session: Object) -> bool:
        """Whether the bank was at it; makes the intent at the first attempt."""
        intent = session["payment_intent"]
        was_processing = bool(intent and intent["status"] == "processing")
        is_open = session["status"] == "open" and session["mode"] == "payment"
        if not is_open and not was_processing:
            raise PageClosedError
        if intent is None:
            session["payment_intent"] = {
                "id": f"pi_{secrets.token_hex(12)}",
                "object": "payment_intent",
                "amount": session["amount_total"],
                "amount_received": 0,
                "created": _now_s(),
                "currency": session["currency"],
                "last_payment_error": None,
                "latest_charge": None,
                "livemode": False,
                "metadata": session["_intent_metadata"],
                "status": "requires_payment_method",
            }
        return was_processing

    def _keep(self, session: Object) -> None:
        self._sessions[session["id"]] = session
        with self._file.open("a") as file:
            file.write(json.dumps(session) + "\n")


def shown(session: Object, *, expanded: Collection[str] = ()) -> Object:
    """As Stripe's API shows it: its intents by their ids, or whole where they are expanded, as `payment_intent` or
    `setup_intent.payment_method`.
    """
    made = {name: value for name, value in session.items() if not name.startswith("_")}
    for kind in ("payment_intent", "setup_intent"):
        if intent := session.get(kind):
            within = f"{kind}.payment_method"
            is_whole = kind in expanded or within in expanded
            made[kind] = (
                intent_shown(intent, whole=within in expanded) if is_whole else intent["id"]
            )
    return made


def intent_shown(intent: Object, *, whole: bool = False) -> Object:
    """An intent, with its means of payment by id, or `whole`."""
    method = intent.get("payment_method")
    if not isinstance(method, dict):
        return intent
    return intent | {"payment_method": bare(method) if whole else method["id"]}


def _charge() -> str:
    return f"ch_{secrets.token_hex(12)}"


def _now_s() -> int:
    return int(machine_now().timestamp())
