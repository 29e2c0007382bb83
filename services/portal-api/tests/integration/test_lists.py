"""Lists that a spreadsheet opens: a customer's own lines, and nothing in them that can be run."""

import csv
import io
from typing import Any

import pytest

from portal_api.interfaces.http import lists

FORMULA = '=HYPERLINK("https://evil.example";"pay here")'


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer."""
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


async def lines(browser: Any, path: str, **asked: Any) -> list[dict[str, str]]:
    answer = await browser.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"\xef\xbb\xbf"), "else Excel takes it for an old code page"
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


class TestInvoices:
    async def test_are_the_customer_s_own(self, erika: Any) -> None:
        (line,) = await lines(erika, "/v1/invoices.csv")

        assert (line["invoice_number"], line["total"], line["open"]) == (
            *("2026-0815", "1200.00", "1200.00"),
        )
        assert await lines(erika, "/v1/invoices.csv", state="settled") == []

    async def test_no_cell_can_be_run(self, portal: Any, erika: Any) -> None:
        said = {"invoice_number": FORMULA, "payment_reference": "@SUM(1)\r\n=2"}
        await portal.hear(portal.invoice(version=2, **said))

        (line,) = await lines(erika, "/v1/invoices.csv")

        assert line["invoice_number"] == f"'{FORMULA}"
        assert line["payment_reference"] == "'@SUM(1) =2"

    async def test_more_than_a_file_holds_are_refused_by_name(
        self, erika: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "LINES_MAX", 0)

        answer = await erika.get("/v1/invoices.csv")

        assert (answer.status_code, answer.json()["code"]) == (422, "list-too-long")


class TestPayments:
    async def test_are_the_customer_s_own_and_cannot_be_run(self, portal: Any, erika: Any) -> None:
        await portal.hear(portal.payment(version=2, unapplied="1.00", reference="-1+1"))

        (line,) = await lines(erika, "/v1/payments.csv")

        assert (line["amount"], line["unapplied"], line["reference"]) == ("500.00", "1.00", "'-1+1")
