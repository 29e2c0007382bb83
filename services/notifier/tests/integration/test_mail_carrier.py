"""Handing mails over to servers that say no, at every point where they can."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from notifier.domain.contact import Channel, Route
from notifier.domain.handover import Answer, Brought, InDoubt, NotNow, Parcel, RefusedForGood
from notifier.gateways.mail_carrier import MailCarrier, MailServer

PARCEL = Parcel(
    UUID(int=7), Route(Channel.EMAIL, "anna@blue.example", "Anna"), b"Subject: x\r\n\r\n.dot\r\n", "ar@acme.example"
)  # fmt: skip
SOUND = {
    "": "220 here",
    "EHLO": "250 hello",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
}


class Talk:
    """A server that answers by a table, and hangs up where it has no answer. `heard` are its lines."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = answers
        self.heard: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        in_data = False
        line = ""
        while True:
            if not in_data or line == ".":
                answer = self._answers.get(line[:4])
                if answer is None:
                    break
                writer.write(f"{answer}\r\n".encode())
                in_data = answer.startswith("354")
            line = (await reader.readline()).decode().rstrip("\r\n")
            self.heard.append(line)
        writer.close()


@asynccontextmanager
async def carrier_to(talk: Talk) -> AsyncIterator[MailCarrier]:
    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        carrier = MailCarrier(MailServer("127.0.0.1", port, timeout_s=5), lines_max=1)
        yield carrier
        await carrier.close()


async def brought(talk: Talk) -> Answer:
    async with carrier_to(talk) as carrier:
        return await carrier.bring(PARCEL, may_start=lambda: True)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({}, Brought),
        ({".": "251 taken, and forwarded"}, Brought),
        ({"": "554 not today"}, NotNow),
        ({"": "421 too many of you"}, NotNow),
        ({"EHLO": "550 who are you?"}, NotNow),
        ({"MAIL": "550 not from you"}, NotNow),
        ({"RCPT": "550 nobody here"}, RefusedForGood),
        ({"RCPT": "451 greylisted"}, NotNow),
        ({"DATA": "554 no"}, RefusedForGood),
        ({".": "554 spam"}, RefusedForGood),
        ({".": "452 disk full"}, NotNow),
    ],
)
async def test_an_answer_concerns_the_address_only_after_it_was_named(
    said: dict[str, str], answer: type[Answer]
) -> None:
    assert isinstance(await brought(Talk(SOUND | said)), answer)


@pytest.mark.parametrize(
    ("hangs_up_at", "answer"),
    [("EHLO", NotNow), ("RCPT", NotNow), ("DATA", NotNow), (".", InDoubt)],
)
async def test_only_what_was_under_way_is_in_doubt(hangs_up_at: str, answer: type[Answer]) -> None:
    answers = {said: word for said, word in SOUND.items() if said != hangs_up_at}

    assert isinstance(await brought(Talk(answers)), answer)


async def test_a_dot_at_the_beginning_of_a_line_is_doubled() -> None:
    talk = Talk(SOUND)

    await brought(talk)

    assert "..dot" in talk.heard
