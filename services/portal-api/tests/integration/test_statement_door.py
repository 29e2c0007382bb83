"""The statement at the door: the customer's own, up to a day, account by account."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from portal_api.domain import statement
from portal_api.gateways import statements
from shared.contracts import ledger
from shared.testing.examples import CUSTOMER, INVOICE


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer: 1,200.00 invoiced in March, 500.00 paid on the seventeenth of April."""
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


async def accounts(browser: Any, **asked: Any) -> list[dict[str, Any]]:
    answer = await browser.get("/v1/statement", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found: list[dict[str, Any]] = answer.json()["accounts"]
    return found


def lines(account: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(one["on"], one["kind"], one["amount"], one["balance"]) for one in account["lines"]]


INVOICED = ("2026-03-10", "invoice", "1200.00", "1200.00")


class TestStatement:
    async def test_runs_up_to_what_is_open_less_what_is_unapplied(self, erika: Any) -> None:
        (account,) = await accounts(erika)

        assert lines(account) == [INVOICED, ("2026-04-17", "payment", "-500.00", "700.00")]
        assert (account["as_of"], account["closing"]) == ("2026-04-20", "700.00")
        assert (account["open_now"], account["unapplied_now"]) == ("1200.00", "500.00")
        assert account["other_adjustments"] is None

    async def test_ends_with_the_day_that_is_asked_for(self, erika: Any) -> None:
        (account,) = await accounts(erika, as_of="2026-04-16")

        assert (lines(account), account["closing"]) == ([INVOICED], "1200.00")

    async def test_shows_money_that_came_and_went(self, portal: Any, erika: Any) -> None:
        await portal.hear(
            portal.payment(
                version=3, returned="500.00", returned_on=date(2026, 4, 19), unapplied="0.00",
                status=ledger.PaymentStatus.RETURNED,
            )
        )  # fmt: skip

        (account,) = await accounts(erika)

        assert lines(account)[1:] == [
            ("2026-04-17", "payment", "-500.00", "700.00"),
            ("2026-04-19", "return", "500.00", "1200.00"),
        ]

    async def test_says_of_which_invoice_something_else_was_taken_off(
        self, portal: Any, erika: Any
    ) -> None:
        await portal.hear(portal.invoice(version=2, open="1150.00"))

        (account,) = await accounts(erika)

        assert account["other_adjustments"] == {
            "amount": "-50.00",
            "items": [
                {"document_id": str(INVOICE), "number": "2026-0815", "amount": "-50.00"}
            ],
        }  # fmt: skip
        assert account["closing"] == "650.00"

    async def test_never_adds_across_legal_entities_or_currencies(
        self, portal: Any, erika: Any
    ) -> None:
        await portal.hear(
            portal.invoice(invoice_id=UUID(int=1), currency="USD"),
            portal.invoice(invoice_id=UUID(int=2), legal_entity="US01"),
        )

        found = await accounts(erika)

        assert [(one["legal_entity"], one["currency"], one["closing"]) for one in found] == [
            ("DE01", "EUR", "700.00"), ("DE01", "USD", "1200.00"), ("US01", "EUR", "1200.00"),
        ]  # fmt: skip
        assert [one["currency"] for one in await accounts(erika, currency="USD")] == ["USD"]
        (only,) = await accounts(erika, legal_entity="US01")
        assert only["legal_entity"] == "US01"

    async def test_takes_two_questions_for_five_hundred_items(
        self, portal: Any, erika: Any
    ) -> None:
        await portal.hear(*(portal.invoice(invoice_id=UUID(int=n)) for n in range(1, 500)))

        asked = list[str]()
        async with portal.service.database.look() as connection:
            with connection.query_logger(lambda query: asked.append(query.query)):
                found = await statements.documents(
                    connection, CUSTOMER, legal_entity=None, currency=None
                )

        (account,) = await accounts(erika)
        assert (len(asked), len(found.invoices)) == (2, 500)
        assert len(account["lines"]) == 501

    async def test_refuses_what_it_does_not_know(self, erika: Any) -> None:
        for asked in ({"as_of": "yesterday"}, {"currency": "eur"}, {"legal_entity": "\x00"}):
            assert (await erika.get("/v1/statement", params=asked)).status_code == 422

    async def test_that_would_be_too_long_is_refused_by_name(
        self, portal: Any, erika: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert statement.STATEMENT_DOCUMENTS_MAX == statements.STATEMENT_DOCUMENTS_MAX
        monkeypatch.setattr(statements, "STATEMENT_DOCUMENTS_MAX", 1)
        await portal.hear(portal.invoice(invoice_id=UUID(int=1), currency="USD"))

        answer = await erika.get("/v1/statement")

        assert (answer.status_code, answer.json()["code"]) == (422, "statement-too-long")
        assert len(await accounts(erika, currency="USD")) == 1
