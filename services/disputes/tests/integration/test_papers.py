"""Papers through the doors: brought, shared, and served as what they are."""

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from typing_extensions import override

from disputes.gateways.folder_store import FolderStore
from disputes.interfaces.filing import Filing
from disputes.interfaces.http.papers import papers_router
from shared.db.work import Database
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in


class TestBringing:
    async def test_a_paper_waits_is_scanned_and_then_served(self, cabinet: Any, files: Any) -> None:
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

    async def test_every_kind_comes_back_as_what_it_is(self, cabinet: Any, files: Any) -> None:
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

    async def test_the_same_bytes_twice_are_one_paper(self, cabinet: Any, files: Any) -> None:
        first = await cabinet.brought(files.csv, "list.csv")
        again = await cabinet.brought(files.csv, "the same list.csv")
        assert again == first
        assert len(cabinet.objects()) == 1

        other = await cabinet.office.open("50.00")
        elsewhere = await cabinet.beside(dispute_id=other["dispute_id"]).brought(files.csv)
        assert elsewhere["paper_id"] != first["paper_id"]

    async def test_at_the_same_time_they_are_one_paper_too(self, cabinet: Any, files: Any) -> None:
        papers = await asyncio.gather(*(cabinet.brought(files.csv) for _ in range(5)))
        assert len({one["paper_id"] for one in papers}) == 1
        assert await cabinet.states() == ["waiting"]

        await cabinet.hours_pass()
        await cabinet.office.work("loose-objects")
        assert len(cabinet.objects()) == 1
        await cabinet.office.work("scan")
        assert (await cabinet.get(papers[0])).content == files.csv

    async def test_a_request_sent_again_gets_the_same_answer(
        self, cabinet: Any, files: Any
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

    async def test_is_among_us_until_it_is_meant_for_the_customer(self, cabinet: Any) -> None:
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

    async def test_a_contact_brings_it_by_somebody_of_ours(self, cabinet: Any, files: Any) -> None:
        answer = await cabinet.bring(files.csv, data={"contact_id": "carla"})
        assert (answer.json()["added_by"], answer.json()["who"]) == ("customer", "carla")

    async def test_nothing_is_stored_or_read_inside_a_transaction(
        self, cabinet: Any, files: Any
    ) -> None:
        service = cabinet.office.service
        store = Watchful(cabinet.folder, service.database)
        routers = (
            papers_router(Filing(service.database, service.clock, store), cabinet.office.disputing),
        )
        app = create_app(replace(service, routers=routers))
        app.dependency_overrides[signed_in] = lambda: Staff("ada", frozenset({"operator"}))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://disputes"
        ) as http:
            inside = cabinet.beside(http=http)
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
