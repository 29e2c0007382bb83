"""Customers at the portal: they sign in with the link that is mailed to them, and say what they have to say."""

import re
from typing import Final

from play.doors import DoorClosedError, Doors, Item
from play.errands import Answer, Saying
from play.record import present

LINK: Final = re.compile(r"/sign-in/([\w-]{43})\b")
WORDS: Final = "Part of it did not arrive as ordered."


class Portal:
    """The doors for customers."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def say(self, saying: Saying) -> Item:
        """Promise or dispute; the same again is the same."""
        token = await self._signed_in(saying.address)
        said: Item = {"items": saying.items}
        if saying.answer is Answer.PROMISE:
            said |= present(pay_on=saying.pay_on and saying.pay_on.isoformat())
        else:
            said |= {"reason": "damaged", "words": WORDS}
        return await self._post(f"/v1/{saying.answer}s", said, key=saying.key, token=token)

    async def _signed_in(self, address: str) -> str:
        """The token of a new session."""
        asked = await self._post("/v1/sign-ins", {"email": address})
        await self._doors.settle()
        mails = await self._doors.mails(to=address)
        links = [found[1] for mail in mails if (found := LINK.search(mail["text"]))]
        if not links:
            raise DoorClosedError(f"no link to sign in was mailed to {address}")
        given = {"token": links[-1], "code": asked["code"]}
        session = await self._post("/v1/sessions", given)
        return str(session["session_token"])

    async def _post(self, path: str, body: Item, *, key: str = "", token: str = "-") -> Item:
        return await self._doors.post(
            f"{self._doors.at.portal_api}{path}", body, key=key, token=token
        )
