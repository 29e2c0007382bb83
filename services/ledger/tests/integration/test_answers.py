"""Requests at the doors, and the ERP's answers to them, on a real database (ERP rule 8)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from shared.base.ids import object_id
from shared.instruments import metrics

SOURCE = "urn:acme:erp:de01"
OURS = "urn:dunwell:ledger"
CUSTOMER = str(object_id(SOURCE, "customer", "C1"))
REFUSED = "erp.request.refused.v1"


@dataclass
class Counter:
    """Where our people ask, and the ERP answers."""

    till: Any

    async def post(self, path: str, body: dict[str, Any], *, by: str = "sam", key: str = "") -> Any:
        self.till.person = by
        headers = {"Idempotency-Key": key} if key else {}
        return await self.till.http.post(path, json=body, headers=headers)

    async def enters(self, amount: str = "100.00", *, key: str = "", **body: Any) -> Any:
        """A payment of C1; answers what the door answers, or the refusal's code."""
        given = {
            "customer_id": CUSTOMER,
            "legal_entity": "DE01",
            "value_date": "2026-03-31",
            "currency": "EUR",
            "amount": amount,
        }
        answer = await self.post("/v1/payments", given | body, key=key)
        return answer.json() if answer.status_code == 201 else answer.json()["code"]

    async def asks(self, kind: str, amount: str, **body: Any) -> Any:
        given = {"kind": kind, "customer_id": CUSTOMER, "legal_entity": "DE01", "currency": "EUR"}
        answer = await self.post("/v1/requests", {**given, "amount": amount, **body})
        return answer.json() if answer.status_code == 201 else answer.json()["code"]

    async def approves(self, request: Any, *, by: str = "kim") -> Any:
        answer = await self.post(f"/v1/requests/{request['request_id']}/approvals", {}, by=by)
        return answer.json() if answer.status_code == 201 else answer.json()["code"]

    async def closes(self, request: Any) -> Any:
        path = f"/v1/requests/{request['request_id']}/closures"
        answer = await self.post(path, {"reason": "seen to"})
        return answer.json() if answer.status_code == 201 else answer.json()["code"]

    async def state(self, request: Any) -> str:
        shown = await self.till.get(f"/v1/requests/{request['request_id']}")
        return str(shown["state"])

    async def open(self) -> dict[str, str]:
        items = (await self.till.get(f"/v1/customers/{CUSTOMER}/open-items"))["items"]
        return {one["source_id"]: one["open"] for one in items}

    async def balances(self) -> dict[str, str]:
        """What stands on the accounts of money; the books have to be in balance."""
        assert (await self.till.get("/v1/proof"))["imbalance"] == 0
        rows = (await self.till.get("/v1/trial-balance"))["items"]
        money = {row["account"]: row["balance"] for row in rows if row["account"] < "1200"}
        return {account: balance for account, balance in money.items() if balance != "0.00"}

    async def told(self) -> list[dict[str, Any]]:
        """What the ERP was asked."""
        rows = await self.till.fetch(
            "SELECT convert_from(payload, 'utf8')::json AS body FROM outbox "
            "WHERE headers::json ->> 'ce_type' LIKE 'ledger.%.requested.v1' ORDER BY seq"
        )
        return [row["body"] for row in rows]


@pytest.fixture
async def counter(till: Any) -> Counter:
    """C1 owes 100.00 and 50.00; C2 owes 70.00."""
    till.pen.customer("C1")
    till.pen.customer("C2")
    till.pen.invoice("I1", "100.00")
    till.pen.invoice("I2", "50.00")
    till.pen.invoice("I3", "70.00", customer_number="C2")
    await till.take()
    return Counter(till)


class TestAPaymentAtOurDoor:
    async def test_counts_at_once_and_is_provisional(self, counter: Counter) -> None:
        entered = await counter.enters(
            bank_reference="E2E-1", allocations=[{"invoice_id": "I1", "amount": "100.00"}]
        )
        payment = entered["payment"]
        assert (entered["state"], payment["provisional"], payment["source"]) == ("open", True, OURS)
        assert [one["source_id"] for one in payment["allocations"]] == ["I1"]
        assert await counter.open() == {"I2": "50.00"}
        assert await counter.balances() == {"1010": "100.00"}
        shown = await counter.till.get(
            "/v1/payments", source=OURS, source_id=entered["entry"]["source_id"]
        )
        assert shown == payment
        (told,) = await counter.told()
        assert (told["request_id"], told["source"], told["provider_reference"], told["amount"]) == (
            entered["request_id"], SOURCE, "E2E-1", "100.00",
        )  # fmt: skip

    async def test_is_entered_once_under_a_reference_a_name_or_a_key(
        self, counter: Counter
    ) -> None:
        for name, given in (
            ("bank", {"bank_reference": "E2E-1"}),
            ("name", {"source_id": "portal-7"}),
            ("key", {"key": "k1"}),
        ):
            first, second = [await counter.enters("10.00", **given) for _ in range(2)]
            assert first == second, name
        assert await counter.balances() == {"1010": "30.00"}
        assert await counter.enters("11.00", source_id="portal-7") == "source-id-taken"
        assert len(await counter.told()) == 3
        for _ in range(2):
            await counter.enters("1.00", bank_reference="NOTPROVIDED")
        assert await counter.balances() == {"1010": "32.00"}

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"customer_id": str(object_id(SOURCE, "customer", "C9"))}, "not-known"),
            ({"customer_id": "00000000-0000-0000-0000-000000000000"}, "not-known"),
            ({"legal_entity": "XX99"}, "legal-entity-unknown"),
            ({"currency": "XXX1"}, "currency-unknown"),
            ({"amount": "0.00"}, "amount-zero"),
            ({"amount": "-1.00"}, "amount-negative"),
            ({"amount": "1.001"}, "amount-too-precise"),
            ({"amount": "1e300"}, "amount-too-large"),
            ({"amount": "NaN"}, "request-invalid"),
            ({"value_date": "1989-12-31"}, "date-out-of-range"),
            ({"bank_reference": ""}, "request-invalid"),
            ({"allocations": [{"invoice_id": "I9", "amount": "1.00"}]}, "item-unknown"),
            ({"allocations": [{"invoice_id": "I3", "amount": "1.00"}]}, "item-elsewhere"),
            ({"allocations": [{"invoice_id": "I1", "amount": "-1.00"}]}, "amount-negative"),
            (
                {"allocations": [{"invoice_id": name, "amount": "60.00"} for name in ("I1", "I2")]},
                "allocations-exceed-credit",
            ),
            ({"allocations": [{"invoice_id": "I2", "amount": "60.00"}]}, "no-room"),
        ],
    )
    async def test_what_does_not_fit_is_refused_by_name_and_changes_nothing(
        self, counter: Counter, given: dict[str, Any], code: str
    ) -> None:
        assert await counter.enters(**given) == code
        assert (await counter.till.get("/v1/requests"))["items"] == []
        assert await counter.balances() == {}

    async def test_is_for_those_who_may(self, counter: Counter) -> None:
        counter.till.roles = frozenset({"viewer"})
        assert await counter.enters() == "role-missing"
        assert await counter.asks("write-off", "1.00") == "role-missing"


class TestTheEchoOnRealRows:
    @pytest.mark.parametrize("by", ["request", "bank"])
    async def test_ours_goes_as_theirs_comes(self, counter: Counter, by: str) -> None:
        entered = await counter.enters(
            bank_reference="E2E-1", allocations=[{"invoice_id": "I1", "amount": "100.00"}]
        )
        said = (
            {"request_id": entered["request_id"]}
            if by == "request"
            else {"bank_reference": "E2E-1"}
        )
        counter.till.pen.payment("P1", **said)
        counter.till.pen.payment("P1", **said)
        counter.till.pen.payment("P1", version=2, reference="typed anew", **said)
        assert await counter.till.take() == ["accepted", "duplicate", "accepted"]

        assert await counter.state(entered) == "echoed"
        assert await counter.open() == {"I2": "50.00"}
        assert await counter.balances() == {"1000": "100.00"}
        again = await counter.enters(bank_reference="E2E-1")
        assert (again["request_id"], again["payment"]["source_id"]) == (
            entered["request_id"],
            "P1",
        )
        assert not again["payment"]["provisional"]
        assert len(await counter.told()) == 1

    async def test_the_erp_was_first(self, counter: Counter) -> None:
        counter.till.pen.payment("P1", bank_reference="E2E-1")
        await counter.till.take()
        entered = await counter.enters(bank_reference="E2E-1")
        assert (entered["state"], entered["payment"]["source_id"]) == ("echoed", "P1")
        assert entered["answered_by"] == entered["payment"]["payment_id"]
        assert await counter.balances() == {"1000": "100.00"}
        assert await counter.told() == []

    @pytest.mark.parametrize("first", ["door", "erp"])
    async def test_money_of_nobody_is_whose_our_person_says(
        self, counter: Counter, first: str
    ) -> None:
        body = {
            "payment_id": "P1",
            "version": 1,
            "legal_entity": "DE01",
            "value_date": "2026-03-20",
        }
        body |= {"currency": "EUR", "amount": "100.00", "method": "transfer"}
        counter.till.pen.take("erp.payment.received.v1", **body, bank_reference="E2E-1")
        if first == "erp":
            await counter.till.take()
        entered = await counter.enters(bank_reference="E2E-1")
        await counter.till.take()
        assert await counter.state(entered) == "echoed"
        assert await counter.open() == {"I2": "50.00"}
        assert await counter.balances() == {"1000": "100.00"}

    async def test_a_payment_for_the_head_office_answers_by_the_request_s_id(
        self, counter: Counter
    ) -> None:
        entered = await counter.enters()
        counter.till.pen.payment(
            "P1", customer_number="C2", request_id=entered["request_id"], allocations=[]
        )
        await counter.till.take()
        assert await counter.state(entered) == "echoed"
        assert await counter.open() == {"I1": "100.00", "I2": "50.00"}
        assert await counter.balances() == {"1000": "100.00"}


class TestWhatTwoPeopleWant:
    async def test_a_credit_note_a_write_off_and_a_refund(self, counter: Counter) -> None:
        counter.till.pen.payment("P1", "30.00", allocations=[])
        await counter.till.take()
        asked = [
            await counter.asks("credit-note", "20.00", item={"kind": "invoice", "id": "I1"}),
            await counter.asks("write-off", "50.00", item={"kind": "invoice", "id": "I2"}),
            await counter.asks("refund", "30.00", item={"kind": "payment", "id": "P1"}),
        ]
        assert [one["state"] for one in asked] == ["asked"] * 3
        assert (await counter.told(), await counter.open()) == ([], {"I1": "100.00", "I2": "50.00"})
        assert await counter.approves(asked[0], by="sam") == "second-person-wanted"

        for one in asked:
            approved = await counter.approves(one)
            assert (approved["state"], approved["approved_by"]) == ("open", "kim")
        assert await counter.approves(asked[0]) == "request-in-other-state"
        assert await counter.open() == {"I1": "80.00"}
        assert await counter.balances() == {"1000": "30.00", "1010": "-30.00"}
        assert [one["approved_by"] for one in await counter.told()] == ["kim"] * 3

        named = [{"request_id": one["request_id"]} for one in asked]
        today = {"posted_on": "2026-04-01"}
        counter.till.pen.credit_note(
            "N1", "20.00", allocations=[{"invoice_id": "I1", "amount": "20.00"}], **named[0]
        )
        counter.till.pen.adjust("A1", "50.00", item="I2", **named[1], **today)
        counter.till.pen.adjust(
            "A2", "30.00", item="P1", kind="payment", reason="refund", **named[2], **today
        )
        assert await counter.till.take() == ["accepted"] * 3
        assert [await counter.state(one) for one in asked] == ["echoed"] * 3
        assert await counter.open() == {"I1": "80.00"}
        assert await counter.balances() == {}

    @pytest.mark.parametrize(
        ("kind", "given", "code"),
        [
            ("write-off", {}, "item-unfit"),
            ("write-off", {"item": {"kind": "payment", "id": "P1"}}, "item-unfit"),
            ("refund", {"item": {"kind": "invoice", "id": "I1"}}, "item-unfit"),
            ("allocation", {"item": {"kind": "payment", "id": "P1"}}, "item-unfit"),
            ("write-off", {"item": {"kind": "invoice", "id": "I9"}}, "item-unknown"),
            ("write-off", {"item": {"kind": "invoice", "id": "I3"}}, "item-elsewhere"),
            ("payment-posting", {}, "request-invalid"),
        ],
    )
    async def test_each_kind_is_about_its_own_items(
        self, counter: Counter, kind: str, given: dict[str, Any], code: str
    ) -> None:
        counter.till.pen.payment("P1", "30.00", allocations=[])
        await counter.till.take()
        assert await counter.asks(kind, "10.00", **given) == code

    async def test_more_than_is_open_finds_no_room(self, counter: Counter) -> None:
        asked = await counter.asks("write-off", "50.01", item={"kind": "invoice", "id": "I2"})
        assert await counter.approves(asked) == "no-room"
        assert await counter.state(asked) == "asked"

    async def test_an_allocation_is_told_at_once_and_answered_by_the_erp_s_set(
        self, counter: Counter
    ) -> None:
        counter.till.pen.payment("P1", "50.00", allocations=[])
        await counter.till.take()
        asked = await counter.asks(
            "allocation",
            "50.00",
            item={"kind": "payment", "id": "P1"},
            allocations=[{"invoice_id": "I2", "amount": "50.00"}],
        )
        assert asked["state"] == "open"
        assert await counter.open() == {"I1": "100.00", "I2": "50.00"}
        counter.till.pen.allocate("P1", ("I2", "50.00"))
        await counter.till.take()
        assert await counter.state(asked) == "echoed"
        assert await counter.open() == {"I1": "100.00"}


class TestTheErpSaysNo:
    async def test_undone_silent_and_shown_until_a_person_closes_it(self, counter: Counter) -> None:
        entered = await counter.enters(bank_reference="E2E-1")
        counter.till.pen.take(REFUSED, request_id=entered["request_id"], reason="period closed")
        counter.till.pen.take(REFUSED, request_id=entered["request_id"], reason="again")
        assert await counter.till.take() == ["accepted", "duplicate"]

        (listed,) = (await counter.till.get("/v1/requests", state="refused"))["items"]
        assert (listed["refused_because"], listed["entry"]) == ("period closed", None)
        assert await counter.open() == {"I1": "100.00", "I2": "50.00"}
        assert await counter.balances() == {}
        assert await counter.till.doubts() == ["request-refused"]
        customer = await counter.till.get("/v1/customers", source=SOURCE, customer_number="C1")
        assert [(one["code"], one["record"]) for one in customer["doubts"]] == [
            ("request-refused", entered["request_id"])
        ]
        counter.till.pen.customer("C1", version=2, name="Red Boat")
        await counter.till.take()
        assert await counter.till.doubts() == ["request-refused"]

        closed = await counter.closes(entered)
        assert (closed["state"], closed["closed_by"], closed["closed_because"]) == (
            "closed", "sam", "seen to",
        )  # fmt: skip
        assert await counter.till.doubts() == []
        assert await counter.closes(entered) == "request-in-other-state"
        again = await counter.enters(bank_reference="E2E-1")
        assert again["request_id"] != entered["request_id"]

    async def test_what_was_never_asked_parks_by_name_and_silences_nobody(
        self, counter: Counter
    ) -> None:
        counter.till.pen.take(REFUSED, request_id="R-17", reason="no")
        assert await counter.till.take() == ["refused"]
        (parked,) = (await counter.till.get("/v1/parked"))["items"]
        assert (parked["code"], parked["customer_ids"]) == ("request-unknown", [])

    async def test_pages_of_requests(self, counter: Counter) -> None:
        for amount in ("1.00", "2.00", "3.00"):
            await counter.enters(amount)
            counter.till.move(counter.till.service.clock.now() + timedelta(minutes=1))
        first = await counter.till.get("/v1/requests", state="open", limit=2)
        second = await counter.till.get("/v1/requests", state="open", limit=2, cursor=first["next"])
        amounts = [one["amount"] for page in (first, second) for one in page["items"]]
        assert (amounts, second["next"]) == (["1.00", "2.00", "3.00"], None)
        assert (await counter.till.get("/v1/requests", state="closed"))["items"] == []


class TestTheErpSaysNothing:
    async def test_the_oldest_request_s_age_is_shown_until_it_answers(
        self, counter: Counter
    ) -> None:
        (patience,) = [job for job in counter.till.service.jobs if job.name == "patience"]
        shown = "dunwell_ledger_requests_oldest_age_seconds"

        async def age() -> float:
            await patience.run()
            lines = metrics.exposition().decode().splitlines()
            (line,) = [line for line in lines if line.startswith(f"{shown} ")]
            return float(line.removeprefix(shown))

        wanted = await counter.asks("write-off", "1.00", item={"kind": "invoice", "id": "I2"})
        assert wanted["state"] == "asked"
        counter.till.move(counter.till.service.clock.now() + timedelta(days=1))
        assert await age() == 0
        for amount, days in (("1.00", 3), ("2.00", 1)):
            entered = await counter.enters(amount, bank_reference=f"E2E-{amount}")
            counter.till.move(counter.till.service.clock.now() + timedelta(days=days))
        assert await age() == 4 * 86_400
        for amount, left in (("1.00", 86_400), ("2.00", 0)):
            counter.till.pen.payment(f"P{amount}", amount, bank_reference=f"E2E-{amount}")
            await counter.till.take()
            assert await age() == left
        assert await counter.state(entered) == "echoed"


class TestReconciled:
    async def test_without_our_provisional_entries(self, counter: Counter) -> None:
        """The ERP's run is from before it has posted anything of ours: there is no difference."""
        counter.till.pen.payment("P1", "30.00", allocations=[])
        await counter.till.take()
        await counter.enters("60.00", allocations=[{"invoice_id": "I1", "amount": "50.00"}])
        for kind, amount, item in (
            ("write-off", "20.00", {"kind": "invoice", "id": "I2"}),
            ("refund", "30.00", {"kind": "payment", "id": "P1"}),
        ):
            await counter.approves(await counter.asks(kind, amount, item=item))
        counter.till.move(counter.till.service.clock.now() + timedelta(days=2))
        items = (
            ("invoice", "I1", "100.00"),
            ("invoice", "I2", "50.00"),
            ("payment", "P1", "30.00"),
        )
        counter.till.pen.take(
            "erp.open-items.stated.v1", run_id="n1", customer_number="C1", legal_entity="DE01", as_of="2026-04-02",
            items=[{"kind": kind, "id": name, "currency": "EUR", "open": left} for kind, name, left in items],
        )  # fmt: skip
        await counter.till.take()
        counter.till.move(counter.till.service.clock.now() + timedelta(minutes=30))
        (job,) = [one for one in counter.till.service.jobs if one.name == "reconciliation"]
        while await job.run():
            pass
        (run,) = (await counter.till.get("/v1/balance-runs"))["items"]
        assert run["judged_at"] is not None
        assert (await counter.till.get("/v1/differences"))["items"] == []
