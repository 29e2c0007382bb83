"""The text message sink behaves as Twilio's Messages API does, and as phones do."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import Request

from local_stack.addresses import LOOPBACK, free_port
from local_stack.servers import Servers, app
from local_stack.sinks import Credentials, Sinks
from local_stack.sms.signature import signature

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TEXT = {"To": "+4915112345678", "From": "+15005550006", "Body": "Rechnung 4711 ist offen"}


class Provider:
    """The sink, our account there, and the webhook it calls."""

    def __init__(self) -> None:
        self.known = Credentials()
        self.port, self.webhook_port = free_port(), free_port()
        self.webhook_url = f"http://{LOOPBACK}:{self.webhook_port}/webhooks/twilio"
        self.heard: list[tuple[dict[str, str], str]] = []
        account = self.known.account_sid
        self.messages = f"/2010-04-01/Accounts/{account}/Messages.json"
        self.http = httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{self.port}", trust_env=False)
        self.auth = (account, self.known.auth_token)

    async def webhook(self, request: Request) -> None:
        fields = {name: str(value) for name, value in (await request.form()).items()}
        self.heard.append((fields, request.headers["X-Twilio-Signature"]))

    async def send(self, **changed: str) -> httpx.Response:
        return await self.http.post(self.messages, data={**TEXT, **changed}, auth=self.auth)


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Provider]:
    made, sinks, ours = Provider(), Sinks(tmp_path), Servers()
    webhook = app("ours")
    webhook.add_api_route("/webhooks/twilio", made.webhook, methods=["POST"])
    await ours.serve(webhook, made.webhook_port)
    await sinks.sms(lambda: NOW, made.port, made.known, made.webhook_url)
    yield made
    await made.http.aclose()
    await sinks.stop()
    await ours.stop()


class TestMessagesApi:
    async def test_takes_a_message_and_lists_it_to_both_sides(self, provider: Provider) -> None:
        sent = await provider.send()

        assert sent.status_code == 201
        sid = sent.json()["sid"]
        (ours,) = (
            await provider.http.get(f"/messages?to={TEXT['To'].replace('+', '%2B')}")
        ).json()["items"]
        assert (ours["sid"], ours["body"]) == (sid, TEXT["Body"])
        assert ours["received_at"] == "2026-12-01T09:00:00Z"
        listed = await provider.http.get(
            provider.messages, params={"To": TEXT["To"]}, auth=provider.auth
        )
        assert [m["sid"] for m in listed.json()["messages"]] == [sid]

    async def test_can_be_asked_what_was_sent_since_a_moment(self, provider: Provider) -> None:
        await provider.send()

        async def since(moment: str) -> int:
            params = {"DateSent>": moment}
            answer = await provider.http.get(provider.messages, params=params, auth=provider.auth)
            return len(answer.json()["messages"])

        assert await since("2026-12-01T09:00:00Z") == 1
        assert await since("2026-12-01T09:00:01Z") == 0

    async def test_lists_in_pages(self, provider: Provider) -> None:
        for _ in range(3):
            await provider.send()

        params = {"PageSize": "2"}
        first = await provider.http.get(provider.messages, params=params, auth=provider.auth)
        second = await provider.http.get(first.json()["next_page_uri"], auth=provider.auth)

        assert len(first.json()["messages"]) == 2
        assert len(second.json()["messages"]) == 1
        assert second.json()["next_page_uri"] is None

    async def test_refuses_a_stranger(self, provider: Provider) -> None:
        refused = await provider.http.post(provider.messages, data=TEXT, auth=("AC1", "wrong"))

        assert refused.status_code == 401
        assert refused.json()["code"] == 20003

    @pytest.mark.parametrize(
        ("changed", "status", "code"),
        [
            ({"To": "0151 123"}, 400, 21211),
            ({"To": "+491510000001"}, 400, 21211),
            ({"To": "+491510000009"}, 503, 20500),
            ({"From": ""}, 400, 21603),
            ({"Body": ""}, 400, 21602),
            ({"Body": "x" * 1_601}, 400, 21617),
        ],
    )
    async def test_refuses_as_twilio_does(
        self, provider: Provider, changed: dict[str, str], status: int, code: int
    ) -> None:
        refused = await provider.send(**changed)

        assert (refused.status_code, refused.json()["code"]) == (status, code)

    async def test_makes_trouble_on_demand(self, provider: Provider) -> None:
        await provider.http.post("/faults", json={"mode": "tempfail"})

        assert (await provider.send()).status_code == 503


class TestInbound:
    async def test_calls_our_webhook_with_twilios_signature(self, provider: Provider) -> None:
        await provider.send()

        answer = await provider.http.post("/inbound", json={"from": TEXT["To"], "body": "STOP"})

        assert answer.json()["status"] == 200
        ((fields, signed),) = provider.heard
        assert fields["Body"] == "STOP"
        assert fields["From"] == TEXT["To"]
        assert fields["To"] == TEXT["From"]
        assert signed == signature(provider.known.auth_token, provider.webhook_url, fields)
