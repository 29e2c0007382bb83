"""Papers through the doors: brought, scanned, served; and nothing served that was not scanned."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from typing_extensions import override

from disputes.domain.dispute import Actor
from disputes.domain.paper import PAPER_BYTES_MAX, PAPERS_PER_DISPUTE_MAX, TooManyPapers
from disputes.gateways.folder_store import FolderStore
from disputes.interfaces.filing import Filing, Given
from disputes.interfaces.http.papers import BODY_BYTES_MAX, papers_router
from disputes.interfaces.jobs import SCAN_AGAIN_LAST, scan_again
from disputes.main import build
from shared.db.work import Database
from shared.testing.examples import INVOICE
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in

BRING = """
import asyncio, sys
from uuid import UUID
from disputes.config import Settings
from disputes.domain.dispute import Actor
from disputes.interfaces.filing import Filing, Given
from disputes.main import build, store_of
from shared.base.points import arm
settings = Settings()
arm(settings.crash_at)
service = build(settings)
filing = Filing(service.database, service.clock, store_of(settings))
given = Given(UUID(sys.argv[1]), "list.csv", "text/csv", b"number;pieces\\nR1;3\\n", Actor.STAFF, "ada", False)
asyncio.run(filing.bring(given))
"""


@dataclass
class Cabinet:
    """A dispute, and the folder where the bytes of its papers are."""

    office: Any
    dispute_id: str
    folder: Path

    @property
    def path(self) -> str:
        return f"/v1/disputes/{self.dispute_id}/papers"

    async def bring(
        self, content: bytes, name: str = "list.csv", declared: str = "", **more: Any
    ) -> httpx.Response:
        http: httpx.AsyncClient = self.office.http
        return await http.post(self.path, files={"file": (name, content, declared)}, **more)

    async def brought(self, content: bytes, name: str = "list.csv") -> Any:
        answer = await self.bring(content, name)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def get(self, paper: Any) -> httpx.Response:
        answer: httpx.Response = await self.office.http.get(f"/v1/papers/{paper['paper_id']}")
        return answer

    async def states(self) -> list[str]:
        return [one["scan"] for one in (await self.office.get(self.path))["items"]]

    def objects(self) -> list[str]:
        """What lies in the store."""
        return sorted(one.name for one in self.folder.rglob("*") if one.is_file())

    async def sql(self, statement: str) -> None:
        async with self.office.service.database.work(self.office.service.clock.now()) as work:
            await work.connection.execute(statement)

    async def wait_is_over(self) -> None:
        """As if the machine had waited until the next try at the scanner."""
        await self.sql("UPDATE papers SET try_after = '-infinity'")

    async def hours_pass(self) -> None:
        """As if the machine had been up that long."""
        await self.sql(
            "UPDATE loose_objects SET begun_at = begun_at - interval '2 hours', "
            "given_up_at = given_up_at - interval '2 hours'"
        )


@pytest.fixture
async def cabinet(office: Any, tmp_path: Path) -> Cabinet:
    dispute = await office.open()
    return Cabinet(office, dispute["dispute_id"], tmp_path / "papers")


async def scanner_with(cabinet: Cabinet, scanner: str) -> Any:
    """The job of a process whose settings name another scanner, on the same database."""
    settings = cabinet.office.service.settings.model_copy(update={"disputes_scanner": scanner})
    other = build(settings)
    await other.database.close()
    (job,) = (one for one in other.jobs if one.name == "scan")
    return replace(job.run.__self__, database=cabinet.office.service.database)


class TestBringing:
    async def test_a_paper_waits_is_scanned_and_then_served(
        self, cabinet: Cabinet, files: Any
    ) -> None:
        paper = await cabinet.brought(files.pdf, "Lieferschein Größe.pdf")
        assert paper == paper | {
            "kind": "pdf", "media_type": "application/pdf", "name": "Lieferschein Größe.pdf",
            "size_bytes": len(files.pdf), "sha256": hashlib.sha256(files.pdf).hexdigest(),
            "added_by": "staff", "who": "ada", "scan": "waiting", "scanned_at": None,
        }  # fmt: skip
        early = await cabinet.get(paper)
        assert (early.status_code, early.json()["code"]) == (409, "paper-not-scanned")
        assert files.pdf not in early.content

        await cabinet.office.work("scan")
        served = await cabinet.get(paper)
        assert (served.status_code, served.content) == (200, files.pdf)
        assert {
            name: served.headers[name]
            for name in (
                "content-type", "content-disposition", "x-content-type-options", "content-security-policy",
                "cache-control", "cross-origin-resource-policy",
            )
        } == {
            "content-type": "application/pdf",
            "content-disposition": "attachment; filename=\"Lieferschein Gr__e.pdf\"; "
            "filename*=UTF-8''Lieferschein%20Gr%C3%B6%C3%9Fe.pdf",
            "x-content-type-options": "nosniff",
            "content-security-policy": "sandbox; default-src 'none'",
            "cache-control": "private, no-store",
            "cross-origin-resource-policy": "same-origin",
        }  # fmt: skip

    async def test_every_kind_comes_back_as_what_it_is(self, cabinet: Cabinet, files: Any) -> None:
        for content, name, media_type in (
            (files.png(), "a.png", "image/png"),
            (files.jpeg, "a.jpg", "image/jpeg"),
            (files.csv, "a.csv", "text/csv"),
            (files.eml, "a.eml", "message/rfc822"),
            (files.xlsx(), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ):  # fmt: skip
            paper = await cabinet.brought(content, name)
            await cabinet.office.work("scan")
            served = await cabinet.get(paper)
            assert (served.content, served.headers["content-type"]) == (content, media_type)

    async def test_the_same_bytes_twice_are_one_paper(self, cabinet: Cabinet, files: Any) -> None:
        first = await cabinet.brought(files.csv, "list.csv")
        again = await cabinet.brought(files.csv, "the same list.csv")
        assert again == first
        assert len(cabinet.objects()) == 1

        other = await cabinet.office.open("50.00")
        elsewhere = await Cabinet(cabinet.office, other["dispute_id"], cabinet.folder).brought(
            files.csv
        )
        assert elsewhere["paper_id"] != first["paper_id"]

    async def test_at_the_same_time_they_are_one_paper_too(
        self, cabinet: Cabinet, files: Any
    ) -> None:
        papers = await asyncio.gather(*(cabinet.brought(files.csv) for _ in range(5)))
        assert len({one["paper_id"] for one in papers}) == 1
        assert await cabinet.states() == ["waiting"]

        await cabinet.hours_pass()
        await cabinet.office.work("loose-objects")
        assert len(cabinet.objects()) == 1
        await cabinet.office.work("scan")
        assert (await cabinet.get(papers[0])).content == files.csv

    async def test_a_request_sent_again_gets_the_same_answer(
        self, cabinet: Cabinet, files: Any
    ) -> None:
        http: httpx.AsyncClient = cabinet.office.http

        def request(content: bytes) -> httpx.Request:
            kept = {
                "Idempotency-Key": "k1",
                "Content-Type": "multipart/form-data; boundary=b",
            }
            form = {"file": ("list.csv", content)}
            return http.build_request("POST", cabinet.path, files=form, headers=kept)

        first, again = await http.send(request(files.csv)), await http.send(request(files.csv))
        assert (first.status_code, again.headers["idempotency-replayed"]) == (201, "true")
        assert (again.json(), len(cabinet.objects())) == (first.json(), 1)
        other = await http.send(request(b"other;1\n"))
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
        assert await cabinet.states() == ["waiting"]

    async def test_is_among_us_until_it_is_meant_for_the_customer(self, cabinet: Cabinet) -> None:
        ours = await cabinet.brought(b"a;b\n")
        theirs = (await cabinet.bring(b"c;d\n", data={"contact_id": "7"})).json()
        shared = (await cabinet.bring(b"e;f\n", data={"to": "customer"})).json()

        assert ours["shared_at"] is None
        assert theirs["shared_at"] == theirs["added_at"]
        assert shared["shared_at"] == shared["added_at"]
        again = (await cabinet.bring(b"a;b\n", data={"to": "customer"})).json()
        back = (await cabinet.bring(b"a;b\n", data={"to": "us"})).json()
        assert again["paper_id"] == back["paper_id"] == ours["paper_id"]
        assert again["shared_at"] == back["shared_at"] is not None
        listed = (await cabinet.office.get(cabinet.path))["items"]
        assert [one["shared_at"] is not None for one in listed] == [True] * 3
        refused = await cabinet.bring(b"a;b\n", data={"to": "everybody"})
        assert (refused.status_code, refused.json()["code"]) == (422, "request-invalid")

    async def test_a_contact_brings_it_by_somebody_of_ours(
        self, cabinet: Cabinet, files: Any
    ) -> None:
        answer = await cabinet.bring(files.csv, data={"contact_id": "carla"})
        assert (answer.json()["added_by"], answer.json()["who"]) == ("customer", "carla")

    async def test_nothing_is_stored_or_read_inside_a_transaction(
        self, cabinet: Cabinet, files: Any
    ) -> None:
        service = cabinet.office.service
        store = Watchful(cabinet.folder, service.database)
        routers = (papers_router(Filing(service.database, service.clock, store)),)
        app = create_app(replace(service, routers=routers))
        app.dependency_overrides[signed_in] = lambda: Staff("ada", frozenset({"operator"}))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://disputes"
        ) as http:
            inside = Cabinet(replace(cabinet.office, http=http), cabinet.dispute_id, cabinet.folder)
            paper = await inside.brought(files.csv)
            await inside.office.work("scan")
            assert (await inside.get(paper)).content == files.csv
        assert store.connections == {"put": 0, "get": 0}


class Watchful(FolderStore):
    """A folder that notes how many connections to the database were in use."""

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder)
        self._database = database
        self.connections: dict[str, int] = {}

    def _look(self, what: str) -> None:
        pool: Any = self._database.engine.pool
        self.connections[what] = pool.checkedout()

    @override
    async def put(self, object_id: UUID, content: bytes) -> None:
        self._look("put")
        await super().put(object_id, content)

    @override
    async def get(self, object_id: UUID) -> bytes:
        self._look("get")
        return await super().get(object_id)


class TestUploadSet:
    async def test_every_trick_is_refused_by_name_and_nothing_is_kept(
        self, cabinet: Cabinet, files: Any
    ) -> None:
        for name, content, declared, status, code in (
            ("photo.png", files.pdf, "", 422, "paper-content-mismatch"),
            ("bill.pdf", files.html, "", 422, "paper-content-mismatch"),
            ("bill.pdf", files.pdf, "text/html", 422, "paper-type-contradicted"),
            ("page.html", files.html, "text/html", 422, "paper-kind-unknown"),
            ("../../etc/passwd", files.pdf, "", 422, "paper-name-invalid"),
            ("..\\a.pdf", files.pdf, "", 422, "paper-name-invalid"),
            ("a.pdf%0D%0ASet-Cookie", files.pdf, "", 422, "paper-name-invalid"),
            ("CON.pdf", files.pdf, "", 422, "paper-name-invalid"),
            ("fdp.\u202epdf", files.pdf, "", 422, "paper-name-invalid"),
            ("a" * 300 + ".pdf", files.pdf, "", 422, "paper-name-invalid"),
            ("huge.png", files.png(60_000, 60_000), "", 413, "paper-image-too-large"),
            ("bomb.xlsx", files.xlsx(**{"s.xml": b"0" * 20_000_000}), "", 413, "paper-expands-too-far"),
            ("nested.xlsx", files.xlsx(**{"s.bin": files.xlsx()}), "", 413, "paper-expands-too-far"),
            ("deep.eml", files.mail_in_mail(50), "", 413, "paper-expands-too-far"),
            ("locked.pdf", files.pdf + b"/Encrypt 1 0 R startxref %%EOF", "", 422, "paper-encrypted"),
            ("empty.csv", b"", "", 422, "paper-empty"),
            ("much.csv", b"x\n" * (PAPER_BYTES_MAX // 2 + 1), "", 413, "paper-too-large"),
        ):  # fmt: skip
            refused = await cabinet.bring(content, name, declared)
            assert (refused.status_code, refused.json()["code"]) == (status, code), name
        assert (await cabinet.states(), cabinet.objects()) == ([], [])

    async def test_a_body_beyond_any_paper_is_not_read(self, cabinet: Cabinet) -> None:
        refused = await cabinet.bring(bytes(BODY_BYTES_MAX))
        assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")

    async def test_what_is_no_form_with_a_file_is_invalid(self, cabinet: Cabinet) -> None:
        http = cabinet.office.http
        for form in (
            {"content": b"{}"},
            {"data": {"file": "text"}},
            {"files": {"paper": ("a.csv", b"a;b\n")}},
            {"files": {"file": ("a.csv", b"a;b\n")}, "data": {"contact_id": "c" * 81}},
        ):
            refused = await http.post(cabinet.path, **form)
            assert (refused.status_code, refused.json()["code"]) == (422, "request-invalid")
        broken = {"content-type": "multipart/form-data"}
        refused = await http.post(cabinet.path, content=b"--x", headers=broken)
        assert refused.status_code == 400

    async def test_there_is_a_most(self, cabinet: Cabinet) -> None:
        for number in range(PAPERS_PER_DISPUTE_MAX):
            await cabinet.brought(b"number;%d\n" % number)
        refused = await cabinet.bring(b"one;more\n")
        assert (refused.status_code, refused.json()["code"]) == (409, "too-many-papers")
        assert (await cabinet.bring(b"number;0\n")).status_code == 201
        assert len(cabinet.objects()) == PAPERS_PER_DISPUTE_MAX

    async def test_a_race_for_the_last_place_has_one_winner(
        self, cabinet: Cabinet, files: Any
    ) -> None:
        """The second waits until the first has committed, and then there is no place."""
        for number in range(PAPERS_PER_DISPUTE_MAX - 1):
            await cabinet.brought(b"number;%d\n" % number)
        service = cabinet.office.service
        filing = Filing(service.database, service.clock, FolderStore(cabinet.folder))
        given = [
            Given(UUID(cabinet.dispute_id), "a.csv", "", content, Actor.STAFF, "ada", False)
            for content in (b"first;1\n", b"second;2\n")
        ]
        first, second = [await filing.bring(one) for one in given]

        async def file_second() -> None:
            async with service.database.work(service.clock.now()) as work:
                await filing.file(work, second)

        async with service.database.work(service.clock.now()) as work:
            await filing.file(work, first)
            racer = asyncio.ensure_future(file_second())
            await asyncio.wait([racer], timeout=0.3)
            assert not racer.done()
        with pytest.raises(TooManyPapers):
            await racer
        assert len(await cabinet.states()) == PAPERS_PER_DISPUTE_MAX

    async def test_what_is_not_there_is_unknown(self, cabinet: Cabinet, files: Any) -> None:
        nowhere = Cabinet(cabinet.office, str(INVOICE), cabinet.folder)
        refused = await nowhere.bring(files.csv)
        assert (refused.status_code, refused.json()["code"]) == (404, "dispute-unknown")
        for path, code in (
            (nowhere.path, "dispute-unknown"),
            (f"/v1/papers/{INVOICE}", "paper-unknown"),
        ):
            refused = await cabinet.office.http.get(path)
            assert (refused.status_code, refused.json()["code"]) == (404, code)
        assert cabinet.objects() == []

    async def test_a_merged_dispute_takes_no_more(self, cabinet: Cabinet, files: Any) -> None:
        other = await cabinet.office.open("50.00")
        merges = f"/v1/disputes/{cabinet.dispute_id}/merges"
        await cabinet.office.post(merges, into=other["dispute_id"])
        refused = await cabinet.bring(files.csv)
        assert (refused.status_code, refused.json()["code"]) == (409, "dispute-in-other-state")


class TestScanning:
    async def test_while_the_scanner_is_away_nothing_is_served(
        self, cabinet: Cabinet, files: Any
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

    async def test_between_two_tries_there_is_time(self, cabinet: Cabinet, files: Any) -> None:
        await cabinet.brought(files.csv)
        down = await scanner_with(cabinet, "")
        await down.run()
        await cabinet.office.work("scan")
        assert await cabinet.states() == ["waiting"]
        waits = [scan_again(tries) for tries in range(1, 1_000)]
        assert waits == sorted(waits)
        assert waits[-1] == SCAN_AGAIN_LAST

    async def test_two_scans_at_once_take_each_paper_once(self, cabinet: Cabinet) -> None:
        for number in range(8):
            await cabinet.brought(b"number;%d\n" % number)
        await asyncio.gather(*(cabinet.office.work("scan") for _ in range(3)))
        assert await cabinet.states() == ["clean"] * 8
        async with cabinet.office.service.database.look() as connection:
            assert await connection.fetchval("SELECT max(tries) FROM papers") == 1

    async def test_what_is_infected_is_never_served_and_its_bytes_go(
        self, cabinet: Cabinet, files: Any
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

    async def test_what_cannot_be_scanned_is_not_served(self, cabinet: Cabinet) -> None:
        paper = await cabinet.brought(b"a;b\n")
        async with clamd_that_says(b"INSTREAM size limit exceeded. ERROR\0") as port:
            await (await scanner_with(cabinet, f"clamd://127.0.0.1:{port}")).run()
        refused = await cabinet.get(paper)
        assert (refused.status_code, refused.json()["code"]) == (409, "paper-not-scanned")
        assert await cabinet.states() == ["unscannable"]

    async def test_bytes_that_changed_are_neither_scanned_nor_served(
        self, cabinet: Cabinet
    ) -> None:
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


class TestLooseObjects:
    @pytest.mark.parametrize("point", ["disputes.before-storing", "disputes.after-storing"])
    async def test_killed_before_the_commit_it_leaves_an_object_that_a_job_takes_away(
        self, cabinet: Cabinet, files: Any, point: str
    ) -> None:
        paper = await cabinet.brought(b"stays;1\n")
        kept = cabinet.objects()
        settings = cabinet.office.service.settings
        env = os.environ | {
            "DATABASE_URL": settings.database_url, "KAFKA_BOOTSTRAP_SERVERS": "unused:1",
            "CLOCK_FILE": settings.clock_file, "COMPANY_FILE": str(settings.company_file),
            "DISPUTES_PAPERS_URL": settings.disputes_papers_url, "CRASH_AT": point,
        }  # fmt: skip
        run = [sys.executable, "-c", BRING, cabinet.dispute_id]
        done = await asyncio.to_thread(
            subprocess.run, run, env=env, capture_output=True, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert len(cabinet.objects()) == len(kept) + (point == "disputes.after-storing")
        assert len(await cabinet.states()) == 1

        await cabinet.office.work("loose-objects")
        assert len(cabinet.objects()) == len(kept) + (point == "disputes.after-storing"), (
            "it may be on its way still"
        )
        await cabinet.hours_pass()
        await cabinet.office.work("loose-objects")
        assert cabinet.objects() == kept
        async with cabinet.office.service.database.look() as connection:
            assert await connection.fetchval("SELECT count(*) FROM loose_objects") == 0

        await cabinet.brought(files.csv)
        await cabinet.office.work("scan")
        assert (await cabinet.get(paper)).status_code == 200

    @pytest.mark.parametrize("deleted", [False, True])
    async def test_one_that_was_given_up_never_becomes_a_paper(
        self, cabinet: Cabinet, files: Any, deleted: bool
    ) -> None:
        """A request that slept for hours between storing and committing is told to try again."""
        filing = Sleepy(cabinet, deleted=deleted)
        app = create_app(replace(cabinet.office.service, routers=(papers_router(filing.made()),)))
        app.dependency_overrides[signed_in] = lambda: Staff("ada", frozenset({"operator"}))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://disputes"
        ) as http:
            late = Cabinet(replace(cabinet.office, http=http), cabinet.dispute_id, cabinet.folder)
            refused = await late.bring(files.csv)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert (await cabinet.states(), len(cabinet.objects())) == ([], int(not deleted))
        assert (await cabinet.bring(files.csv)).status_code == 201

    async def test_killed_while_it_deletes_it_deletes_again(self, cabinet: Cabinet) -> None:
        await cabinet.sql(
            "INSERT INTO loose_objects (given_up_at) VALUES (clock_timestamp()), (clock_timestamp())"
        )
        await cabinet.office.work("loose-objects")
        async with cabinet.office.service.database.look() as connection:
            assert await connection.fetchval("SELECT count(*) FROM loose_objects") == 2
        await cabinet.hours_pass()
        await cabinet.office.work("loose-objects")
        async with cabinet.office.service.database.look() as connection:
            assert await connection.fetchval("SELECT count(*) FROM loose_objects") == 0


class Sleepy(FolderStore):
    """A folder that takes two hours to store anything, while the job goes on and has given up or even deleted it."""

    def __init__(self, cabinet: Cabinet, *, deleted: bool) -> None:
        super().__init__(cabinet.folder)
        self._cabinet = cabinet
        self._deleted = deleted

    def made(self) -> Filing:
        service = self._cabinet.office.service
        return Filing(service.database, service.clock, self)

    @override
    async def put(self, object_id: UUID, content: bytes) -> None:
        await super().put(object_id, content)
        await self._cabinet.hours_pass()
        if self._deleted:
            await self._cabinet.office.work("loose-objects")
        else:
            await self._cabinet.sql("UPDATE loose_objects SET given_up_at = clock_timestamp()")


async def object_of(cabinet: Cabinet, paper: Any) -> Path:
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
