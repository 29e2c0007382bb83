"""The copy of an invoice and the receipt of a payment, as a customer would keep them."""

import base64
import re
import zlib
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import object_id

SOURCE = "urn:acme:erp:de01"
INVOICE, PAYMENT = object_id(SOURCE, "invoice", "R-1"), object_id(SOURCE, "payment", "P1")
PARTS = {
    "instalments": [
        {"number": 1, "due_on": "2026-03-31", "amount": "476.00"},
        {"number": 2, "due_on": "2026-05-31", "amount": "714.00"},
    ],
    "discounts": [
        {"until": "2026-03-20", "percent": "3"},
        {"until": "2026-04-15", "percent": "2"},
    ],
}


def text_of(pdf: bytes) -> str:
    """What is written in it, as far as it is ASCII: that is how the library keeps a font's first letters."""
    pages = re.findall(rb"/ASCII85Decode .*?stream\r?\n(.*?)~>endstream", pdf, re.DOTALL)
    drawn = b"".join(zlib.decompress(base64.a85decode(one)) for one in pages)
    written = re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", drawn)
    return "\n".join(re.sub(rb"\\(.)", rb"\1", one).decode("latin-1") for one in written)


async def printed(till: Any, path: str) -> str:
    answer = await till.http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")
    return text_of(answer.content)


@pytest.fixture
async def owing(till: Any) -> Any:
    """1,190.00 in two instalments with discounts, of which 500.00 are paid, and 12.00 too much on another one."""
    till.pen.customer("C1", name="Blue Boat GmbH", language="en")
    till.pen.invoice(
        "R-1", "1190.00", net="1000.00", tax="190.00", purchase_order="PO-7",
        payment_reference="RF18 R1", **PARTS,
    )  # fmt: skip
    parts = [{"invoice_id": "R-1", "amount": "500.00"}]
    till.pen.payment("P1", "512.00", reference="R-1 and a bit", allocations=parts)
    assert await till.take() == ["accepted"] * 3
    return till


class TestInvoiceCopy:
    async def test_has_what_the_books_hold_and_where_to_pay(self, owing: Any) -> None:
        text = await printed(owing, f"/v1/invoices/{INVOICE}/document")

        for said in (
            *("Copy of invoice R-1", "Blue Boat GmbH", "Customer number C1", "PO-7"),
            *("1,000.00 EUR", "190.00 EUR", "1,190.00 EUR", "690.00 EUR", "RF18 R1"),
            *("1 Mar 2026", "31 May 2026", "476.00", "714.00", "Please pay to"),
        ):
            assert said in text

    async def test_offers_only_discounts_that_can_still_be_taken(self, owing: Any) -> None:
        text = await printed(owing, f"/v1/invoices/{INVOICE}/document")

        assert "15 Apr 2026" in text
        assert "20 Mar 2026" not in text, "it is the first of April"

    async def test_a_cancelled_one_asks_for_nothing(self, owing: Any) -> None:
        owing.pen.take(
            "erp.invoice.cancelled.v1", invoice_id="R-1", version=2, cancelled_on="2026-03-30"
        )
        await owing.take()

        text = await printed(owing, f"/v1/invoices/{INVOICE}/document")

        assert "This invoice was cancelled" in text
        assert "Please pay to" not in text

    async def test_speaks_the_customer_s_language(self, owing: Any) -> None:
        owing.pen.customer("C1", version=2, language="de-AT")
        await owing.take()

        text = await printed(owing, f"/v1/invoices/{INVOICE}/document")

        assert "Rechnungskopie R-1" in text
        assert "1.190,00 EUR" in text

    async def test_one_that_nobody_posted_is_not_known(self, till: Any) -> None:
        till.pen.take(
            "erp.invoice.cancelled.v1", invoice_id="R-1", version=2, cancelled_on="2026-03-30"
        )
        await till.take()
        for invoice_id in (INVOICE, UUID(int=7)):
            answer = await till.http.get(f"/v1/invoices/{invoice_id}/document")
            assert (answer.status_code, answer.json()["code"]) == (404, "not-known")

    @pytest.mark.parametrize("number", ["../../etc/passwd", 'R"1;\r\n', "№ 7", "x" * 100])
    async def test_its_file_has_a_name_that_no_system_stumbles_over(
        self, till: Any, number: str
    ) -> None:
        till.pen.customer()
        till.pen.invoice("I1", invoice_number=number)
        await till.take()
        invoice_id = object_id(SOURCE, "invoice", "I1")

        answer = await till.http.get(f"/v1/invoices/{invoice_id}/document")

        named = re.fullmatch(
            r'attachment; filename="invoice(-[A-Za-z0-9.-]{1,72})?\.pdf"',
            answer.headers["Content-Disposition"],
        )
        assert named is not None, answer.headers["Content-Disposition"]


class TestReceipt:
    async def test_says_that_it_came_and_what_it_settled(self, owing: Any) -> None:
        text = await printed(owing, f"/v1/payments/{PAYMENT}/document")

        for said in (
            *("Receipt", "We received your payment with value date 20 Mar 2026", "512.00 EUR"),
            *("bank transfer", "R-1 and a bit", "P1", "500.00 EUR", "12.00 EUR"),
        ):
            assert said in text

    async def test_of_what_went_back_thanks_nobody(self, owing: Any) -> None:
        owing.pen.take(
            "erp.payment.returned.v1", payment_id="P1", version=2, returned_on="2026-03-25",
            reason="bank-return",
        )  # fmt: skip
        await owing.take()

        text = await printed(owing, f"/v1/payments/{PAYMENT}/document")

        assert "went back on 25 Mar 2026" in text
        assert "Thank you" not in text

    async def test_an_invoice_of_somebody_else_has_no_name(self, owing: Any) -> None:
        owing.pen.customer("C2", name="Red Boat")
        owing.pen.invoice("R-2", "50.00", customer_number="C2")
        parts = [{"invoice_id": "R-2", "amount": "50.00"}]
        owing.pen.payment("P2", "50.00", allocations=parts)
        await owing.take()

        payment_id = object_id(SOURCE, "payment", "P2")
        text = await printed(owing, f"/v1/payments/{payment_id}/document")

        assert "another document" in text
        assert "R-2" not in text

    async def test_a_credit_note_is_no_payment_and_nobody_s_payment_has_no_receipt(
        self, till: Any
    ) -> None:
        till.pen.customer()
        till.pen.credit_note("N1")
        till.pen.payment("P9", customer_number=None)
        await till.take()
        for kind, name in (("credit-note", "N1"), ("payment", "P9"), ("payment", "P0")):
            answer = await till.http.get(f"/v1/payments/{object_id(SOURCE, kind, name)}/document")
            assert answer.status_code == 404, name
