"""The doors of the ledger."""

from datetime import timedelta
from typing import Any

SOURCE = "urn:acme:erp:de01"


class TestDoors:
    async def test_the_company_is_shown(self, till: Any) -> None:
        shown = await till.get("/v1/company")
        assert {"code": "GB01", "currency": "GBP", "time_zone": "Europe/London"} in shown[
            "legal_entities"
        ]
        assert {
            "source": "urn:acme:erp:ours",
            "legal_entities": ["DE01"],
            "allocation": "ours",
        } in shown["sources"]

    async def test_open_items_are_known_as_of_any_day(self, till: Any) -> None:
        till.pen.customer()
        till.pen.invoice("I1", "100.00")
        till.pen.invoice("I2", "50.00", due_on="2026-04-30")
        await till.take()
        before = till.service.clock.now()
        till.move(before + timedelta(hours=1))
        till.pen.payment(
            "P1",
            "40.00",
            value_date="2026-03-20",
            allocations=[{"invoice_id": "I1", "amount": "40.00"}],
        )
        await till.take()
        customer = await till.get("/v1/customers", source=SOURCE, customer_number="C1")
        path = f"/v1/customers/{customer['customer_id']}/open-items"

        async def opens(**asked: Any) -> list[tuple[str, str, int]]:
            items = (await till.get(path, **asked))["items"]
            return [(one["source_id"], one["open"], one["days_overdue"]) for one in items]

        assert await opens() == [("I1", "60.00", 1), ("I2", "50.00", 0)]
        assert await opens(as_of="2026-03-19") == [("I1", "100.00", 0), ("I2", "50.00", 0)]
        assert await opens(known_at=before.isoformat()) == [("I1", "100.00", 1), ("I2", "50.00", 0)]
        assert await opens(as_of="2026-02-28") == []

        first = await till.get(path, limit=1)
        second = await till.get(path, limit=1, cursor=first["next"])
        assert [page["items"][0]["source_id"] for page in (first, second)] == ["I1", "I2"]
        assert second["next"] is None

    async def test_an_invoice_tells_its_history(self, till: Any) -> None:
        till.pen.invoice()
        till.pen.payment(allocations=[{"invoice_id": "I1", "amount": "40.00"}])
        till.pen.invoice(version=2, total="40.00")
        await till.take()
        shown = await till.get("/v1/invoices", source=SOURCE, source_id="I1")
        assert [(one["change"], one["status"], one["open"]) for one in shown["history"]] == [
            ("opened", "open", "100.00"),
            ("applied", "open", "60.00"),
            ("amended", "settled", "0.00"),
        ]
        assert (shown["version"], shown["status"], shown["open"]) == (3, "settled", "0.00")

    async def test_payments_and_credit_notes_say_where_they_stand(self, till: Any) -> None:
        till.pen.invoice("I1", "70.00")
        till.pen.payment()
        till.pen.credit_note(total="30.00")
        await till.take()
        payment = await till.get("/v1/payments", source=SOURCE, source_id="P1")
        assert (payment["status"], payment["unapplied"], payment["allocations"][0]["amount"]) == (
            "received",
            "30.00",
            "70.00",
        )
        assert payment["allocations"][0]["provisional"] is True
        note = await till.get("/v1/credit-notes", source=SOURCE, source_id="N1")
        assert (note["status"], note["unapplied"], note["allocations"]) == ("posted", "30.00", [])
        customer = note["customer_id"]
        left = (await till.get(f"/v1/customers/{customer}/unapplied"))["items"]
        assert {(one["kind"], one["unapplied"]) for one in left} == {
            ("payment", "30.00"),
            ("credit-note", "30.00"),
        }

    async def test_trial_balance_and_aging_agree(self, till: Any) -> None:
        till.pen.invoice("I1", "119.00", net="100.00", tax="19.00", due_on="2026-03-02")
        till.pen.invoice("I2", "50.00", due_on="2026-04-30")
        till.pen.payment("P1", "10.00", allocations=[])
        await till.take()
        rows = (await till.get("/v1/trial-balance"))["items"]
        assert {row["account"]: row["balance"] for row in rows} == {
            "1000": "10.00",
            "1200": "169.00",
            "2100": "-10.00",
            "2200": "-19.00",
            "4000": "-150.00",
        }
        (aging,) = (await till.get("/v1/aging"))["items"]
        assert aging["buckets"] == {
            "current": "50.00",
            "1-30": "119.00",
            "31-60": "0.00",
            "61-90": "0.00",
            "90+": "0.00",
        }
        assert (aging["open"], aging["unapplied"]) == ("169.00", "10.00")
        assert (await till.get("/v1/aging", as_of="2026-02-01"))["items"] == []

    async def test_what_nobody_knows_is_not_found(self, till: Any) -> None:
        for path in ("/v1/invoices", "/v1/payments", "/v1/credit-notes"):
            answer = await till.http.get(path, params={"source": SOURCE, "source_id": "none"})
            assert (answer.status_code, answer.json()["code"]) == (404, "not-known")
        assert (await till.http.get("/v1/intake")).status_code == 422

    async def test_republish_tells_the_present_state_above_all_versions_told_before(
        self, till: Any
    ) -> None:
        till.pen.customer()
        till.pen.invoice()
        till.pen.payment(amount="5.00", allocations=[])
        await till.take()
        await till.service.commands["republish"]()
        assert (await till.told())[-3:] == [
            "ledger.customer.changed.v1",
            "ledger.invoice.amended.v1",
            "ledger.payment.applied.v1",
        ]
        told = (await till.get("/v1/invoices", source=SOURCE, source_id="I1"))["version"]
        await till.service.commands["republish"]()
        again = (await till.get("/v1/invoices", source=SOURCE, source_id="I1"))["version"]
        assert again > told > 1_000_000_000_000
