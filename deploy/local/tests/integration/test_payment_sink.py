"""The fake of Stripe takes what the official library sends, and tells as Stripe tells."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe
from fastapi import Request
from fastapi.responses import Response
from stripe import HTTPXClient, StripeClient, WebhookSignature

from local_stack.addresses import LOOPBACK, free_port
from local_stack.servers import Servers, app
from local_stack.sinks import Credentials, Sinks

ORDER: Any = {
    "mode": "payment",
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "eur",
                "unit_amount": 90_000,
                "product_data": {"name": "2026-0815 & more"},
            },
        }
    ],
    "success_url": "https://shop.example/paid",
    "cancel_url": "https://shop.example/cancelled",
    "metadata": {"payment_id": "p1"},
    "payment_intent_data": {"metadata": {"payment_id": "p1"}},
}


class Provider:
    """The sink, our account there, and the webhook it calls."""

    def __init__(self) -> None:
        self.known = Credentials()
        self.port, self.webhook_port = free_port(), free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.webhook_url = f"http://{LOOPBACK}:{self.webhook_port}/webhooks/stripe"
        self.heard: list[str] = []
        self.answers: list[int] = []
        self.http = httpx.AsyncClient(base_url=self.url, trust_env=False)
        self.stripe = StripeClient(
            self.known.stripe_key, base_addresses={"api": self.url}, http_client=HTTPXClient()
        )

    async def webhook(self, request: Request) -> Response:
        """Answers what it was told to, then 200."""
        body = await request.body()
        secret = self.known.stripe_webhook_secret
        WebhookSignature.verify_header(body, request.headers["Stripe-Signature"], secret, 300)
        self.heard.append((await request.json())["type"])
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    async def saved(self, last4: str) -> tuple[str, str]:
        """A means of payment, and the customer who saved it."""
        whose = await self.stripe.v1.customers.create_async({})
        order: Any = {
            "mode": "setup",
            "customer": whose.id,
            "payment_method_types": ["card"],
            "success_url": "https://shop.example/saved",
        }
        session = await self.stripe.v1.checkout.sessions.create_async(order)
        answer = await self.http.post(session.url, data={"button": "save", "last4": last4})
        assert answer.status_code == 303
        read = await self.stripe.v1.checkout.sessions.retrieve_async(
            session.id, {"expand": ["setup_intent.payment_method"]}
        )
        intent: Any = read.setup_intent
        assert intent.status == "succeeded"
        return intent.payment_method.id, whose.id

    async def charge(self, method: str, whose: str, key: str) -> Any:
        order: Any = {
            "amount": 90_000,
            "currency": "eur",
            "customer": whose,
            "payment_method": method,
        }
        return await self.stripe.v1.payment_intents.create_async(
            {**order, "confirm": True, "off_session": True}, {"idempotency_key": key}
        )

    async def session(self, key: str = "k") -> Any:
        return await self.stripe.v1.checkout.sessions.create_async(ORDER, {"idempotency_key": key})


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Provider]:
    made, sinks, ours = Provider(), Sinks(tmp_path), Servers()
    webhook = app("ours")
    webhook.add_api_route("/webhooks/stripe", made.webhook, methods=["POST"])
    await ours.serve(webhook, made.webhook_port)
    await sinks.payments(made.port, made.known, made.webhook_url)
    yield made
    await made.http.aclose()
    await sinks.stop()
    await ours.stop()


class TestCheckout:
    async def test_honours_idempotency_keys(self, provider: Provider) -> None:
        first, again, other = [await provider.session(key) for key in ("k", "k", "l")]

        assert first.id == again.id != other.id
        with pytest.raises(stripe.IdempotencyError):
            await provider.stripe.v1.checkout.sessions.create_async(
                {**ORDER, "success_url": "https://other.example"}, {"idempotency_key": "k"}
            )

    async def test_is_paid_by_a_button_and_read_again_whole(self, provider: Provider) -> None:
        session = await provider.session()
        assert "2026-0815 &amp; more" in (await provider.http.get(session.url)).text
        answer = await provider.http.post(session.url, data={"button": "pay"})

        assert (answer.status_code, answer.headers["location"]) == (303, ORDER["success_url"])
        read = await provider.stripe.v1.checkout.sessions.retrieve_async(
            session.id, {"expand": ["payment_intent"]}
        )
        assert (read.status, read.payment_status, read.amount_total) == ("complete", "paid", 90_000)
        intent = await provider.stripe.v1.payment_intents.retrieve_async(read.payment_intent.id)
        assert (intent.status, intent.amount_received) == ("succeeded", 90_000)
        assert provider.heard == ["payment_intent.succeeded", "checkout.session.completed"]

    async def test_is_declined_and_stays_open_or_is_left(self, provider: Provider) -> None:
        session = await provider.session()
        await provider.http.post(session.url, data={"button": "decline"})
        assert "insufficient_funds" in (await provider.http.get(session.url)).text
        left = await provider.http.post(session.url, data={"button": "cancel"})

        assert left.headers["location"] == ORDER["cancel_url"]
        assert provider.heard == ["payment_intent.payment_failed"]

    async def test_saves_a_means_and_charges_it_without_the_payer(self, provider: Provider) -> None:
        method, whose = await provider.saved("4242")
        first, again = [await provider.charge(method, whose, "k") for _ in range(2)]

        assert (first.id, first.status, first.amount_received) == (again.id, "succeeded", 90_000)
        read = await provider.stripe.v1.payment_intents.retrieve_async(first.id)
        listed = await provider.stripe.v1.payment_intents.list_async({"customer": whose})
        assert [one.id for one in listed.data] == [read.id] == [first.id]
        assert provider.heard == [
            "setup_intent.succeeded",
            "checkout.session.completed",
            "payment_intent.succeeded",
        ]

    @pytest.mark.parametrize(
        ("last4", "code"),
        [
            ("9995", "insufficient_funds"),
            ("3184", "authentication_required"),
            ("9979", "stolen_card"),
        ],
    )
    async def test_declines_as_the_card_says_under_the_same_key_alike(
        self, provider: Provider, last4: str, code: str
    ) -> None:
        method, whose = await provider.saved(last4)
        for _ in range(2):
            with pytest.raises(stripe.CardError) as declined:
                await provider.charge(method, whose, "k")
            body: Any = declined.value.json_body
            assert body["error"]["decline_code"] == code
            intent = body["error"]["payment_intent"]
            assert intent["status"] == "requires_payment_method"
        assert len((await provider.http.get("/intents")).json()["items"]) == 1

        await provider.http.post(f"/methods/{method}/answers", json={"decline": ""})
        assert (await provider.charge(method, whose, "l")).status == "succeeded"

    async def test_charges_nothing_that_was_let_go_of(self, provider: Provider) -> None:
        method, whose = await provider.saved("4242")
        await provider.stripe.v1.payment_methods.detach_async(method)

        with pytest.raises(stripe.InvalidRequestError):
            await provider.charge(method, whose, "k")
        with pytest.raises(stripe.InvalidRequestError, match="not attached"):
            await provider.stripe.v1.payment_methods.detach_async(method)

    async def test_a_bank_takes_its_time(self, provider: Provider) -> None:
        method, whose = await provider.saved("3000")
        intent = await provider.charge(method, whose, "k")
        assert intent.status == "processing"
        await provider.http.post(f"/intents/{intent.id}/payments")

        assert provider.heard[-2:] == ["payment_intent.processing", "payment_intent.succeeded"]

    async def test_tells_again_until_it_is_taken(self, provider: Provider) -> None:
        session, provider.answers = await provider.session(), [503]
        answer = await provider.http.post(f"/sessions/{session.id}/expiry")
        assert answer.json() == {"webhook": [503]}

        while len(provider.heard) < 2:
            (event,) = (await provider.http.get("/events")).json()["items"]
        assert provider.heard == [event["type"]] * 2 == ["checkout.session.expired"] * 2

    async def test_knows_its_key_and_its_sessions(self, provider: Provider) -> None:
        with pytest.raises(stripe.InvalidRequestError):
            await provider.stripe.v1.checkout.sessions.retrieve_async("cs_none")
        stranger = StripeClient(
            "sk_test_other", base_addresses={"api": provider.url}, http_client=HTTPXClient()
        )
        with pytest.raises(stripe.AuthenticationError):
            await stranger.v1.checkout.sessions.create_async(ORDER)

    async def test_a_closed_page_takes_nothing(self, provider: Provider) -> None:
        session = await provider.session()
        await provider.http.post(f"/sessions/{session.id}/payments", json={})
        again = await provider.http.post(f"/sessions/{session.id}/payments", json={})

        assert again.status_code == 409


class TestGoingBack:
    async def _paid(self, provider: Provider) -> str:
        session = await provider.session()
        await provider.http.post(session.url, data={"button": "pay"})
        provider.heard.clear()
        read = await provider.stripe.v1.checkout.sessions.retrieve_async(session.id)
        return str(read.payment_intent)

    async def test_a_refund_is_listed_and_told_until_it_fails(self, provider: Provider) -> None:
        intent_id = await self._paid(provider)
        await provider.http.post(f"/intents/{intent_id}/refunds", json={"amount": 100})
        listed = await provider.stripe.v1.refunds.list_async({"payment_intent": intent_id})
        (refund,) = listed.data
        await provider.http.post(f"/refunds/{refund.id}/failures")
        again = await provider.http.post(f"/refunds/{refund.id}/failures")

        assert (refund.amount, refund.status, again.status_code) == (100, "succeeded", 409)
        assert provider.heard == ["charge.refunded", "refund.created", "refund.failed"]

    async def test_a_contest_takes_the_money_and_gives_it_back_when_it_is_won(
        self, provider: Provider
    ) -> None:
        intent_id = await self._paid(provider)
        await provider.http.post(f"/intents/{intent_id}/disputes", json={})
        (dispute,) = (await provider.http.get("/disputes")).json()["items"]
        await provider.http.post(f"/disputes/{dispute['id']}/outcomes", json={"won": True})

        listed = await provider.stripe.v1.disputes.list_async({"payment_intent": intent_id})
        moved = [one.amount for one in listed.data[0].balance_transactions]
        assert (listed.data[0].status, moved) == ("won", [-90_000, 90_000])
        assert [one.removeprefix("charge.dispute.") for one in provider.heard] == [
            "created", "funds_withdrawn", "closed", "funds_reinstated",
        ]  # fmt: skip
        read = await provider.stripe.v1.payment_intents.retrieve_async(
            intent_id, {"expand": ["latest_charge"]}
        )
        charge: Any = read.latest_charge
        assert (charge.status, charge.disputed) == ("succeeded", True)

    async def test_what_was_not_paid_cannot_go_back(self, provider: Provider) -> None:
        session = await provider.session()
        await provider.http.post(session.url, data={"button": "decline"})
        read = await provider.stripe.v1.checkout.sessions.retrieve_async(session.id)

        for way in ("refunds", "disputes", "returns"):
            answer = await provider.http.post(f"/intents/{read.payment_intent}/{way}", json={})
            assert answer.status_code == 409
