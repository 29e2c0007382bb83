"""Scanners: clamd's protocol against a server of our own and, where it is installed, against clamd itself."""

import asyncio
import os
import shutil
import socket
import struct
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from disputes.domain.paper import PAPER_BYTES_MAX, Scan
from disputes.gateways.clamd import Clamd
from disputes.gateways.scanner import NoScanner, Scanner, ScannerAway, Verdict
from disputes.gateways.stand_in_scanner import EICAR, StandInScanner

UP_SECONDS_MAX = 60
EICAR_SIGNATURE = "Test.EICAR:0:*:{}\n"
Answering = Callable[[bytes], bytes]
ClamdThat = Callable[[Answering], Awaitable[Clamd]]

needs_clamd = pytest.mark.skipif(not shutil.which("clamd"), reason="make tools installs clamd")


@pytest.fixture
async def clamd_that() -> AsyncIterator[ClamdThat]:
    """A server that reads a stream as clamd does and says what it is told to say of it; "" hangs up."""
    async with AsyncExitStack() as stack:

        async def made(answer: Answering) -> Clamd:
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                assert await reader.readexactly(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack(">I", await reader.readexactly(4))[0]:
                    content += await reader.readexactly(length)
                writer.write(answer(content))
                await writer.drain()
                writer.close()

            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            stack.push_async_callback(server.wait_closed)
            stack.callback(server.close)
            return Clamd("127.0.0.1", server.sockets[0].getsockname()[1], timeout_s=5)

        yield made


@pytest.fixture(scope="module")
def real_clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """With a single signature, that of the EICAR test file, on a socket of its own."""
    folder = tmp_path_factory.mktemp("clamd", numbered=True)
    (folder / "signatures").mkdir()
    pattern = EICAR.hex()
    (folder / "signatures" / "test.ndb").write_text(EICAR_SIGNATURE.format(pattern))
    sockets = Path(
        tempfile.mkdtemp(prefix="clamd")
    )  # short: a socket's path may have 107 characters
    path = str(sockets / "socket")
    settings = folder / "clamd.conf"
    settings.write_text(
        f"LocalSocket {path}\nDatabaseDirectory {folder}/signatures\nForeground yes\n"
        f"StreamMaxLength {PAPER_BYTES_MAX}\nMaxThreads 2\nLogFile {folder}/log\n"
    )
    run = ["clamd", "--config-file", str(settings), "--foreground"]
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as server:
        try:
            asyncio.run(until_up(path))
            yield Clamd(path=path, timeout_s=30)
        finally:
            server.terminate()
    shutil.rmtree(sockets)


async def until_up(path: str) -> None:
    async with asyncio.timeout(UP_SECONDS_MAX):
        while not Path(path).exists():
            await asyncio.sleep(0.05)


def said(words: bytes) -> Answering:
    return lambda _: words


class TestClamd:
    async def test_sends_the_whole_paper_and_takes_ok_for_clean(
        self, clamd_that: ClamdThat
    ) -> None:
        for size in (1, 65_536, 65_537, 1_000_000):
            content = os.urandom(size)
            clamd = await clamd_that(
                lambda heard, sent=content: (
                    b"stream: OK\0" if heard == sent else b"stream: Lost FOUND\0"
                )
            )
            assert await clamd.scan(content) == Verdict(Scan.CLEAN)

    async def test_names_what_it_found(self, clamd_that: ClamdThat) -> None:
        clamd = await clamd_that(said(b"stream: Win.Test.EICAR_HDB-1 FOUND\0"))
        assert await clamd.scan(b"x") == Verdict(Scan.INFECTED, "Win.Test.EICAR_HDB-1")

    async def test_what_it_could_not_look_into_is_unscannable(self, clamd_that: ClamdThat) -> None:
        for words in (
            b"INSTREAM size limit exceeded. ERROR\0",
            b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0",
            b"stream: Heuristics.Encrypted.PDF FOUND\0",
        ):
            clamd = await clamd_that(said(words))
            assert (await clamd.scan(b"x")).scan is Scan.UNSCANNABLE

    async def test_whatever_else_it_says_it_is_away(self, clamd_that: ClamdThat) -> None:
        """Only one answer is clean; none that is cut off, or that merely has the words in it, is."""
        for words in (
            b"", b"stream: OK", b"stream: O", b"\0", b"OK\0", b"stream: OK but\0", b"Can't allocate memory ERROR\0",
            b"UNKNOWN COMMAND\0", b"x" * 100_000 + b"\0",
        ):  # fmt: skip
            clamd = await clamd_that(said(words))
            with pytest.raises(ScannerAway):
                await clamd.scan(b"x")

    async def test_one_that_is_not_there_or_never_answers_is_away(self, tmp_path: Path) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            port = silent.getsockname()[1]
            for clamd in (
                Clamd("127.0.0.1", port, timeout_s=0.2),
                Clamd("127.0.0.1", 1),
                Clamd(path=str(tmp_path / "nobody")),
            ):
                with pytest.raises(ScannerAway):
                    await clamd.scan(b"x")


@needs_clamd
class TestRealClamd:
    async def test_tells_clean_from_infected(self, real_clamd: Clamd, files: Any) -> None:
        for content in (files.pdf, files.png(), files.jpeg, files.csv, files.xlsx(), files.eml):
            assert (await real_clamd.scan(content)).scan is Scan.CLEAN
        found = await real_clamd.scan(files.eicar)
        assert found == Verdict(Scan.INFECTED, "Test.EICAR.UNOFFICIAL")
        packed = await real_clamd.scan(files.xlsx(**{"worksheets/sheet1.xml": files.eicar}))
        assert packed.scan is Scan.INFECTED

    async def test_takes_as_much_as_a_paper_has_and_says_when_it_is_more(
        self, real_clamd: Clamd
    ) -> None:
        whole = await real_clamd.scan(os.urandom(PAPER_BYTES_MAX))
        assert whole.scan is Scan.CLEAN


class TestTheOthers:
    async def test_the_stand_in_knows_the_test_file_and_says_that_it_is_a_stand_in(
        self, files: Any
    ) -> None:
        scanner: Scanner = StandInScanner()
        clean, found = await scanner.scan(files.pdf), await scanner.scan(b"x" + files.eicar)
        assert (clean.scan, found.scan) == (Scan.CLEAN, Scan.INFECTED)
        assert all(one.found.startswith("stand-in: ") for one in (clean, found))

    async def test_none_is_always_away(self) -> None:
        with pytest.raises(ScannerAway):
            await NoScanner().scan(b"x")
