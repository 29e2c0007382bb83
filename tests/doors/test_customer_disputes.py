"""Customers dispute at the portal: it asks disputes, in the contact's name, and passes on what that refuses."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from portal_api.gateways import dispute_desk
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


class Customer:
    """Erika at her frontend, and disputes as our people see it."""

    def __init__(self, http: httpx.AsyncClient, disputes: httpx.AsyncClient) -> None:
        self.http, self.disputes = http, disputes

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
        yield Customer(http, desk)


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


GENERAL = frozenset(
    {"request-unreadable", "body-too-large", "media-type-unsupported", "method-not-allowed"}
)
"""What the framework answers by itself: the portal has answered it before anybody is asked."""
