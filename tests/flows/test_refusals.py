"""Bad input is normal input: each refusal has its name, silences one customer, and ends by retry or discard."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiokafka import AIOKafkaProducer

from shared.contracts import erp as contract
from shared.messaging.bus import MESSAGE_BYTES_MAX
from shared.testing import builders
from shared.testing.builders import Voice

pytestmark = [pytest.mark.timeout(600)]
erp = Voice()
COMPANY_FILE = Path(__file__).parents[2] / "deploy" / "company" / "example.yaml"

GOOD = {
    "invoice_id": "X", "version": 1, "invoice_number": "X", "kind": "invoice", "customer_number": "C",
    "legal_entity": "DE01", "issued_on": "2026-02-01", "due_on": "2026-03-01", "currency": "EUR", "total": "119.00",
}  # fmt: skip
PAID = {
    "payment_id": "X", "version": 1, "customer_number": "C", "legal_entity": "DE01", "value_date": "2026-02-20",
    "currency": "EUR", "amount": "100.00", "method": "transfer",
}  # fmt: skip
NAMED = {
    "customer_number": "C", "version": 2, "name": "C GmbH", "kind": "business", "status": "active", "country": "DE",
    "language": "de", "time_zone": "Europe/Berlin", "contacts": [],
}  # fmt: skip
INVOICE, PAYMENT = contract.ErpInvoicePosted.TYPE, contract.ErpPaymentReceived.TYPE
CUSTOMER = contract.ErpCustomerChanged.TYPE

REFUSALS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "tax-does-not-add-up": (contract.INVOICES, INVOICE, GOOD | {"net": "100.00", "tax": "20.00"}),
    "amount-negative": (contract.INVOICES, INVOICE, GOOD | {"total": "-5.00"}),
    "amount-not-a-number": (contract.INVOICES, INVOICE, GOOD | {"total": "NaN"}),
    "amount-too-precise": (contract.INVOICES, INVOICE, GOOD | {"total": "1.005"}),
    "amount-too-large": (contract.INVOICES, INVOICE, GOOD | {"total": "99999999999999.00"}),
    "allocations-exceed-credit": (
        contract.PAYMENTS, PAYMENT, PAID | {"allocations": [{"invoice_id": "Y", "amount": "100.01"}]},
    ),
    "date-out-of-range": (contract.INVOICES, INVOICE, GOOD | {"issued_on": "1066-10-14"}),
    "due-before-issued": (contract.INVOICES, INVOICE, GOOD | {"due_on": "2026-01-01"}),
    "currency-unknown": (contract.INVOICES, INVOICE, GOOD | {"currency": "EUX"}),
    "legal-entity-unknown": (contract.INVOICES, INVOICE, GOOD | {"legal_entity": "XX99"}),
    "type-unknown": (contract.INVOICES, "erp.invoice.sung.v1", GOOD),
    "field-missing": (contract.INVOICES, INVOICE, {key: GOOD[key] for key in GOOD if key != "total"}),
    "field-null": (contract.INVOICES, INVOICE, GOOD | {"net": None}),
    "value-unknown": (contract.INVOICES, INVOICE, GOOD | {"kind": "poem"}),
    "instalments-do-not-add-up": (
        contract.INVOICES,
        INVOICE,
        GOOD | {"instalments": [{"number": 1, "due_on": "2026-03-01", "amount": "100.00"}]},
    ),
    "country-unknown": (contract.CUSTOMERS, CUSTOMER, NAMED | {"country": "ZZ"}),
}  # fmt: skip


async def a_customer_who_is_late(stack: Any, number: str) -> None:
    today = (await stack.now()).date()
    await stack.tell(
        erp.says(builders.customer(number)),
        erp.says(builders.invoice(f"I-{number}", number, "10.00", due=today - timedelta(days=10))),
    )


async def end_doubt(
    stack: Any, number: str, how: str, source: str = builders.SOURCE
) -> dict[str, Any]:
    """Close the one parked record of a customer by `retries` or `discards`; answers what became of it."""
    (parked,) = await stack.doubts(number, source)
    ended: dict[str, Any] = await stack.post(
        "ledger", f"/v1/parked/{parked['parked_id']}/{how}", {"reason": "a test"}
    )
    return ended


class TestRefusals:
    async def test_each_is_named_silences_its_customer_alone_and_ends_by_discard(
        self, stack: Any
    ) -> None:
        bystander = "BYSTANDER"
        await a_customer_who_is_late(stack, bystander)
        named: dict[str, str] = {}
        for code, (topic, event_type, body) in REFUSALS.items():
            number = f"R-{code}"
            await a_customer_who_is_late(stack, number)
            wrong = body | {"customer_number": number}
            for key in {"payment_id", "invoice_id"} & body.keys():
                wrong[key] = f"W-{code}"
            await stack.publish(
                erp.utters(topic, event_type, json.dumps(wrong).encode(), event_id=f"E-{code}")
            )
            named[code] = number
        await stack.settle()

        for code in REFUSALS:
            record = await stack.outcome(f"E-{code}")
            assert (record["outcome"], record["code"]) == ("refused", code), record
        await stack.advance_to_contact()
        assert len(await stack.mails(f"ap@{bystander.lower()}.example")) == 1
        for code, number in named.items():
            assert await stack.mails(f"ap@{number.lower()}.example") == [], code
            await end_doubt(stack, number, "discards")
        await stack.advance_to_contact()
        for code, number in named.items():
            assert len(await stack.mails(f"ap@{number.lower()}.example")) == 1, code

    async def test_a_corrected_version_ends_the_silence_by_itself(self, stack: Any) -> None:
        await a_customer_who_is_late(stack, "FIXED")
        wrong = GOOD | {
            "customer_number": "FIXED",
            "invoice_id": "W-FIXED",
            "net": "1.00",
            "tax": "1.00",
        }
        await stack.tell(erp.utters(contract.INVOICES, INVOICE, json.dumps(wrong).encode()))
        assert await stack.doubts("FIXED")

        right = wrong | {"version": 2, "net": "100.00", "tax": "19.00"}
        await stack.tell(erp.utters(contract.INVOICES, INVOICE, json.dumps(right).encode()))

        assert await stack.doubts("FIXED") == []

    async def test_bytes_that_nobody_can_read_are_refused_and_block_nobody(
        self, stack: Any
    ) -> None:
        for turn, body in enumerate([b"", b"{", b"\xff\xfe", b"[]", b'"x"', b"null"]):
            event_id = f"E-bytes-{turn}"
            await stack.tell(erp.utters(contract.INVOICES, INVOICE, body, event_id=event_id))
            assert (await stack.outcome(event_id))["code"] == "payload-unreadable", body

    async def test_what_is_too_large_is_refused_though_a_broker_carried_it(
        self, stack: Any
    ) -> None:
        """Brokers measure what is compressed; we measure what we would have to read."""
        await a_customer_who_is_late(stack, "LARGE")
        wrong = GOOD | {"customer_number": "LARGE", "remark": "x" * MESSAGE_BYTES_MAX}
        message = erp.utters(contract.INVOICES, INVOICE, json.dumps(wrong).encode(), event_id="E-L")

        async with AIOKafkaProducer(
            bootstrap_servers=stack.at["kafka"],
            compression_type="gzip",
            max_request_size=2 * MESSAGE_BYTES_MAX,
        ) as producer:
            await producer.send_and_wait(message.topic, message.value, headers=message.headers)
        await stack.settle()

        assert (await stack.outcome("E-L"))["code"] == "payload-too-large"
        await stack.advance_to_contact()
        assert await stack.mails("ap@large.example") == []

    async def test_a_conflict_keeps_the_first_and_silences(self, stack: Any) -> None:
        await a_customer_who_is_late(stack, "CONFLICT")
        today = (await stack.now()).date()
        other = builders.invoice("I-CONFLICT", "CONFLICT", "99.00", due=today - timedelta(days=10))

        await stack.tell(erp.says(other, event_id="E-conflict"))

        assert (await stack.outcome("E-conflict"))["outcome"] == "conflict"
        assert [item["open"] for item in await stack.open_items("CONFLICT")] == ["10.00"]
        assert await stack.doubts("CONFLICT")

    async def test_nothing_moves_to_another_customer_and_both_are_left_in_peace(
        self, stack: Any
    ) -> None:
        owners = ("MOVED", "TAKER")
        for number in owners:
            await a_customer_who_is_late(stack, number)
        today = (await stack.now()).date()
        due = today - timedelta(days=10)
        moves = {
            "invoice-identity-changed": builders.invoice("I-MOVED", "TAKER", "9.00", due=due, version=2),
            "payment-identity-changed": builders.payment("P-MOVED", "TAKER", "1.00", on=today, version=2),
        }  # fmt: skip
        await stack.tell(
            erp.says(builders.payment("P-MOVED", "MOVED", "1.00", on=today, to="I-MOVED"))
        )

        for code, moved in moves.items():
            await stack.tell(erp.says(moved, event_id=f"E-{code}"))
            record = await stack.outcome(f"E-{code}")
            assert (record["outcome"], record["code"]) == ("refused", code), record

        await stack.advance_to_contact()
        for number in owners:
            assert await stack.mails(f"ap@{number.lower()}.example") == [], number
        for parked in await stack.doubts("TAKER"):
            await stack.post(
                "ledger", f"/v1/parked/{parked['parked_id']}/discards", {"reason": "a test"}
            )
        await stack.advance_to_contact()
        for number in owners:
            assert len(await stack.mails(f"ap@{number.lower()}.example")) == 1, number

    async def test_what_the_company_file_learns_is_taken_by_retry(
        self, stack: Any, tmp_path: Path
    ) -> None:
        stranger = Voice("urn:acme:erp:new")
        await a_customer_who_is_late(stack, "RETRIED")
        due = (await stack.now()).date() - timedelta(days=10)
        sterling = {"legal_entity": "GB01", "currency": "GBP"}
        await stack.tell(
            erp.says(builders.invoice("I-GB", "RETRIED", "7.00", due=due, **sterling), event_id="E-GB"),
            stranger.says(builders.invoice("I-NEW", "NEW", "8.00", due=due), event_id="E-NEW"),
        )  # fmt: skip
        assert (await stack.outcome("E-GB"))["code"] == "legal-entity-unknown"
        assert (await stack.outcome("E-NEW", stranger.source))["code"] == "source-unknown"
        await stack.advance_to_contact()
        assert await stack.mails("ap@retried.example") == []

        company = yaml.safe_load(COMPANY_FILE.read_text())
        company["sources"][0]["legal_entities"].append("GB01")
        company["sources"].append({"source": stranger.source, "legal_entities": ["DE01"]})
        (tmp_path / "company.yaml").write_text(yaml.safe_dump(company))
        await stack.restart("ledger", COMPANY_FILE=str(tmp_path / "company.yaml"))
        answers = [
            await end_doubt(stack, "RETRIED", "retries"),
            await end_doubt(stack, "NEW", "retries", stranger.source),
        ]

        assert [answer["outcome"] for answer in answers] == ["accepted", "accepted"]
        assert await stack.doubts("RETRIED") == []
        assert [item["open"] for item in await stack.open_items("RETRIED")] == ["10.00", "7.00"]
        await stack.settle()
        await stack.advance_to_contact()
        assert len(await stack.mails("ap@retried.example")) == 2, "one of each legal entity"
