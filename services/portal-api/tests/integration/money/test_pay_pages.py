"""Paying at our own pages: what is chosen, the way to the provider's page, and what is said on the way back."""

import re
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from portal_api.interfaces.http.pay_pages import LOOKS_MAX
from shared.base.ids import object_id
from shared.testing.examples import INVOICE, SOURCE

SECOND = object_id(SOURCE, "invoice", "RE-2")


class TestOwnPages:
    """From the button of our own page to the provider's, and back to what we ourselves know."""

    @pytest.fixture
    async def button(self, payer: Any) -> dict[str, Any]:
        """As the home page has it: all that is open."""
        page = await payer.browser.get("/")
        return {"item": re.findall(r'name="item" value="([^"]+)"', page.text)}

    async def back(self, payer: Any, **more: str) -> httpx.Response:
        """Where the provider's page leads, as the provider knows it."""
        (session,) = await payer.sessions()
        name = "cancel_url" if "cancelled" in more else "success_url"
        path = session[name].removeprefix("https://portal.example")
        assert path.startswith("/paid?payment_id=")
        looks = f"&looks={more['looks']}" if "looks" in more else ""
        return await payer.browser.get(path + looks)

    async def test_press_twice_and_it_is_one_payment(
        self, payer: Any, button: dict[str, Any]
    ) -> None:
        first, again = [await payer.browser.post("/payments", data=button) for _ in range(2)]

        (session,) = await payer.sessions()
        assert session["amount_total"] == 110_000, "100.00 of 1,200.00 is disputed"
        assert first.text == again.text
        assert f'content="0;url={session["url"]}"' in first.text
        assert f'href="{session["url"]}"' in first.text

    async def test_coming_back_proves_nothing_and_looks_again_so_often(
        self, payer: Any, button: dict[str, Any]
    ) -> None:
        await payer.browser.post("/payments", data=button)
        await payer.at_the_page("payments")

        first, last = [await self.back(payer, looks=str(n)) for n in (0, LOOKS_MAX)]

        assert "Wir warten auf das Wort des Zahlungsdienstes" in first.text
        assert 'http-equiv="refresh" content="5;url=/paid?payment_id=' in first.text
        assert "looks=1" in first.text
        assert "refresh" not in last.text
        assert "dauert länger als sonst" in last.text
        assert (await self.back(payer, looks=str(LOOKS_MAX + 1))).status_code == 404

    async def test_once_the_provider_s_word_is_heard_says_thank_you(
        self, payer: Any, button: dict[str, Any]
    ) -> None:
        await payer.browser.post("/payments", data=button)
        await payer.at_the_page("payments")
        await payer.hears_all()

        page = await self.back(payer)
        assert "Vielen Dank, Ihre Zahlung ist da" in page.text
        assert "refresh" not in page.text

    async def test_declined_says_what_is_next(self, payer: Any, button: dict[str, Any]) -> None:
        await payer.browser.post("/payments", data=button)
        await payer.at_the_page("declines", code="authentication_required")
        await payer.hears_all()

        page = await self.back(payer)
        (session,) = await payer.sessions()
        assert "Die Zahlung hat nicht geklappt" in page.text
        assert "Ihre Bank möchte sehen, dass Sie es sind" in page.text
        assert f'href="{session["url"]}"' in page.text, "and here one tries again"

    async def test_left_without_paying_leads_on(self, payer: Any, button: dict[str, Any]) -> None:
        await payer.browser.post("/payments", data=button)

        page = await self.back(payer, cancelled="1")
        assert "Sie haben noch nicht gezahlt" in page.text
        assert "refresh" not in page.text

    async def test_somebody_else_s_is_unknown(
        self, payer: Any, button: dict[str, Any], portal: Any
    ) -> None:
        await payer.browser.post("/payments", data=button)
        (session,) = await payer.sessions()
        otto = portal.browser()
        await portal.sign_in(otto, "otto@other.example")

        pages = [
            await otto.get(f"/paid?payment_id={one}")
            for one in (session["client_reference_id"], UUID(int=7))
        ]
        assert [one.status_code for one in pages] == [404, 404]
        assert pages[0].text == pages[1].text

    async def test_refuses_in_words(self, payer: Any, button: dict[str, Any]) -> None:
        payer.around.open[INVOICE] = ("10.00", "EUR")
        less = await payer.browser.post("/payments", data=button)
        payer.around.down = True
        away = await payer.browser.post("/payments", data=button)
        wrong = [
            await payer.browser.post("/payments", data=button | {"item": item})
            for item in ("x", f"{INVOICE}:-1", f"{'-' * 36}:1.00", f"{INVOICE}:1e9")
        ]

        assert (less.status_code, away.status_code) == (409, 503)
        assert "Inzwischen ist weniger offen" in less.text
        assert "Wir können gerade nicht in die Bücher sehen" in away.text
        assert {one.status_code for one in wrong} == {422}
        assert await payer.sessions() == []


class TestChoosing:
    """Which invoices, and how much of each, at our own page."""

    PATH = "/payments/choices"
    ASKED = "/payments/choices?legal_entity=DE01&currency=EUR"

    @pytest.fixture
    async def form(self, payer: Any) -> dict[str, Any]:
        """As the page has it, with two invoices."""
        second = payer.portal.invoice(
            invoice_id=SECOND, invoice_number="2", due_on=date(2026, 4, 30)
        )
        await payer.portal.hear(second)
        home = await payer.browser.get("/")
        assert unescape(home.text).count(f'href="{self.ASKED}"') == 1
        page = await payer.browser.get(self.ASKED)
        assert page.status_code == 200, page.text

        def found(name: str) -> list[str]:
            return re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page.text)

        form = {"pay": found("pay"), "invoice_id": found("invoice_id"), "amount": found("amount")}
        assert form["invoice_id"] == form["pay"] == [str(INVOICE), str(SECOND)]
        assert form["amount"] == ["1100.00", "1200.00"], "100.00 of the first is disputed"
        return form | {"reason": ["", ""]}

    async def test_pays_what_is_ticked_and_a_part_with_its_reason(
        self, payer: Any, form: dict[str, Any]
    ) -> None:
        chosen = {"pay": [str(INVOICE)], "amount": ["1000,00", "50.00"], "reason": ["price", ""]}
        answer = await payer.browser.post(self.PATH, data=form | chosen)

        (session,) = await payer.sessions()
        assert (answer.status_code, session["amount_total"]) == (200, 100_000)
        state = await payer.state(session["client_reference_id"])
        (item,) = state["items"]
        assert item["left_out"] == {"amount": "200.00", "reason": "price", "words": ""}

    async def test_pays_several_together(self, payer: Any, form: dict[str, Any]) -> None:
        chosen = {"amount": ["10.00", "50.00"]}
        first, again = [await payer.browser.post(self.PATH, data=form | chosen) for _ in range(2)]

        (session,) = await payer.sessions()
        assert (first.status_code, session["amount_total"]) == (200, 6_000)
        assert first.text == again.text

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"pay": []}, 422),
            ({"amount": ["", "0.00"]}, 422),
            ({"amount": ["1.00"]}, 422),
            ({"amount": ["-1", "1"]}, 422),
            ({"reason": ["because", ""]}, 422),
            ({"amount": ["9999.00", ""]}, 409),
            ({"amount": ["1200.00", ""], "reason": ["price", ""]}, 409),
            ({"more": "x"}, 422),
        ],
    )
    async def test_refuses_in_words(
        self, payer: Any, form: dict[str, Any], changed: dict[str, Any], status: int
    ) -> None:
        answer = await payer.browser.post(self.PATH, data=form | changed)

        assert answer.status_code == status
        assert "<h1>" in answer.text
        assert await payer.sessions() == []

    async def test_shows_nothing_where_nothing_is_to_be_paid(self, payer: Any) -> None:
        page = await payer.browser.get("/payments/choices?legal_entity=DE01&currency=CHF")

        assert "Hier ist gerade nichts zu zahlen" in page.text
        assert (await payer.browser.get("/payments/choices?currency=chf")).status_code == 404
