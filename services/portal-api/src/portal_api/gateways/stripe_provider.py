"""Stripe by its official library: hosted Checkout pages, so that no card number ever comes near us."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import stripe
from stripe import HTTPXClient, StripeClient, WebhookSignature

from portal_api.domain.back import Gone
from portal_api.domain.decline import Decline
from portal_api.domain.payment import Item, Payment, Seen, State
from portal_api.gateways import stripe_back
from portal_api.gateways.provider import (
    TOLERANCE_SECONDS,
    Notice,
    NoticeForged,
    NoticeTooOld,
    NoticeUnreadable,
    Page,
    ProviderRefused,
    ProviderUnavailable,
)
from portal_api.gateways.stripe_sums import ours, theirs

RETRIES_MAX: Final = 1
"""By the library, under the same idempotency key."""

KINDS: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.processing",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "setup_intent.succeeded",
        "setup_intent.setup_failed",
        "payment_method.detached",
        "payment_method.updated",
        "payment_method.automatically_updated",
    }
)
"""Of what Stripe tells, what may move a payment or a mandate."""

PAYMENT: Final = "payment_id"
MANDATE: Final = "mandate_id"
"""Our names for our ids in what Stripe keeps for us."""
INTENT: Final = "pi_"
"""So the ids of intents begin; an attempt without a page is known by its intent."""
_log = logging.getLogger(__name__)


def stripe_client(key: str, *, url: str, timeout_s: float) -> StripeClient:
    """Stripe's own address where `url` is ""."""
    http = HTTPXClient(timeout=timeout_s)
    addresses: Any = {"api": url} if url else {}
    return StripeClient(
        key, base_addresses=addresses, http_client=http, max_network_retries=RETRIES_MAX
    )


@dataclass(frozen=True, slots=True)
class StripeProvider:
    """`secrets` sign notices; several while one replaces another."""

    client: StripeClient
    secrets: tuple[str, ...]

    async def open_page(self, payment: Payment) -> Page:
        named = {PAYMENT: str(payment.payment_id)}
        params: Any = {
            "mode": "payment",
            "client_reference_id": str(payment.payment_id),
            "line_items": [_line(one, payment.currency) for one in payment.items],
            "success_url": returning(payment.return_url, named),
            "cancel_url": returning(payment.return_url, {**named, "cancelled": "1"}),
            "metadata": named,
            "payment_intent_data": {"metadata": named},
        }
        with named_failures():
            session = await self.client.v1.checkout.sessions.create_async(
                params, {"idempotency_key": f"payment-{payment.payment_id}"}
            )
        if not session.url:
            raise ProviderRefused("the provider gave no page to pay at")
        return Page(session.id, session.url)

    async def look(self, session_id: str) -> Seen:
        if session_id.startswith(INTENT):
            with named_failures():
                intent = await self.client.v1.payment_intents.retrieve_async(session_id)
            return seen_of_intent(intent.to_dict())
        with named_failures():
            session = await self.client.v1.checkout.sessions.retrieve_async(
                session_id, {"expand": ["payment_intent"]}
            )
        return seen_of(session.to_dict())

    async def look_back(self, reference: str) -> list[Gone]:
        with named_failures():
            return await stripe_back.look_back(self.client, reference)

    def read_notice(self, body: bytes, signature: str) -> Notice | None:
        text = self._signed(body, signature)
        try:
            said = json.loads(text)
            about = said["data"]["object"]
            if said["type"] in stripe_back.KINDS:
                return _of_back(said, about)
            named = about.get("metadata") or {}
            notice = Notice(
                event_id=str(said["id"]),
                kind=str(said["type"]),
                payment_id=str(named.get(PAYMENT) or ""),
                session_id=_id_if(about, "checkout.session"),
                intent_id=_id_if(about, "payment_intent"),
                mandate_id=str(named.get(MANDATE) or ""),
                method_id=_id_if(about, "payment_method"),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoticeUnreadable("an event of Stripe's is wanted") from error
        return notice if notice.kind in KINDS else None

    def _signed(self, body: bytes, signature: str) -> str:
        """The body, once it is known to be theirs, and new. Any of the secrets will do."""
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise NoticeForged("the notice is no text") from error
        secret = next((one for one in self.secrets if _is_by(text, signature, one)), None)
        if secret is None:
            raise NoticeForged("the notice is not signed with our secret")
        if not _is_by(text, signature, secret, TOLERANCE_SECONDS):
            raise NoticeTooOld(f"it was signed more than {TOLERANCE_SECONDS} s ago")
        return text


def _of_back(said: dict[str, Any], about: dict[str, Any]) -> Notice | None:
    """Only refunds and contests of money that came by an intent can be ours."""
    intent_id = stripe_back.intent_of(about)
    if not intent_id:
        return None
    return Notice(str(said["id"]), str(said["type"]), "", "", intent_id=intent_id, of_back=True)


def seen_of(session: dict[str, Any]) -> Seen:
    """From a Checkout Session with its payment intent."""
    intent = session.get("payment_intent") or {}
    state, currency = _state_of(session, intent), str(session["currency"]).upper()
    amount = session["amount_total"]
    if state is State.SUCCEEDED and intent:
        amount = intent["amount_received"]
    return Seen(
        session_id=session["id"],
        payment_id=(session.get("metadata") or {}).get(PAYMENT) or "",
        state=state,
        minor=ours(amount, currency),
        currency=currency,
        reference=intent.get("id"),
        decline=_decline_of(intent) if state is State.DECLINED else None,
    )


def seen_of_intent(intent: dict[str, Any]) -> Seen:
    """From the intent of an attempt without a page."""
    currency = str(intent["currency"]).upper()
    state = State.DECLINED
    if intent["status"] in {"succeeded", "processing"}:
        state = State(intent["status"])
    elif not intent.get("last_payment_error"):
        state = State.EXPIRED if intent["status"] == "canceled" else State.OPEN
    is_paid = state is State.SUCCEEDED
    return Seen(
        session_id=intent["id"],
        payment_id=(intent.get("metadata") or {}).get(PAYMENT) or "",
        state=state,
        minor=ours(intent["amount_received"] if is_paid else intent["amount"], currency),
        currency=currency,
        reference=intent["id"],
        decline=_decline_of(intent) if state is State.DECLINED else None,
    )


def _state_of(session: dict[str, Any], intent: dict[str, Any]) -> State:
    failed = intent.get("last_payment_error") and intent.get("status") != "processing"
    if session["payment_status"] == "paid":
        return State.SUCCEEDED
    if session["status"] == "expired":
        return State.EXPIRED
    if failed:
        return State.DECLINED
    return State.PROCESSING if session["status"] == "complete" else State.OPEN


def _decline_of(intent: dict[str, Any]) -> Decline:
    error = intent["last_payment_error"]
    code = error.get("decline_code") or error.get("code") or "unknown"
    return Decline(str(code), str(error.get("charge") or intent.get("latest_charge") or ""))


def _id_if(about: dict[str, Any], kind: str) -> str:
    return str(about["id"]) if about["object"] == kind else ""


def _line(item: Item, currency: str) -> dict[str, Any]:
    price = {
        "currency": currency.lower(),
        "unit_amount": theirs(item.minor, currency),
        "product_data": {"name": item.invoice_number},
    }
    return {"quantity": 1, "price_data": price}


def returning(url: str, named: dict[str, str]) -> str:
    """That page, told what it is about."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *named.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _is_by(text: str, signature: str, secret: str, tolerance: int | None = None) -> bool:
    try:
        return bool(WebhookSignature.verify_header(text, signature, secret, tolerance))
    except stripe.SignatureVerificationError:
        return False


@contextmanager
def named_failures() -> Iterator[None]:
    """The library's errors as refusals with our names. What was sent is not told on."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        _log.warning("stripe refuses", extra={"code": error.code, "status": error.http_status})
        raise ProviderRefused(f"the provider refuses it: {error.code or 'no code'}") from error
    except stripe.StripeError as error:
        _log.warning(
            "stripe is unavailable",
            extra={"kind": type(error).__name__, "status": error.http_status},
        )
        raise ProviderUnavailable("the payment provider does not answer now") from error
