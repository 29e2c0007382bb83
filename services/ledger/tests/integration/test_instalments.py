"""What is due in parts, as the doors show it: today, on another day, as known before."""

from typing import Any

from shared.base.ids import object_id

DE = "urn:acme:erp:de01"
PARTS = [
    {"number": 1, "due_on": "2026-03-02", "amount": "40.00"},
    {"number": 2, "due_on": "2026-03-31", "amount": "50.00"},
    {"number": 3, "amount": "10.00"},
]
C1 = f"/v1/customers/{object_id(DE, 'customer', 'C1')}"


async def paid_in_part(till: Any) -> None:
    """40 + 50 + 10 to be retained; of the second instalment 20 were paid on 20 March, as the ERP says."""
    till.pen.customer()
    till.pen.invoice("I1", instalments=PARTS)
    to = [{"invoice_id": "I1", "instalment": 2, "amount": "20.00"}]
    till.pen.payment(amount="20.00", allocations=to)
    till.pen.invoice("I2", "7.00", discounts=[{"until": "2026-03-05", "percent": "2"}])
    await till.take()


def parts_of(item: Any) -> list[tuple[int, str, int]]:
    return [(one["number"], one["open"], one["days_overdue"]) for one in item["instalments"]]


class TestInstalments:
    async def test_stand_in_the_list_of_open_items(self, till: Any) -> None:
        await paid_in_part(till)
        listed = (await till.get(f"{C1}/open-items"))["items"]
        first = next(one for one in listed if one["source_id"] == "I1")
        whole = next(one for one in listed if one["source_id"] == "I2")
        assert (first["open"], first["days_overdue"]) == ("80.00", 30)
        assert parts_of(first) == [(1, "40.00", 30), (2, "30.00", 1), (3, "10.00", 0)]
        assert (whole["days_overdue"], whole["instalments"]) == (1, [])

    async def test_age_each_by_its_own_day(self, till: Any) -> None:
        await paid_in_part(till)
        (aging,) = (await till.get("/v1/aging", as_of="2026-04-10"))["items"]
        assert aging["buckets"]["31-60"] == "40.00"
        assert aging["buckets"]["1-30"] == "37.00"
        assert aging["buckets"]["current"] == "10.00"
        assert aging["open"] == "87.00"

    async def test_are_lines_of_the_statement(self, till: Any) -> None:
        await paid_in_part(till)
        (account,) = (await till.get(f"{C1}/statement", as_of="2026-04-10"))["accounts"]
        lines = [
            (one["document"], one["instalment"], one["due_on"], one["open"])
            for one in account["open_items"]
        ]
        assert lines == [
            ("I1", 1, "2026-03-02", "40.00"),
            ("I1", 2, "2026-03-31", "30.00"),
            ("I2", None, "2026-03-31", "7.00"),
            ("I1", 3, None, "10.00"),
        ]
        assert account["closing"] == "87.00"
        assert account["aging"]["31-60"] == "40.00"

    async def test_are_what_they_were(self, till: Any) -> None:
        await paid_in_part(till)
        asked = {"source": DE, "source_id": "I1"}
        before = till.service.clock.now()
        till.move(before.replace(hour=13))
        to = [{"invoice_id": "I1", "instalment": 1, "amount": "20.00"}]
        till.pen.payment(amount="20.00", allocations=to, version=2)
        till.pen.invoice("I1", version=2)
        await till.take()

        assert (await till.get("/v1/invoices", **asked))["instalments"] == []
        then = await till.get(
            "/v1/invoices", as_of="2026-04-01", known_at=before.isoformat(), **asked
        )
        assert parts_of(then) == [(1, "40.00", 30), (2, "30.00", 1), (3, "10.00", 0)]
        earlier = {"as_of": "2026-03-19", "known_at": before.isoformat()}
        then = await till.get("/v1/invoices", **earlier, **asked)
        assert parts_of(then) == [(1, "40.00", 17), (2, "50.00", 0), (3, "10.00", 0)]
