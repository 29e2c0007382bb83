"""ClamAV's daemon, asked over its own protocol (INSTREAM): https://docs.clamav.net/manual/Usage/Scanning.html"""

import asyncio
import re
import struct
from contextlib import suppress
from dataclasses import dataclass

from typing_extensions import override

from disputes.domain.paper import Scan
from disputes.gateways.scanner import Scanner, ScannerAway, Verdict

CHUNK_BYTES = 65_536
ANSWER_BYTES_MAX = 4096
FOUND_CHARACTERS_MAX = 200
SCAN_SECONDS_MAX = 60.0
"""From connecting to the answer."""

_FOUND = re.compile(r"stream: (.+) FOUND")
_GAVE_UP = ("Heuristics.Limits.", "Heuristics.Encrypted.")
"""What it "finds" where it could not look; only when so configured."""
_TOO_LARGE = "size limit exceeded"


@dataclass(frozen=True, slots=True)
class Clamd(Scanner):
    """By TCP, or when there is a `path` by its socket. Its StreamMaxLength must be no less than a paper's size."""

    host: str = ""
    port: int = 0
    path: str = ""
    timeout_s: float = SCAN_SECONDS_MAX

    @override
    async def scan(self, content: bytes) -> Verdict:
        try:
            async with asyncio.timeout(self.timeout_s):
                answer = await self._ask(content)
        except (OSError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise ScannerAway(f"clamd does not answer: {error!r}") from error

        if answer == "stream: OK":
            return Verdict(Scan.CLEAN)
        if found := _FOUND.fullmatch(answer):
            name = found[1][:FOUND_CHARACTERS_MAX]
            unseen = name.startswith(_GAVE_UP)
            return Verdict(Scan.UNSCANNABLE if unseen else Scan.INFECTED, name)
        if _TOO_LARGE in answer:
            return Verdict(Scan.UNSCANNABLE, "larger than clamd takes (StreamMaxLength)")
        raise ScannerAway(f"clamd answers {answer[:FOUND_CHARACTERS_MAX]!r}")

    async def _ask(self, content: bytes) -> str:
        reader, writer = await self._connect()
        try:
            with suppress(
                ConnectionError
            ):  # it hangs up on what is too large, and has said so before
                writer.write(b"zINSTREAM\0")
                for begin in range(0, len(content), CHUNK_BYTES):
                    chunk = content[begin : begin + CHUNK_BYTES]
                    writer.write(struct.pack(">I", len(chunk)) + chunk)
                    await writer.drain()
                writer.write(struct.pack(">I", 0))
                await writer.drain()
            answer = await reader.readuntil(b"\0")
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("it hung up without an answer") from error
        finally:
            writer.close()
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.path:
            return await asyncio.open_unix_connection(self.path, limit=ANSWER_BYTES_MAX)
        return await asyncio.open_connection(self.host, self.port, limit=ANSWER_BYTES_MAX)
