"""A mail server that takes everything and counts: as little work as SMTP allows, so that it holds nobody up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from typing_extensions import override

from local_stack.addresses import LOOPBACK

_ANSWERS = {
    b"EHLO": b"250-sink\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
_END = b"\r\n.\r\n"


@dataclass
class Sink:
    """How many mails came, and the content of the last."""

    port: int = 0
    mails: int = 0
    last: bytes = b""


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._given, self._in_data = sink, bytearray(), False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    @override
    def data_received(self, data: bytes) -> None:
        self._given += data
        while (end := self._given.find(_END if self._in_data else b"\r\n")) >= 0:
            said = bytes(self._given[:end])
            del self._given[: end + (len(_END) if self._in_data else 2)]
            self._transport.write(self._content(said) if self._in_data else self._command(said))

    def _command(self, said: bytes) -> bytes:
        verb = said[:4].upper()
        self._in_data = verb == b"DATA"
        return _ANSWERS.get(verb, b"250 ok\r\n")

    def _content(self, said: bytes) -> bytes:
        self._in_data, self._sink.last = False, said
        self._sink.mails += 1
        return b"250 taken\r\n"


@asynccontextmanager
async def listening() -> AsyncIterator[Sink]:
    """A sink for the length of the block."""
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: _Line(sink), LOOPBACK, 0)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink
