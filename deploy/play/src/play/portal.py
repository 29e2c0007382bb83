"""Customers at the portal: they sign in with the link that is mailed to them, and say what they have to say, or pay."""

import re
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from play.doors import DoorClosedError, Doors, Item
from play.errands import Answer, AtPage, Paying, Saying
from play.record import present

LINK: Final = re.compile(r"/sign-in/([\w-]{43})\b")
WORDS: Final = "Part of it did not arrive as ordered."
PARTS: Final = 2
"""Of a plan, monthly."""
DECLINE: Final = "insufficient_funds"


class Page(NamedTuple):
    """The provider's page of a payment: where it is, whose number the money has, and whether a card was declined."""

    payment_id: str
    number: str = ""
    was_declined: bool = False


class Shown(NamedTuple):
    """What customers are shown: states of what they answered, and what is open of their invoices, by our ids."""

    answers: dict[tuple[Answer, str], list[str]]
    """(answer, invoice) → its states."""
    open: dict[str, str]

    def note(self, answer: Answer, invoice_id: str, state: str) -> None:
        self.answers.setdefault((answer, invoice_id), []).append(state)


class Portal:
    """The doors for customers."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self.pages: dict[str, Page] = {}
        """By the key under which it was asked for."""

    @property
    def statement(self) -> dict[str, str]:
        """What the provider tells the ERPs: payment → its number of the money."""
        return {key: page.number for key, page in self.pages.items() if page.number}

    async def say(self, saying: Saying) -> Item:
        """Dispute, promise or plan; the same again is the same."""
        token = await self._signed_in(saying.address)
        if saying.answer is Answer.PLAN:
            return await self._plan(saying, token)
        said: Item = {"items": saying.items}
        if saying.answer is Answer.PROMISE:
            said |= present(pay_on=saying.pay_on and saying.pay_on.isoformat())
        else:
            said |= {"reason": "damaged", "words": WORDS}
        return await self._post(f"/v1/{saying.answer}s", said, key=saying.key, token=token)

    async def pay(self, paying: Paying) -> None:
        """Ask for the page, and do there what is to be done; what is paid stays paid."""
        said, why = paying.said, {"reason": "damaged", "words": WORDS}
        token = await self._signed_in(said.address)
        items = [one | (why if paying.left_out else {}) for one in said.items]
        asked = {"items": items, "return_url": f"{self._doors.at.portal_api}/paid"}
        page = await self._post("/v1/payments", asked, key=said.key, token=token)
        held = self.pages.setdefault(said.key, Page(page["payment_id"]))
        session = page["url"].rpartition("/")[2]

        for what in paying.at_page:
            if (await self._at_provider(session))["payment_status"] == "paid":
                break
            await self._at_page(session, what)
            await self._doors.settle()
            state = await self._state(held.payment_id, token)
            held = held._replace(was_declined=held.was_declined or state == "declined")
        money = (await self._at_provider(session))["payment_intent"]
        self.pages[said.key] = held._replace(number=money["id"])

    async def shown(self, sayings: Collection[Saying]) -> Shown:
        """What everybody who answered is shown in the end."""
        found = Shown({}, {})
        addresses = sorted({one.address for one in sayings})
        for address, token in (await self._all_signed_in(addresses)).items():
            for answer in (Answer.PROMISE, Answer.PLAN, Answer.DISPUTE):
                for one in await self._list(f"{answer}s", token):
                    state = str(one.get("outcome") or one["state"])
                    found.note(answer, one["items"][0]["invoice_id"], state)
            for said in sayings:
                if said.answer is Answer.PAYMENT and said.address == address:
                    state = await self._state(self.pages[said.key].payment_id, token)
                    found.note(said.answer, said.our_invoice, state)
            invoices = await self._list("invoices", token)
            found.open.update({one["invoice_id"]: one["open"] for one in invoices})
        return found

    async def _list(self, noun: str, token: str) -> list[Item]:
        return await self._doors.all(f"{self._doors.at.portal_api}/v1/{noun}", token=token)

    async def _plan(self, saying: Saying, token: str) -> Item:
        """A quote, a proposal, and the text that both sides accept; a person of ours, where the rails want it.

        What is proposed is mailed before it is accepted: who reads what may not hang on who is faster.
        """
        key, first_on = saying.key, saying.pay_on and saying.pay_on.isoformat()
        asked = {"items": saying.items, "first_on": first_on, "parts": PARTS}
        quote = await self._post("/v1/plan-quotes", asked, key=f"quote-{key}", token=token)
        wanted = {"quote_id": quote["quote_id"]}
        plan = await self._post("/v1/plans", wanted, key=f"plan-{key}", token=token)
        await self._doors.settle()
        same = {"text_hash": plan["terms"]["text_hash"]}
        path = f"/v1/plans/{plan['plan_id']}/acceptances"
        plan = await self._post(path, same, key=f"accept-{key}", token=token)
        if plan["terms"]["needs_approval"]:
            await self._doors.settle()
            path = f"/v1/plan-approvals/{plan['plan_id']}/acceptances"
            plan = await self._post(path, same, key=f"approve-{key}", token="")
        return plan

    async def _at_page(self, session: str, what: AtPage) -> None:
        below = f"{self._doors.at.provider}/sessions/{session}"
        match what:
            case AtPage.DECLINED:
                await self._doors.post(f"{below}/declines", {"code": DECLINE})
            case AtPage.SLOW:
                await self._doors.post(f"{below}/payments", {"slow": True})
            case AtPage.PAID:
                await self._doors.post(f"{below}/payments", {})

    async def _at_provider(self, session: str) -> Item:
        items = (await self._doors.get(f"{self._doors.at.provider}/sessions"))["items"]
        found: Item = next(one for one in items if one["id"] == session)
        return found

    async def _state(self, payment_id: str, token: str) -> str:
        path = f"{self._doors.at.portal_api}/v1/payments/{payment_id}/state"
        return str((await self._doors.get(path, token=token))["state"])

    async def _signed_in(self, address: str) -> str:
        """The token of a new session."""
        return (await self._all_signed_in([address]))[address]

    async def _all_signed_in(self, addresses: Iterable[str]) -> dict[str, str]:
        """Tokens of new sessions, by address."""
        asked = {
            address: await self._post("/v1/sign-ins", {"email": address}) for address in addresses
        }
        await self._doors.settle()
        return {address: await self._opened(address, one["code"]) for address, one in asked.items()}

    async def _opened(self, address: str, code: str) -> str:
        mails = await self._doors.mails(to=address)
        links = [found[1] for mail in mails if (found := LINK.search(mail["text"]))]
        if not links:
            raise DoorClosedError(f"no link to sign in was mailed to {address}")
        session = await self._post("/v1/sessions", {"token": links[-1], "code": code})
        return str(session["session_token"])

    async def _post(self, path: str, body: Item, *, key: str = "", token: str = "-") -> Item:
        return await self._doors.post(
            f"{self._doors.at.portal_api}{path}", body, key=key, token=token
        )
