"""Means of payment that Stripe keeps for us, by its official library: Checkout in setup mode, off-session intents."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import stripe
from stripe import StripeClient

from portal_api.domain.mandate import Mandate, Means, Saved
from portal_api.domain.payment import Payment, Seen
from portal_api.gateways.means_provider import SavingPage
from portal_api.gateways.provider import ProviderRefused
from portal_api.gateways.stripe_provider import (
    MANDATE,
    PAYMENT,
    named_failures,
    returning,
    seen_of_intent,
)
from portal_api.gateways.stripe_sums import theirs

LISTED_MAX: Final = 100
"""Newest intents of a customer among which an attempt is looked for; it is minutes old at most."""
GONE: Final = "not attached"
"""In the words by which Stripe says that a means is nobody's any more."""


@dataclass(frozen=True, slots=True)
class StripeMeans:
    client: StripeClient

    async def open_saving(self, mandate: Mandate, kinds: tuple[str, ...]) -> SavingPage:
        whose = {"customer_id": str(mandate.customer_id)}
        named = {MANDATE: str(mandate.mandate_id)}
        with named_failures():
            known = await self.client.v1.customers.create_async(
                {"metadata": whose}, {"idempotency_key": f"customer-{mandate.mandate_id}"}
            )
            params: Any = {
                "mode": "setup",
                "customer": known.id,
                "payment_method_types": list(kinds),
                "client_reference_id": str(mandate.mandate_id),
                "success_url": returning(mandate.return_url, named),
                "cancel_url": returning(mandate.return_url, {**named, "cancelled": "1"}),
                "metadata": named,
                "setup_intent_data": {"metadata": named},
            }
            session = await self.client.v1.checkout.sessions.create_async(
                params, {"idempotency_key": f"mandate-{mandate.mandate_id}"}
            )
        if not session.url:
            raise ProviderRefused("the provider gave no page to save at")
        return SavingPage(known.id, session.id, session.url)

    async def look_saved(self, session_id: str) -> Saved:
        with named_failures():
            session = await self.client.v1.checkout.sessions.retrieve_async(
                session_id, {"expand": ["setup_intent.payment_method"]}
            )
        return saved_of(session.to_dict())

    async def look_means(self, method_id: str) -> Means:
        with named_failures():
            method = await self.client.v1.payment_methods.retrieve_async(method_id)
        return means_of(method.to_dict())

    async def release(self, method_id: str) -> None:
        with named_failures():
            try:
                await self.client.v1.payment_methods.detach_async(method_id)
            except stripe.InvalidRequestError as error:
                if GONE not in str(error):
                    raise

    async def charge(self, payment: Payment, mandate: Mandate) -> Seen:
        params: Any = {
            "amount": theirs(payment.minor, payment.currency),
            "currency": payment.currency.lower(),
            "customer": mandate.provider_customer,
            "payment_method": mandate.method_id,
            "payment_method_types": [mandate.means.kind if mandate.means else "card"],
            "confirm": True,
            "off_session": True,
            "metadata": {PAYMENT: str(payment.payment_id)},
        }
        with named_failures():
            try:
                made = await self.client.v1.payment_intents.create_async(
                    params, {"idempotency_key": f"charge-{payment.payment_id}"}
                )
            except stripe.CardError as error:
                body: Any = error.json_body or {}
                declined = body.get("error", {}).get("payment_intent")
                if declined is None:
                    raise
                return seen_of_intent(declined)
        return seen_of_intent(made.to_dict())

    async def find_charge(self, payment_id: UUID, mandate: Mandate) -> Seen | None:
        params: Any = {"customer": mandate.provider_customer, "limit": LISTED_MAX}
        with named_failures():
            listed = await self.client.v1.payment_intents.list_async(params)
        for one in listed.to_dict()["data"]:
            if (one.get("metadata") or {}).get(PAYMENT) == str(payment_id):
                return seen_of_intent(one)
        return None


def saved_of(session: dict[str, Any]) -> Saved:
    """From a Checkout Session with its setup intent and means."""
    intent = session.get("setup_intent") or {}
    method, named = intent.get("payment_method") or {}, session.get("metadata") or {}
    is_saved = intent.get("status") == "succeeded" and method
    means = means_of(method) if is_saved else None
    method_id = method["id"] if is_saved else ""
    return Saved(session["id"], named.get(MANDATE) or "", method_id, means)


def means_of(method: dict[str, Any]) -> Means:
    """Of any kind what Stripe shows of it: never a number."""
    kind = str(method["type"])
    said = method.get(kind) or {}
    brand = said.get("brand") or said.get("bank_name") or ""
    year, month = said.get("exp_year"), said.get("exp_month")
    expires = f"{year:04}-{month:02}" if year and month else ""
    return Means(kind, str(brand), str(said.get("last4") or ""), expires)
