"""Customers bring papers at the portal, and take those that are theirs."""

from typing import Any
from uuid import uuid4

import pytest

Customer = Any


class TestDownload:
    async def test_is_theirs_once_it_is_scanned_and_nothing_runs_it(
        self, customer: Customer
    ) -> None:
        dispute = await customer.open()
        paper = await customer.bring(dispute, "Prüfliste.csv", b"a;b\n1;2\n")
        waiting = await customer.download(dispute, paper)
        assert (waiting.status_code, waiting.json()["code"]) == (409, "paper-not-scanned")

        await customer.scan()
        served = await customer.download(dispute, paper)

        assert (served.status_code, served.content) == (200, b"a;b\n1;2\n")
        ours = await customer.disputes.get(f"/v1/papers/{paper['paper_id']}")
        for name in (
            "Content-Type", "Content-Disposition", "X-Content-Type-Options",
            "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Cache-Control",
        ):  # fmt: skip
            assert served.headers[name] == ours.headers[name]
        assert served.headers["Content-Disposition"].startswith("attachment; ")

    async def test_of_ours_alone_or_of_another_dispute_is_as_unknown_as_none(
        self, customer: Customer
    ) -> None:
        dispute, other = await customer.open(), await customer.open("1.00")
        mine = await customer.bring(dispute, "list.csv", b"a;b\n")
        path = f"/v1/disputes/{dispute['dispute_id']}/papers"
        ours = await customer.disputes.post(path, files={"file": ("ours.csv", b"c;d\n")})
        await customer.scan()

        for place, paper in (
            (dispute, ours.json()), (other, mine), (dispute, {"paper_id": uuid4()}),
        ):  # fmt: skip
            answer = await customer.download(place, paper)
            assert (answer.status_code, answer.json()["code"]) == (404, "paper-unknown")
        answer = await customer.download({"dispute_id": uuid4()}, mine)
        assert (answer.status_code, answer.json()["code"]) == (404, "dispute-unknown")

    async def test_of_what_our_people_added_for_them_too(self, customer: Customer) -> None:
        dispute = await customer.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/papers"
        sent = {"files": {"file": ("note.csv", b"signed\n")}, "data": {"to": "customer"}}
        paper = (await customer.disputes.post(path, **sent)).json()  # type: ignore[arg-type]
        await customer.scan()

        (listed,) = (await customer.http.get(path)).json()["items"]
        assert (listed["paper_id"], listed["added_by"]) == (paper["paper_id"], "staff")
        assert (await customer.download(dispute, paper)).content == b"signed\n"

    async def test_never_of_what_the_scanner_found_something_in(self, customer: Customer) -> None:
        dispute = await customer.open()
        eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
        paper = await customer.bring(dispute, "list.csv", eicar.encode())
        await customer.scan()

        answer = await customer.download(dispute, paper)
        assert (answer.status_code, answer.json()["code"]) == (409, "paper-infected")


class TestPapers:
    async def test_are_theirs_and_wait_for_the_scanner(self, customer: Customer) -> None:
        dispute = await customer.open()

        paper = await customer.bring(dispute, "list.csv", b"a;b\n1;2\n")

        assert (paper["kind"], paper["scan"]) == ("csv", "waiting")
        listed = await customer.http.get(f"/v1/disputes/{dispute['dispute_id']}/papers")
        assert [one["paper_id"] for one in listed.json()["items"]] == [paper["paper_id"]]
        seen = (await customer.disputes.get(f"/v1/disputes/{dispute['dispute_id']}/papers")).json()
        assert (seen["items"][0]["added_by"], seen["items"][0]["who"]) == ("customer", "7")

    async def test_go_on_page_by_page_the_oldest_first(self, customer: Customer) -> None:
        dispute = await customer.open()
        brought = [
            await customer.bring(dispute, f"{n}.csv", f"a;b\n{n};2\n".encode()) for n in range(3)
        ]

        sizes, seen, asked = [], [], {"limit": "2"}
        while True:
            path = f"/v1/disputes/{dispute['dispute_id']}/papers"
            page = (await customer.http.get(path, params=asked)).json()
            sizes.append(len(page["items"]))
            seen += [one["paper_id"] for one in page["items"]]
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]

        assert sizes == [2, 1]
        wanted = sorted(brought, key=lambda one: (one["added_at"], one["paper_id"]))
        assert seen == [one["paper_id"] for one in wanted]

    async def test_that_our_people_added_stay_with_us(self, customer: Customer) -> None:
        dispute = await customer.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/papers"

        added = await customer.disputes.post(path, files={"file": ("ours.csv", b"a;b\n")})

        assert added.status_code == 201
        assert (await customer.http.get(path)).json() == {"items": [], "next": None}

    @pytest.mark.parametrize(
        ("name", "content", "status", "code"),
        [
            ("invoice.pdf", b"MZ\x90 a program", 422, "paper-content-mismatch"),
            ("../../etc/passwd", b"root", 422, "paper-name-invalid"),
            ("run.exe", b"MZ", 422, "paper-kind-unknown"),
            ("list.csv", b"", 422, "paper-empty"),
            ("list.csv", b"a" * 10_485_761, 413, "paper-too-large"),
            ("list.csv", b"a" * 11_485_761, 413, "body-too-large"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    async def test_are_refused_by_the_name_that_disputes_has_for_it(
        self, customer: Customer, name: str, content: bytes, status: int, code: str
    ) -> None:
        dispute = await customer.open()

        refused = await customer.bring(dispute, name, content, status=status)

        assert refused["code"] == code

    async def test_to_a_dispute_of_another_are_as_unknown_as_to_none(
        self, customer: Customer
    ) -> None:
        refused = await customer.bring({"dispute_id": uuid4()}, "list.csv", b"a;b\n", status=404)

        assert refused["code"] == "dispute-unknown"

    async def test_without_a_file_are_refused(self, customer: Customer) -> None:
        dispute = await customer.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/papers"

        strange: list[dict[str, Any]] = [
            {"data": {"file": "x"}},
            {"json": {}},
            {"files": [("a", b"x"), ("b", b"x")]},
        ]
        for sent in strange:
            answer = await customer.http.post(path, **sent)
            assert answer.status_code in {400, 422}, answer.text
