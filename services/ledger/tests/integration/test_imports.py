"""Files through the door: rows become the ERP's events, are heard as such, and a second time changes nothing."""

import io
import json
from typing import Any

import pytest
from openpyxl import Workbook

from shared.messaging.cloudevents import Record

SOURCE = "urn:acme:erp:de01"
PROFILE = f"source: {SOURCE}\n"
GENERIC = """Invoice Number,Customer Number,Customer Name,Invoice Date,Due Date,Currency,Total
1001,C1,Blue Boat,13/03/2026,31/03/2026,EUR,"1,200.50"
1002,C1,Blue Boat,01/03/2026,31/03/2026,EUR,80.00
1003,C2,"=HYPERLINK(""http://evil"",""x"")",01/03/2026,31/03/2026,EUR,"(20.00)"
1004,C2,Green,01/03/2026,41/03/2026,EUR,10.00
1005,C2,Green,01/03/2026,31/03/2026,XYZ,10.00
"""


class Counter:
    """Brings files to the door and carries what comes out of the outbox to the ledger's own hearing."""

    def __init__(self, till: Any) -> None:
        self.till = till
        self.carried = 0
        (self.job,) = [job for job in till.service.jobs if job.name == "importing"]

    async def bring(
        self, content: str | bytes, profile: str = PROFILE, *, dry: bool = False
    ) -> Any:
        data = content.encode() if isinstance(content, str) else content
        answer = await self.till.http.post(
            "/v1/imports",
            files={"file": ("export.csv", data)},
            data={"profile": profile, "dry_run": str(dry).lower()},
        )
        assert answer.status_code == 202, answer.text
        while await self.job.run():
            pass
        return await self.shown(answer.json()["import_id"])

    async def shown(self, import_id: str) -> Any:
        return await self.till.get(f"/v1/imports/{import_id}")

    async def carry(self) -> None:
        """What the relay, the broker and the consumer do: ERP topics to the hearing."""
        rows = await self.till.fetch(
            "SELECT seq, topic, headers::json AS headers, payload FROM outbox "
            "WHERE seq > $1 AND topic LIKE 'erp.%' ORDER BY seq", self.carried,
        )  # fmt: skip
        records = [
            Record(row["topic"], 0, row["seq"], "", _attributes(row["headers"]), row["payload"])
            for row in rows
        ]
        self.carried = max([self.carried, *(row["seq"] for row in rows)])
        async with self.till.service.database.work(self.till.service.clock.now()) as work:
            await self.till.hearing.take(work, records)


def _attributes(headers: Any) -> dict[str, str]:
    said = json.loads(headers) if isinstance(headers, str) else headers
    return {name.removeprefix("ce_"): value for name, value in said.items()}


@pytest.fixture
def counter(till: Any) -> Counter:
    return Counter(till)


class TestImports:
    async def test_a_file_becomes_the_erps_events_and_is_heard_as_such(
        self, counter: Counter
    ) -> None:
        shown = await counter.bring(GENERIC)

        assert (shown["state"], shown["rows"], shown["accepted"], shown["told"]) == (
            "done",
            6,
            3,
            5,
        )
        assert [(bad["row"], bad["column"], bad["code"]) for bad in shown["rejected"]] == [
            (5, "Due Date", "date-not-read"),
            (6, "Currency", "currency-unknown"),
        ]
        assert shown["profile"]["columns"]["due_on"] == "Due Date"
        assert (shown["profile"]["date_order"], shown["profile"]["decimal_mark"]) == ("dmy", ".")
        assert shown["totals"] == [
            {
                "kind": "credit-note",
                "currency": "EUR",
                "number": 1,
                "total": "20.00",
                "open": "20.00",
            },
            {
                "kind": "invoice",
                "currency": "EUR",
                "number": 2,
                "total": "1280.50",
                "open": "1280.50",
            },
        ]
        await counter.carry()
        shown = await counter.shown(shown["import_id"])
        assert shown["heard"] == {"accepted": 5}
        invoice = await counter.till.get("/v1/invoices", source=SOURCE, source_id="1001")
        assert (invoice["open"], invoice["due_on"]) == ("1200.50", "2026-03-31")
        assert await counter.till.doubts() == []
        assert (await counter.till.get("/v1/proof"))["imbalance"] == 0

    async def test_a_formula_in_a_name_stays_text_on_its_way_in_and_out(
        self, counter: Counter
    ) -> None:
        evil = '=HYPERLINK("http://evil","x")'
        shown = await counter.bring(
            GENERIC + f'1006,"{evil.replace(chr(34), chr(34) * 2)}",@x,,,EUR,1\n'
        )
        await counter.carry()
        customer = await counter.till.get("/v1/customers", source=SOURCE, customer_number="C2")
        assert customer["name"] == evil
        written = (
            await counter.till.http.get(f"/v1/imports/{shown['import_id']}/rejected.csv")
        ).text
        *_, last = written.splitlines()
        assert written.startswith("Invoice Number,Customer Number")
        assert last.startswith("""1006,"'=HYPERLINK""")
        assert ",'@x," in last

    async def test_a_second_time_gives_duplicates_and_nothing_else(self, counter: Counter) -> None:
        first = await counter.bring(GENERIC)
        again = await counter.bring(GENERIC)  # before the ledger has heard anything
        await counter.carry()
        late = await counter.bring(GENERIC)
        await counter.carry()

        assert first["import_id"] != again["import_id"] != late["import_id"]
        assert (await counter.shown(first["import_id"]))["heard"] == {"accepted": 5}
        assert (await counter.shown(again["import_id"]))["heard"] == {"duplicate": 5}
        assert (await counter.shown(late["import_id"]))["heard"] == {"duplicate": 3}
        saved = await counter.bring(GENERIC, json.dumps(first["profile"]), dry=True)
        assert first["version"] == late["version"] == saved["version"]

    async def test_a_newer_export_amends_and_an_older_one_is_superseded(
        self, counter: Counter
    ) -> None:
        await counter.bring(GENERIC)
        await counter.bring(GENERIC.replace("80.00", "70.00"))
        old = await counter.bring(GENERIC)
        await counter.carry()
        invoice = await counter.till.get("/v1/invoices", source=SOURCE, source_id="1002")
        assert invoice["open"] == "70.00"
        assert set((await counter.shown(old["import_id"]))["heard"]) == {"duplicate", "superseded"}

    async def test_a_dry_run_tells_nothing(self, counter: Counter) -> None:
        shown = await counter.bring(GENERIC, dry=True)
        assert (shown["state"], shown["accepted"], shown["told"], len(shown["rejected"])) == (
            "done",
            3,
            0,
            2,
        )
        assert await counter.till.fetch("SELECT 1 FROM outbox") == []

    @pytest.mark.parametrize(
        ("content", "profile", "code", "pointer"),
        [
            (GENERIC.replace("13/03", "03/03").replace("31/03", "11/03").replace("41/03", "11/03"), PROFILE,
             "date-order-ambiguous", "/date_order"),
            (GENERIC, PROFILE + "date_order: mdy", "date-order-contradicted", "/date_order"),
            (GENERIC.replace("1,200.50", "1.200").replace("0.00", "0"), PROFILE, "decimal-mark-ambiguous",
             "/decimal_mark"),
            (GENERIC, "", "source-unclear", "/source"),
            ("what,is,this\n1,2,3\n", PROFILE, "headers-not-recognised", ""),
            (GENERIC, PROFILE + "columns: {total: Sum}", "column-missing", "/columns/total"),
            (GENERIC.replace("Due Date", "Whatever"), PROFILE, "terms-missing", "/terms_days"),
            ("%PDF-1.7", PROFILE, "file-kind-unknown", ""),
        ],
    )  # fmt: skip
    async def test_what_is_not_clear_is_asked_by_name(
        self, counter: Counter, content: str, profile: str, code: str, pointer: str
    ) -> None:
        shown = await counter.bring(content, profile)
        refused = shown["refused"]
        assert (shown["state"], refused["code"], refused["pointer"]) == ("refused", code, pointer)
        assert shown["told"] == 0

    async def test_what_was_guessed_is_shown_with_what_must_be_said(self, counter: Counter) -> None:
        unclear = (
            GENERIC.replace("13/03", "03/03").replace("31/03", "11/03").replace("41/03", "11/03")
        )
        shown = await counter.bring(unclear)
        assert shown["profile"]["columns"]["issued_on"] == "Invoice Date"
        nameless = await counter.bring(unclear, "")
        assert nameless["profile"]["columns"] == shown["profile"]["columns"]
        shown = await counter.bring(unclear, json.dumps(shown["profile"] | {"date_order": "mdy"}))
        assert (shown["state"], shown["accepted"]) == ("done", 4)

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"data": {"profile": "{}"}}, "request-invalid"),
            ({"files": {"file": b"a,b"}, "data": {"profile": "{"}}, "profile-unreadable"),
            ({"files": {"file": b"a,b"}, "data": {"profile": "colour: red"}}, "profile-unreadable"),
            ({"files": {"file": b"a,b"}, "data": {"dry_run": "perhaps"}}, "request-invalid"),
        ],
    )
    async def test_the_door_refuses_what_is_no_import(
        self, counter: Counter, body: Any, code: str
    ) -> None:
        answer = await counter.till.http.post("/v1/imports", **body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)

    async def test_a_file_that_makes_us_crash_ends_alone(
        self, counter: Counter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def crash(*_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as broken:
            broken.setattr("ledger.interfaces.importing.turn_rows", crash)
            shown = await counter.bring(GENERIC)
        assert (shown["state"], shown["refused"]["code"]) == ("refused", "import-crashed")
        assert (await counter.bring(GENERIC))["state"] == "done"

    async def test_a_workbook_is_read_like_any_file(self, counter: Counter) -> None:
        book, file = Workbook(), io.BytesIO()
        sheet = book.active
        assert sheet is not None
        for line in GENERIC.splitlines()[:3]:
            sheet.append(line.replace('"1,200.50"', "1200.50").split(","))
        book.save(file)
        shown = await counter.bring(file.getvalue())
        assert (shown["state"], shown["accepted"], shown["totals"][0]["total"]) == (
            "done",
            2,
            "1280.50",
        )

    async def test_settled_dates_become_payments(self, counter: Counter) -> None:
        content = (
            "invoice_no;kunde;rechnungsdatum;due_date;betrag;bezahlt am\n"
            "1;Acme;01.03.2026;31.03.2026;100,00;15.03.2026\n"
            "2;Acme;01.03.2026;31.03.2026;50,00;\n"
            "3;Acme;01.03.2026;31.03.2026;50,00;15.05.2026\n"
        )
        shown = await counter.bring(content)
        await counter.carry()
        assert [(bad["row"], bad["code"]) for bad in shown["rejected"]] == [
            (4, "settled-in-future")
        ]
        first, second = [
            await counter.till.get("/v1/invoices", source=SOURCE, source_id=number)
            for number in "12"
        ]
        assert (first["status"], second["open"]) == ("settled", "50.00")

    async def test_numbers_come_once_and_lines_of_a_document_stay_together(
        self, counter: Counter
    ) -> None:
        head = "InvoiceNumber,ContactName,InvoiceDate,DueDate,Quantity,UnitAmount,Total,Currency\n"
        lines = "".join(f"A,Acme,2026-03-01,2026-03-31,1,{one},30,EUR\n" for one in (10, 20))
        other = "B,Acme,2026-03-01,2026-03-31,1,5,5,EUR\nB,Acme,2026-03-01,2026-03-31,1,5,6,EUR\n"
        shown = await counter.bring(head + lines + other + lines)
        assert (shown["profile"]["rows"], shown["accepted"], shown["totals"][0]["total"]) == (
            "lines-repeating-totals",
            2,
            "30.00",
        )
        assert [(bad["row"], bad["code"]) for bad in shown["rejected"]] == [
            (4, "lines-differ"),
            (5, "lines-differ"),
            (6, "number-repeated"),
            (7, "number-repeated"),
        ]
