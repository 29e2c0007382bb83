"""What is brought as a paper and is none, or is a trick: each refused by name."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from disputes.domain.move import Actor
from disputes.domain.paper import PAPER_BYTES_MAX, PAPERS_PER_DISPUTE_MAX, TooManyPapers
from disputes.gateways.folder_store import FolderStore
from disputes.interfaces.filing import Filing, Given
from disputes.interfaces.http.papers import BODY_BYTES_MAX
from shared.testing.examples import INVOICE


class TestUploadSet:
    async def test_every_trick_is_refused_by_name_and_nothing_is_kept(
        self, cabinet: Any, files: Any
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

    async def test_a_body_beyond_any_paper_is_not_read(self, cabinet: Any) -> None:
        refused = await cabinet.bring(bytes(BODY_BYTES_MAX))
        assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")

    async def test_what_is_no_form_with_a_file_is_invalid(self, cabinet: Any) -> None:
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

    async def test_there_is_a_most(self, cabinet: Any) -> None:
        for number in range(PAPERS_PER_DISPUTE_MAX):
            await cabinet.brought(b"number;%d\n" % number)
        refused = await cabinet.bring(b"one;more\n")
        assert (refused.status_code, refused.json()["code"]) == (409, "too-many-papers")
        assert (await cabinet.bring(b"number;0\n")).status_code == 201
        assert len(cabinet.objects()) == PAPERS_PER_DISPUTE_MAX

    async def test_a_race_for_the_last_place_has_one_winner(self, cabinet: Any, files: Any) -> None:
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

    async def test_what_is_not_there_is_unknown(self, cabinet: Any, files: Any) -> None:
        nowhere = cabinet.beside(dispute_id=str(INVOICE))
        refused = await nowhere.bring(files.csv)
        assert (refused.status_code, refused.json()["code"]) == (404, "dispute-unknown")
        for path, code in (
            (nowhere.path, "dispute-unknown"),
            (f"/v1/papers/{INVOICE}", "paper-unknown"),
        ):
            refused = await cabinet.office.http.get(path)
            assert (refused.status_code, refused.json()["code"]) == (404, code)
        assert cabinet.objects() == []

    async def test_a_merged_dispute_takes_no_more(self, cabinet: Any, files: Any) -> None:
        other = await cabinet.office.open("50.00")
        merges = f"/v1/disputes/{cabinet.dispute_id}/merges"
        await cabinet.office.post(merges, into=other["dispute_id"])
        refused = await cabinet.bring(files.csv)
        assert (refused.status_code, refused.json()["code"]) == (409, "dispute-in-other-state")
