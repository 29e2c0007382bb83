"""Nothing is served that was not scanned, for as long as the scanner is away."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from disputes.interfaces.jobs import SCAN_AGAIN_LAST, scan_again
from disputes.main import build


async def scanner_with(cabinet: Any, scanner: str) -> Any:
    """The job of a process whose settings name another scanner, on the same database."""
    settings = cabinet.office.service.settings.model_copy(update={"disputes_scanner": scanner})
    other = build(settings)
    await other.database.close()
    (job,) = (one for one in other.jobs if one.name == "scan")
    return replace(job.run.__self__, database=cabinet.office.service.database)


class TestScanning:
    async def test_while_the_scanner_is_away_nothing_is_served(
        self, cabinet: Any, files: Any
    ) -> None:
        """Down, with every try in vain; then it is up again, and what waited is served."""
        papers = [await cabinet.brought(b"number;%d\n" % n) for n in range(6)]
        down = await scanner_with(cabinet, "clamd://127.0.0.1:1")
        for _ in range(4):
            while await down.run():
                pass
            await cabinet.wait_is_over()
        assert await cabinet.states() == ["waiting"] * 6
        for paper in papers:
            refused = await cabinet.get(paper)
            assert (refused.status_code, refused.json()["code"]) == (409, "paper-not-scanned")

        async with clamd_that_says(b"stream: OK\0") as port:
            up = await scanner_with(cabinet, f"clamd://127.0.0.1:{port}")
            while await up.run():
                pass
        assert await cabinet.states() == ["clean"] * 6
        assert [(await cabinet.get(one)).status_code for one in papers] == [200] * 6

    async def test_between_two_tries_there_is_time(self, cabinet: Any, files: Any) -> None:
        await cabinet.brought(files.csv)
        down = await scanner_with(cabinet, "")
        await down.run()
        await cabinet.office.work("scan")
        assert await cabinet.states() == ["waiting"]
        waits = [scan_again(tries) for tries in range(1, 1_000)]
        assert waits == sorted(waits)
        assert waits[-1] == SCAN_AGAIN_LAST

    async def test_two_scans_at_once_take_each_paper_once(self, cabinet: Any) -> None:
        for number in range(8):
            await cabinet.brought(b"number;%d\n" % number)
        await asyncio.gather(*(cabinet.office.work("scan") for _ in range(3)))
        assert await cabinet.states() == ["clean"] * 8
        async with cabinet.office.service.database.look() as connection:
            assert await connection.fetchval("SELECT max(tries) FROM papers") == 1

    async def test_what_is_infected_is_never_served_and_its_bytes_go(
        self, cabinet: Any, files: Any
    ) -> None:
        paper = await cabinet.brought(b"note;" + files.eicar + b"\n")
        await cabinet.office.work("scan")
        refused = await cabinet.get(paper)
        assert (refused.status_code, refused.json()["code"]) == (409, "paper-infected")
        (shown,) = (await cabinet.office.get(cabinet.path))["items"]
        assert (shown["scan"], shown["found"]) == ("infected", "stand-in: EICAR test file")

        await cabinet.office.work("loose-objects")
        assert cabinet.objects() == []
        again = await cabinet.brought(b"note;" + files.eicar + b"\n")
        assert (again["paper_id"], again["scan"]) == (paper["paper_id"], "infected")

    async def test_what_cannot_be_scanned_is_not_served(self, cabinet: Any) -> None:
        paper = await cabinet.brought(b"a;b\n")
        async with clamd_that_says(b"INSTREAM size limit exceeded. ERROR\0") as port:
            await (await scanner_with(cabinet, f"clamd://127.0.0.1:{port}")).run()
        refused = await cabinet.get(paper)
        assert (refused.status_code, refused.json()["code"]) == (409, "paper-not-scanned")
        assert await cabinet.states() == ["unscannable"]

    async def test_bytes_that_changed_are_neither_scanned_nor_served(self, cabinet: Any) -> None:
        """What was scanned is what is served, whoever has been at the store meanwhile."""
        before, after, gone = [await cabinet.brought(b"number;%d\n" % n) for n in range(3)]
        paths = {await object_of(cabinet, one): one for one in (before, after, gone)}
        first, second, third = paths
        first.write_bytes(b"another\n")
        await cabinet.office.work("scan")
        assert (await cabinet.get(before)).json()["code"] == "paper-not-scanned"

        second.write_bytes(b"another\n")
        third.unlink()
        for paper in (after, gone):
            lost = await cabinet.get(paper)
            assert (lost.status_code, lost.json()["code"]) == (410, "paper-lost")


async def object_of(cabinet: Any, paper: Any) -> Path:
    async with cabinet.office.service.database.look() as connection:
        object_id = await connection.fetchval(
            "SELECT object_id FROM papers WHERE paper_id = $1", paper["paper_id"]
        )
    (path,) = cabinet.folder.rglob(object_id.hex)
    return path


class clamd_that_says:  # noqa: N801 - reads as a sentence
    """A server that reads a stream as clamd does, and always says the same."""

    def __init__(self, words: bytes) -> None:
        self._words = words

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0\0\0\0")
        writer.write(self._words)
        await writer.drain()
        writer.close()
