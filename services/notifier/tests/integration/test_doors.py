"""The notifier's doors on a real database: messages, sending, and texts that come in."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifier.config import HOME, Settings
from notifier.main import build
from shared.base.clock import FileClock
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in

TOKEN = "a-token-for-tests"
URL = "http://notifier/webhooks/twilio"
PHONE = "+4930901820"
Text = Callable[..., Any]


@pytest.fixture
async def http(office: Any, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over the same database and clock as the office."""
    clock = tmp_path / "clock"
    FileClock.move(clock, office.clock.now())
    service = build(
        Settings(
            database_url=office.database.engine.url.render_as_string(hide_password=False),
            kafka_bootstrap_servers="none:1",
            company_file=HOME.parents[1] / "deploy" / "company" / "example.yaml",
            clock_file=str(clock),
            notifier_twilio_auth_token=TOKEN,
            notifier_sending_mode="live",
        )
    )
    app = create_app(service)
    app.dependency_overrides[signed_in] = lambda: Staff("tester", frozenset({"viewer", "operator"}))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://notifier"
    ) as client:
        yield client
    await service.database.close()


@pytest.fixture
def text(http: httpx.AsyncClient) -> Text:
    """A text from a phone, as the provider hands it to us."""

    async def send(body: str, sid: str = "SM1", **changes: str) -> httpx.Response:
        form = {"MessageSid": sid, "From": PHONE, "To": "+4940555010", "Body": body} | changes
        signed = URL + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
        return await http.post(
            URL, data=form, headers={"X-Twilio-Signature": b64encode(digest).decode()}
        )

    return send


class TestMessages:
    async def test_shows_every_message_with_its_words_and_traces(
        self, office: Any, tell: Any, http: Any
    ) -> None:
        await office.hear(tell.customer(), tell.invoice(), tell.reminder())
        await office.dispatch.run()

        page = (await http.get(f"/v1/customers/{tell.customer_id}/messages")).json()

        (message,) = page["items"]
        assert message["status"] == "sent"
        assert message["channel"] == "email"
        (item,) = message["items"]
        assert (item["invoice_number"], item["open"], item["due_on"]) == (
            "R1",
            "100.00",
            "2026-04-01",
        )
        assert "R1" in message["subject"]
        assert "100,00" in message["text"]
        assert message["origin_traces"] == [tell.origin]
        assert page["next"] is None

    async def test_comes_a_page_at_a_time(self, office: Any, tell: Any, http: Any) -> None:
        await office.hear(tell.customer(), tell.invoice())
        for look in range(3):
            office.later(timedelta(minutes=1))
            await office.hear(tell.reminder(cause=f"look {look}"))
        address = f"/v1/customers/{tell.customer_id}/messages"

        first = (await http.get(address, params={"limit": 2})).json()
        second = (await http.get(address, params={"limit": 2, "cursor": first["next"]})).json()

        seen = [item["message_id"] for page in (first, second) for item in page["items"]]
        assert len(set(seen)) == len(seen) == 3


class TestSending:
    async def test_is_set_and_shown(self, http: Any) -> None:
        await http.post("/v1/sending", json={"mode": "off"})

        assert (await http.get("/v1/sending")).json()["mode"] == "off"

    async def test_an_allow_list_needs_somebody_on_it(self, http: Any) -> None:
        answer = await http.post("/v1/sending", json={"mode": "allow-list"})

        assert answer.status_code == 422
        assert answer.json()["code"] == "allow-list-missing"


class TestTexts:
    async def test_a_wrong_signature_is_refused(self, http: Any) -> None:
        answer = await http.post(
            URL, data={"MessageSid": "SM1", "From": PHONE}, headers={"X-Twilio-Signature": "x"}
        )

        assert (answer.status_code, answer.json()["code"]) == (403, "signature-wrong")

    @pytest.mark.parametrize(
        "body", ["STOP", " stop ", "Stop please", "end", "CANCEL", "unsubscribe", "Quit."]
    )
    async def test_stop_wins_over_a_message_that_waits(
        self, office: Any, tell: Any, text: Text, body: str
    ) -> None:
        await office.hear(tell.customer(), tell.invoice(), tell.reminder(channels=("sms",)))

        assert (await text(body)).status_code == 200
        await office.dispatch.run()

        assert ("suppressed", "opted-out") in await office.statuses()
        (confirmation,) = office.text_box.all(PHONE)
        assert confirmation.body.startswith("Acme: Sie bekommen keine SMS mehr")

    async def test_stop_is_confirmed_once(self, office: Any, tell: Any, text: Text) -> None:
        await office.hear(tell.customer())
        for sid in ("SM1", "SM1", "SM2"):
            await text("STOP", sid)
            await office.dispatch.run()

        assert len(office.text_box.all(PHONE)) == 1

    async def test_a_confirmation_never_comes_late(
        self, office: Any, tell: Any, text: Text
    ) -> None:
        await office.hear(tell.customer())
        await text("STOP")
        office.later(timedelta(minutes=6))

        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", "answer-too-late")]

    async def test_help_is_answered_with_the_brand_first(
        self, office: Any, tell: Any, text: Text
    ) -> None:
        await office.hear(tell.customer())
        await text("help")

        await office.dispatch.run()

        assert office.text_box.all(PHONE)[0].body.startswith("Acme: ")

    async def test_start_opts_in_again(self, office: Any, tell: Any, text: Text) -> None:
        await office.hear(tell.customer(), tell.invoice(), tell.reminder(channels=("sms",)))
        await text("STOP", "SM1")
        await text("START", "SM2")

        await office.dispatch.run()

        assert ("sent", "") in await office.statuses()
        assert await office.rows("SELECT 1 FROM opt_outs WHERE opted_out_at IS NOT NULL") == []

    async def test_a_stranger_is_answered_safely_and_obeyed(self, office: Any, text: Text) -> None:
        answer = await text("STOP", From="+15550001111")

        assert answer.status_code == 200
        assert await office.statuses() == []
        assert len(await office.rows("SELECT 1 FROM opt_outs WHERE address = '+15550001111'")) == 1

    async def test_other_words_are_kept_for_people(
        self, office: Any, tell: Any, text: Text
    ) -> None:
        await office.hear(tell.customer())

        await text("I paid yesterday")

        (row,) = await office.rows("SELECT wish, body, customer_id FROM inbound_texts")
        assert (row["wish"], row["body"], row["customer_id"]) == (
            "other",
            "I paid yesterday",
            tell.customer_id,
        )
