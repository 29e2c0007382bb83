"""Text messages by an API that speaks Twilio's: send, and ask afterwards whether one was taken.

The API has no idempotency key. Every text carries a mark made from our message id, and the provider lists what it took
for a number, so a text that was handed over in the instant of a crash can be found again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import BaseModel

from notifier.domain.handover import (
    Answer,
    Brought,
    InDoubt,
    NotNow,
    Parcel,
    RefusedForGood,
    reference_of,
)
from notifier.domain.message import Message
from shared.base.points import reached

API_VERSION = "2010-04-01"
PAGE_TEXTS = 100
PAGES_MAX = 5
ASKS_MAX = 3
ASK_PAUSE_SECONDS = 0.5
TEMPORARY = frozenset({408, 429, 503})
"""Answers that say: not taken, come back later."""


class _Text(BaseModel):
    sid: str
    body: str = ""


class _Page(BaseModel):
    """What of the provider's list is read."""

    messages: list[_Text]
    next_page_uri: str | None = None


@dataclass(frozen=True, slots=True)
class TextCarrier:
    """`http` has the provider's address and our credentials."""

    http: httpx.AsyncClient
    account_sid: str

    async def bring(self, parcel: Parcel, *, may_start: Callable[[], bool]) -> Answer:
        """Hand one text over; when the line breaks after it was sent, ask at once whether it was taken."""
        if not may_start():
            return NotNow("the lease ran out before the call")
        form = {"To": parcel.route.address, "From": parcel.sender, "Body": parcel.content.decode()}
        reached("notifier.before-data")
        try:
            response = await self.http.post(self._messages, data=form)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return NotNow(type(error).__name__)
        except httpx.HTTPError:
            return await self.ask(parcel.route.address, reference_of(parcel.message_id))
        reached("notifier.after-data")

        if response.is_success:
            return Brought(provider_id=_sid_in(response))
        return await self._refused(response, parcel)

    async def ask_about(self, message: Message) -> Answer:
        """Whether the provider took the text of this message."""
        assert message.route is not None
        return await self.ask(message.route.address, reference_of(message.message_id))

    async def ask(self, number: str, reference: str) -> Answer:
        """Brought or certainly not taken; in doubt only when the provider does not answer."""
        for attempt in range(ASKS_MAX):
            try:
                sid = await self._find(number, f"[{reference}]")
            except (httpx.HTTPError, ValueError):
                await asyncio.sleep(ASK_PAUSE_SECONDS * attempt)
                continue
            return Brought(provider_id=sid) if sid else NotNow("the provider knows nothing of it")
        return InDoubt("the provider does not say")

    async def close(self) -> None:
        await self.http.aclose()

    async def _find(self, number: str, mark: str) -> str:
        """The provider's id of the text to that number that bears the mark; "" when there is none."""
        address: str | None = self._messages
        query: dict[str, Any] | None = {"To": number, "PageSize": PAGE_TEXTS}
        for _ in range(PAGES_MAX):
            if not address:
                break
            answer = (await self.http.get(address, params=query)).raise_for_status()
            page = _Page.model_validate_json(answer.content)
            for text in page.messages:
                if text.body.rstrip().endswith(mark):
                    return text.sid
            address, query = page.next_page_uri, None
        return ""

    async def _refused(self, response: httpx.Response, parcel: Parcel) -> Answer:
        detail = f"{response.status_code} {response.text[:300]}"
        if response.status_code in TEMPORARY:
            return NotNow(detail)
        if response.is_client_error:
            return RefusedForGood(detail)
        return await self.ask(parcel.route.address, reference_of(parcel.message_id))

    @property
    def _messages(self) -> str:
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages.json"


def _sid_in(response: httpx.Response) -> str:
    """The provider's id of a text that it has taken; "" when its answer says no more than that."""
    try:
        return _Text.model_validate_json(response.content).sid
    except ValueError:
        return ""
