"""Our own page of an invoice: its figures, what was booked against it, the clock of its dispute, a copy, and paying."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter, Response

from portal_api.domain.contact import Role
from portal_api.gateways import invoices
from portal_api.gateways.invoices import Today
from portal_api.gateways.standing import Answered, answered, booked
from portal_api.interfaces.http.dispute_page import clock_rows
from portal_api.interfaces.http.invoices import InvoiceUnknown, time_zones_of
from portal_api.interfaces.http.own_page import Guest, OwnPages
from portal_api.interfaces.http.page_rows import (
    Row,
    age,
    answers_of,
    payable,
    payment_form,
    row,
    state_of,
)
from portal_api.interfaces.http.page_words import PageWords
from portal_api.interfaces.http.thing_page import Shown, thing
from shared.base.money import minor_of

Listed = tuple[str, list[Row]]


def invoice_page_router(pages: OwnPages) -> APIRouter:
    """`/invoices/{id}`."""
    router, zones = pages.router(), time_zones_of(pages.company)

    @router.get("/invoices/{invoice_id}")
    async def show_invoice(
        invoice_id: UUID, guest: Annotated[Guest, pages.guest(Role.VIEW)]
    ) -> Response:
        visitor, today = guest.visitor, Today(guest.visitor.moment, zones)
        mine = visitor.session.customer_id
        async with visitor.look() as connection:
            found = await invoices.one(connection, mine, invoice_id)
            if found is None:
                raise InvoiceUnknown("you have no such invoice")
            answers = await answered(connection, mine, moment=visitor.moment)
            lines = await booked(connection, mine, invoice_id)
        shown = {
            **_figures(found, answers, today, guest),
            "links": [(guest.words.w["pdf"], f"/v1/invoices/{invoice_id}/document")],
            "lists": [
                *_instalments(found, guest.words),
                *_clocks(pages, guest, answers, invoice_id),
                _booked(lines, found["currency"], guest.words),
            ],
        }
        return thing(pages, guest, found["legal_entity"], shown)

    return router


def _figures(found: Record, answers: Answered, today: Today, guest: Guest) -> Shown:
    words, standing = guest.words, answers.standing
    badge, mood = state_of(found, standing, today)
    can_pay = payable([found], standing) if Role.PAY in guest.visitor.session.roles else []
    is_open = [age(found, today, words)] if found["status"] == "open" else []
    day = today.at(found["legal_entity"])

    return {
        "title": f"{words.w['invoice']} {found['invoice_number']}",
        "figure": words.amount(found["open_minor"], found["currency"]),
        "badge": words.w["states"][badge],
        "mood": mood,
        "notes": [
            *is_open,
            *answers_of(found, standing, words),
            *_discounts(found, day, words),
        ],
        "facts": _facts(found, words),
        "pay": payment_form(can_pay, words, words.w["pay_all"]) if can_pay else None,
    }


def _facts(found: Record, words: PageWords) -> list[tuple[str, str]]:
    facts = [
        (words.w["total"], words.amount(found["total_minor"], found["currency"])),
        (words.w["issued_on"], words.day(found["issued_on"])),
        (words.w["due"], words.day(found["due_on"])),
    ]
    if found["payment_reference"]:
        facts.append((words.w["reference"], found["payment_reference"]))
    return facts


def _discounts(found: Record, day: date, words: PageWords) -> list[str]:
    """Those that can still be taken."""
    currency = found["currency"]
    return [
        words.w["discount"].format(
            pays=words.amount(pays, currency),
            day=words.day(date.fromisoformat(until)),
            amount=words.amount(minor, currency),
        )
        for until, minor, pays in found["discounts"]
        if found["open_minor"] and date.fromisoformat(until) >= day
    ]


def _instalments(found: Record, words: PageWords) -> list[Listed]:
    """Of an invoice that has several."""
    if len(found["instalments"]) < 2:
        return []

    def line(number: int, due_on: str | None, open_minor: int) -> Row:
        due = words.w["due_on"].format(day=words.day(date.fromisoformat(due_on))) if due_on else ""
        name = words.w["instalment"].format(number=number)
        return row(name, words.amount(open_minor, found["currency"]), more=[due] if due else [])

    rows = [line(number, due_on, left) for number, due_on, _, left in found["instalments"]]
    return [(words.w["instalments"], rows)]


def _booked(lines: Sequence[Record], currency: str, words: PageWords) -> Listed:
    w = words.w

    def line(one: Record) -> Row:
        name = w["payment_of"]
        if one["kind"] != "payment":
            name = w["credit_note_of"].format(number=one["number"] or "")
        amount = words.amount(minor_of(one["amount"], currency), currency)
        return row(name, amount, more=[words.day(one["dated_on"])])

    return w["payments"], [line(one) for one in lines]


def _clocks(pages: OwnPages, guest: Guest, answers: Answered, invoice_id: UUID) -> list[Listed]:
    """Of the disputes of this invoice."""
    about = str(invoice_id)
    return [
        (guest.words.w["clock"], clock_rows(pages, guest, one))
        for one in answers.disputes
        if any(str(item[0]) == about for item in one["items"])
    ]
