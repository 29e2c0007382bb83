"""Customers dispute at the portal: it asks disputes, in the contact's name, and passes on what that refuses."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from portal_api.gateways import dispute_desk
from shared.base.clock import FileClock
from shared.contracts import erp, ledger
from shared.messaging.cloudevents import Record
from shared.testing.examples import CUSTOMER, INVOICE, SOURCE, our_examples
from shared.web.app import create_app
from shared.web.calls import PassedOn
from shared.worker.description import Service

ERIKA = "erika@muster.example"
UNREACHABLE = "http://127.0.0.1:1"

Opened = Callable[..., Awaitable[Service]]
Serving = Callable[..., Awaitable[tuple[Service, str]]]
SignIn = Callable[[Service, str], Awaitable[str]]


def owes() -> list[Any]:
    """A customer whose main contact is Erika, and their invoice."""
    erika = ledger.Contact(
        contact_id="7", name="Erika", role=erp.Role.DECISION_MAKER, email=ERIKA, language="de"
    )
    customer = ledger.CustomerChanged(
        customer_id=CUSTOMER, version=1, source=SOURCE, customer_number="K-1", known=True, name="Muster",
        contacts=(erika,),
    )  # fmt: skip
    return [customer, next(one for one in our_examples() if isinstance(one, ledger.InvoiceOpened))]


async def hear(service: Service, *facts: Any) -> None:
    records = [
        Record(one.TOPIC, 0, offset, str(one.customer_id), {"type": one.TYPE, "id": str(one.event_id)},
               one.model_dump_json().encode())
        for offset, one in enumerate(facts)
    ]  # fmt: skip
    async with service.database.work(service.clock.now()) as work:
        await service.hearings[0].take(work, records)


def later(service: Service) -> None:
    """A minute goes by there."""
    settings: Any = service.settings
    FileClock.move(Path(settings.clock_file), service.clock.now() + timedelta(minutes=1))


class Customer:
    """Erika at her frontend, disputes as our people see it, and the service itself."""

    def __init__(
        self, http: httpx.AsyncClient, disputes: httpx.AsyncClient, service: Service
    ) -> None:
        self.http, self.disputes, self.service = http, disputes, service

    async def post(self, path: str, *, status: int = 201, key: str = "", **sent: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        answer = await self.http.post(path, headers=headers, **sent)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def open(self, amount: str = "100.00", *, status: int = 201, **more: Any) -> Any:
        items = [{"invoice_id": str(INVOICE), "amount": amount}]
        said = {"items": items, "reason": "damaged", "words": "two are broken"} | more
        key = said.pop("key", "")
        return await self.post("/v1/disputes", status=status, key=key, json=said)

    async def bring(self, dispute: Any, name: str, content: bytes, *, status: int = 201) -> Any:
        path = f"/v1/disputes/{dispute['dispute_id']}/papers"
        return await self.post(path, status=status, files={"file": (name, content)})

    async def decide(self, dispute: Any, outcome: str = "rejected") -> None:
        """Somebody of ours does."""
        said = {"outcome": outcome, "why": "signed for", "words": "Your warehouse signed for ten."}
        path = f"/v1/disputes/{dispute['dispute_id']}/resolutions"
        answer = await self.disputes.post(path, json=said)
        assert answer.status_code == 201, answer.text

    async def scan(self) -> None:
        """What waits for the scanner has been looked at."""
        (job,) = (one for one in self.service.jobs if one.name == "scan")
        while await job.run():
            pass

    async def download(self, dispute: Any, paper: Any) -> httpx.Response:
        path = f"/v1/disputes/{dispute['dispute_id']}/papers/{paper['paper_id']}"
        return await self.http.get(path)


@pytest.fixture
async def customer(
    serving: Serving, opened: Opened, sign_in: SignIn, key_server: Any
) -> AsyncIterator[Customer]:
    disputes, url = await serving("disputes")
    portal = await opened("portal-api", PORTAL_API_DISPUTES_URL=url)
    await hear(disputes, *owes())
    await hear(portal, *owes())
    session = {"Authorization": f"Bearer {await sign_in(portal, ERIKA)}"}
    staff = {"Authorization": f"Bearer {key_server.token()}"}
    transport = httpx.ASGITransport(create_app(portal), raise_app_exceptions=False)
    async with (
        httpx.AsyncClient(
            transport=transport, base_url="https://p.example", headers=session
        ) as http,
        httpx.AsyncClient(base_url=url, headers=staff) as desk,
    ):
        yield Customer(http, desk, disputes)


class TestOpening:
    async def test_is_the_contact_s_own_word_and_shown_with_its_due_times(
        self, customer: Customer
    ) -> None:
        shown = await customer.open()

        assert (shown["state"], shown["items"][0]["held"]) == ("acknowledged", "100.00")
        assert shown["answer_due_at"] < shown["decision_due_at"]
        assert "team" not in shown
        seen = (await customer.disputes.get(f"/v1/disputes/{shown['dispute_id']}")).json()
        first = seen["moves"][0]
        assert (first["by"], first["who"], first["why"]) == ("customer", "7", "two are broken")

    async def test_is_one_by_its_key_and_by_its_words(self, customer: Customer) -> None:
        first = await customer.open(key="k1")

        assert (await customer.open(key="k1"))["dispute_id"] == first["dispute_id"]
        assert (await customer.open())["dispute_id"] == first["dispute_id"]
        reused = await customer.open("99.00", key="k1", status=422)
        assert reused["code"] == "idempotency-key-reused"

    async def test_is_refused_by_name_with_the_pointer_of_who_refuses(
        self, customer: Customer
    ) -> None:
        refused = await customer.open("99999.00", status=409)

        assert refused["code"] == "more-disputed-than-open"
        assert refused["errors"][0]["pointer"] == "/items/0/amount"
        strange = [{"invoice_id": str(uuid4()), "amount": "1.00"}]
        assert (await customer.open(items=strange, status=422))["code"] == "invoice-unknown"
        assert (await customer.open(words="", status=422))["code"] == "request-invalid"

    async def test_while_disputes_is_away_says_so_and_everything_else_goes_on(
        self, opened: Opened, sign_in: SignIn
    ) -> None:
        portal = await opened("portal-api", PORTAL_API_DISPUTES_URL=UNREACHABLE)
        await hear(portal, *owes())
        headers = {"Authorization": f"Bearer {await sign_in(portal, ERIKA)}"}
        transport = httpx.ASGITransport(create_app(portal), raise_app_exceptions=False)

        async with httpx.AsyncClient(
            transport=transport, base_url="https://p", headers=headers
        ) as http:
            said = {"items": [{"invoice_id": str(INVOICE), "amount": "1.00"}], "reason": "price"}
            answer = await http.post("/v1/disputes", json=said | {"words": "too much"})
            seen = await http.get("/v1/invoices")

        assert (answer.status_code, answer.json()["code"]) == (503, "peer-unavailable")
        assert answer.headers["Retry-After"]
        assert UNREACHABLE not in answer.text
        assert seen.status_code == 200

    async def test_withdrawn_it_is_asked_for_again(self, customer: Customer) -> None:
        dispute = await customer.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/withdrawals"

        withdrawn = await customer.post(path, json={})
        again = await customer.post(path, json={}, status=409)

        assert (withdrawn["state"], withdrawn["items"][0]["held"]) == ("withdrawn", "0.00")
        assert again["code"] == "dispute-in-other-state"


class TestReopening:
    async def test_with_a_new_paper_it_is_held_again(self, customer: Customer) -> None:
        dispute = await customer.open()
        await customer.decide(dispute)
        paper = await customer.bring(dispute, "list.csv", b"a;b\n1;2\n")
        said = {"words": "W" * 4_000, "papers": [paper["paper_id"]]}
        path = f"/v1/disputes/{dispute['dispute_id']}/reopenings"

        shown = await customer.post(path, json=said, key="k1")

        assert (shown["state"], shown["outcome"], shown["moved_by"]) == (
            "in-review", None, "customer",
        )  # fmt: skip
        assert shown["items"][0] == shown["items"][0] | {"held": "100.00", "upheld": None}
        assert shown["decision_due_at"] is not None
        assert await customer.post(path, json=said, key="k1") == shown
        again = await customer.post(path, json=said, status=409)
        assert again["code"] == "dispute-in-other-state"

    async def test_without_one_or_of_another_s_it_is_refused_by_name(
        self, customer: Customer
    ) -> None:
        dispute = await customer.open()
        paper = await customer.bring(dispute, "list.csv", b"a;b\n1;2\n")
        later(customer.service)
        await customer.decide(dispute)
        path = f"/v1/disputes/{dispute['dispute_id']}/reopenings"
        said: dict[str, Any] = {"words": "look again", "papers": [paper["paper_id"]]}

        for sent, place, status, code in (
            (said, path, 422, "evidence-not-new"),
            (said | {"papers": []}, path, 422, "request-invalid"),
            (said | {"words": ""}, path, 422, "request-invalid"),
            (said, f"/v1/disputes/{uuid4()}/reopenings", 404, "dispute-unknown"),
        ):
            refused = await customer.post(place, json=sent, status=status)
            assert refused["code"] == code
        upheld = await customer.open("10.00")
        await customer.decide(upheld, "upheld")
        path = f"/v1/disputes/{upheld['dispute_id']}/reopenings"
        assert (await customer.post(path, json=said, status=409))["code"] == OTHER_STATE


class TestComments:
    async def test_to_the_customer_are_shown_and_notes_among_us_are_not(
        self, customer: Customer
    ) -> None:
        dispute = await customer.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        for to, words in (("customer", "We look into it."), ("us", "he always says that")):
            said = {"to": to, "words": words}
            assert (await customer.disputes.post(f"{path}/comments", json=said)).status_code == 201
        await customer.decide(dispute)

        paper = await customer.bring(dispute, "list.csv", b"a;b\n1;2\n")
        sent = {"words": "look again", "papers": [paper["paper_id"]]}
        shown = await customer.post(f"{path}/reopenings", json=sent)

        assert [one["words"] for one in shown["said"]] == [
            "We look into it.", "Your warehouse signed for ten.",
        ]  # fmt: skip


class TestWithdrawing:
    async def test_takes_as_many_words_as_it_says(self, customer: Customer) -> None:
        path = f"/v1/disputes/{(await customer.open())['dispute_id']}/withdrawals"
        assert (await customer.post(path, json={"why": "W" * 4_000}))["state"] == "withdrawn"


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

        (listed,) = (await customer.http.get(path)).json()
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
        assert [one["paper_id"] for one in listed.json()] == [paper["paper_id"]]
        seen = (await customer.disputes.get(f"/v1/disputes/{dispute['dispute_id']}/papers")).json()
        assert (seen["items"][0]["added_by"], seen["items"][0]["who"]) == ("customer", "7")

    async def test_that_our_people_added_stay_with_us(self, customer: Customer) -> None:
        dispute = await customer.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/papers"

        added = await customer.disputes.post(path, files={"file": ("ours.csv", b"a;b\n")})

        assert added.status_code == 201
        assert (await customer.http.get(path)).json() == []

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


class TestWhatIsPassedOn:
    @pytest.mark.parametrize(
        ("route", "refusals"),
        [
            ("/v1/disputes", dispute_desk.OPENING),
            ("/v1/disputes/{dispute_id}/withdrawals", dispute_desk.WITHDRAWING),
            ("/v1/disputes/{dispute_id}/reopenings", dispute_desk.REOPENING),
            ("/v1/disputes/{dispute_id}/papers", dispute_desk.BRINGING),
        ],
    )
    async def test_is_all_that_disputes_documents_there(
        self, opened: Opened, route: str, refusals: tuple[PassedOn, ...]
    ) -> None:
        document = create_app(await opened("disputes")).openapi()
        anywhere = {"not-signed-in", "role-missing", "staff-keys-unavailable", "request-invalid"}

        documented = {
            (int(status), code)
            for status, answer in document["paths"][route]["post"]["responses"].items()
            if status.isdigit()
            for code in answer.get("content", {})
            .get("application/problem+json", {})
            .get("examples", {})
            if code not in anywhere and int(status) < 500
        }

        passed = {(one.status, one.code) for one in refusals}
        assert passed <= documented
        missing = {code for _, code in documented - passed}
        assert missing <= {"idempotency-key-reused", "request-in-flight", *GENERAL}


OTHER_STATE = "dispute-in-other-state"
GENERAL = frozenset(
    {"request-unreadable", "body-too-large", "media-type-unsupported", "method-not-allowed"}
)
"""What the framework answers by itself: the portal has answered it before anybody is asked."""
