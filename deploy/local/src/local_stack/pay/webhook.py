"""What the fake tells us: signed as Stripe signs, sent until it is taken."""

import asyncio
import json
import secrets
from typing import Any

import httpx

from local_stack.machine_time import machine_now
from local_stack.pay.signature import signature

TIMEOUT_S = 20.0
RETRY_AFTER_S = (0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)
"""Stripe tries for three days; here it goes faster."""

Object = dict[str, Any]


class Events:
    """Every event there was, oldest first, and the calls of the webhook. `url` "" calls nobody."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret
        self._events: dict[str, Object] = {}
        self._http = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
        self._retrying: set[asyncio.Task[None]] = set()

    def all(self) -> list[Object]:
        """Oldest first."""
        return list(self._events.values())

    def one(self, event_id: str) -> Object | None:
        """The event of that id, or None."""
        return self._events.get(event_id)

    async def tell(self, kind: str, about: Object) -> int:
        """Make an event and send it; returns what it was answered, 0 for nothing. What is not taken is sent again."""
        event_id = f"evt_{secrets.token_hex(12)}"
        event = {
            "id": event_id,
            "object": "event",
            "api_version": None,
            "created": int(machine_now().timestamp()),
            "data": {"object": json.loads(json.dumps(about))},
            "livemode": False,
            "type": kind,
        }
        self._events[event_id] = event

        status = await self.send(event)
        if self._url and not _is_taken(status):
            task = asyncio.create_task(self._retry(event))
            self._retrying.add(task)
            task.add_done_callback(self._retrying.discard)
        return status

    async def send(self, event: Object) -> int:
        """Once, signed now."""
        if not self._url:
            return 0
        body = json.dumps(event).encode()
        signed = signature(self._secret, body, at_s=int(machine_now().timestamp()))
        headers = {"Content-Type": "application/json", "Stripe-Signature": signed}
        try:
            answer = await self._http.post(self._url, content=body, headers=headers)
        except httpx.HTTPError:
            return 0
        return answer.status_code

    async def close(self) -> None:
        """Tell nobody any more."""
        for task in self._retrying:
            task.cancel()
        await self._http.aclose()

    async def _retry(self, event: Object) -> None:
        for seconds in RETRY_AFTER_S:
            await asyncio.sleep(seconds)
            if _is_taken(await self.send(event)):
                return


def _is_taken(status: int) -> bool:
    return 200 <= status < 300
