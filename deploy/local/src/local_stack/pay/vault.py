"""Who is known to the fake, by which means of payment, and what was charged to one without the payer being there.

Kept in a file as it changes; the last word counts.
"""

import json
import secrets
from pathlib import Path
from typing import Any, Final, NamedTuple

from local_stack.machine_time import machine_now

Object = dict[str, Any]


class Means(NamedTuple):
    """A card or account to test with; `decline` is what its bank says to a charge without the payer, "" takes it."""

    kind: str
    brand: str
    decline: str = ""


MEANS: Final = {
    "4242": Means("card", "visa"),
    "4444": Means("card", "mastercard"),
    "3184": Means("card", "visa", "authentication_required"),
    "9995": Means("card", "visa", "insufficient_funds"),
    "9979": Means("card", "visa", "stolen_card"),
    "0069": Means("card", "visa", "expired_card"),
    "0341": Means("card", "visa", "generic_decline"),
    "3000": Means("sepa_debit", ""),
}
"""By their last four digits, as Stripe's own (docs.stripe.com/testing)."""


class Vault:
    """Customers, means of payment, and intents without a page, oldest first."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        self._file = file
        kept = [json.loads(line) for line in file.read_text().splitlines()]
        self._held: dict[str, Object] = {one["id"]: one for one in kept}

    def one(self, kind: str, named: str) -> Object | None:
        """The object of that kind and id, or None."""
        found = self._held.get(named)
        return found if found and found["object"] == kind else None

    def all(self, kind: str) -> list[Object]:
        """Every object of that kind, oldest first."""
        return [one for one in self._held.values() if one["object"] == kind]

    def admit(self, given: Object) -> Object:
        """A new customer."""
        named = {"name": given.get("name"), "metadata": given.get("metadata", {})}
        return self.new("customer", "cus", named)

    def take_in(self, customer: str, last4: str) -> Object:
        """A means of payment of a customer's."""
        means = MEANS[last4]
        named = {"last4": last4, "brand": means.brand, "exp_month": 12, "exp_year": 2034}
        if means.kind != "card":
            named = {"last4": last4, "country": "DE", "bank_code": "37040044"}
        about = {"customer": customer, "type": means.kind, means.kind: named}
        return self.new("payment_method", "pm", about | {"_decline": means.decline})

    def let_go(self, method: Object) -> Object:
        """It is nobody's any more, and nothing can be charged to it."""
        method["customer"] = None
        return self.keep(method)

    def renew(self, method: Object, last4: str, year: int, month: int) -> Object:
        """Its issuer has sent another card."""
        named = {"last4": last4, "exp_year": year, "exp_month": month}
        method[method["type"]] = method[method["type"]] | named
        return self.keep(method)

    def say(self, method: Object, decline: str) -> Object:
        """From now on its bank says that; "" takes every charge."""
        method["_decline"] = decline
        return self.keep(method)

    def charge(self, given: Object, method: Object) -> tuple[Object, str]:
        """The intent, and what is told of it. Cards answer at once, banks take their time."""
        amount = int(given["amount"])
        intent = self.new(
            "payment_intent",
            "pi",
            {
                "amount": amount,
                "amount_received": 0,
                "currency": given["currency"],
                "customer": given["customer"],
                "last_payment_error": None,
                "latest_charge": f"ch_{secrets.token_hex(12)}",
                "metadata": given.get("metadata", {}),
                "payment_method": method["id"],
                "status": "processing",
            },
        )
        if method["_decline"]:
            return intent, self.decline(intent, method["_decline"])
        return intent, self.pay(intent) if method["type"] == "card" else "payment_intent.processing"

    def pay(self, intent: Object) -> str:
        """The money is there; returns what is told."""
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        self.keep(intent)
        return "payment_intent.succeeded"

    def decline(self, intent: Object, code: str) -> str:
        """The bank says no; returns what is told."""
        asks = code == "authentication_required"
        error = {
            "type": "card_error",
            "code": code if asks else "card_declined",
            "decline_code": code,
            "charge": intent["latest_charge"],
            "message": "Your card was declined.",
        }
        intent |= {"status": "requires_payment_method", "last_payment_error": error}
        self.keep(intent)
        return "payment_intent.payment_failed"

    def new(self, kind: str, prefix: str, about: Object) -> Object:
        """One more object of that kind."""
        named = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": kind, "livemode": False}
        return self.keep(named | {"created": int(machine_now().timestamp())} | about)

    def keep(self, held: Object) -> Object:
        """As it is now."""
        self._held[held["id"]] = held
        with self._file.open("a") as file:
            file.write(json.dumps(held) + "\n")
        return held


def bare(held: Object) -> Object:
    """As Stripe's API shows it."""
    return {name: value for name, value in held.items() if not name.startswith("_")}
