"""A provider of text messages whose answers are not what its manual says."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest

from notifier.domain.contact import Channel, Route
from notifier.domain.handover import Answer, Brought, InDoubt, NotNow, Parcel
from notifier.gateways import text_carrier
from notifier.gateways.text_carrier import TextCarrier

PARCEL = Parcel(UUID(int=7), Route(Channel.SMS, "+491701234567", "Anna"), b"Acme: hello", "Acme")
BROKEN = (b"<html>welcome</html>", b"", b"[]", b'{"messages": "none"}', b'{"messages": [{}]}')


def carrier(answer: Callable[[httpx.Request], httpx.Response]) -> TextCarrier:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="https://provider")
    return TextCarrier(http, "AC1")


async def bring(answer: Callable[[httpx.Request], httpx.Response]) -> Answer:
    one = carrier(answer)
    try:
        return await one.bring(PARCEL, may_start=lambda: True)
    finally:
        await one.close()


@pytest.mark.parametrize("body", BROKEN)
async def test_a_yes_without_an_id_is_a_yes(body: bytes) -> None:
    assert await bring(lambda _: httpx.Response(201, content=body)) == Brought(provider_id="")


@pytest.mark.parametrize("body", BROKEN)
async def test_a_list_that_cannot_be_read_leaves_the_doubt(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_carrier, "ASK_PAUSE_SECONDS", 0)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500 if request.method == "POST" else 200, content=body)

    assert isinstance(await bring(answer), InDoubt)


async def test_a_list_without_it_says_that_it_was_not_taken() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(500)
        return httpx.Response(200, json={"messages": [{"sid": "SM1", "body": "another [FF]"}]})

    assert isinstance(await bring(answer), NotNow)
