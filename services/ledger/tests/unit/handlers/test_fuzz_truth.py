"""The books after any history, in any order of arrival, are what a naive reader of the final states works out.

The reader below knows no versions but the highest, no entries and no order. It adds up in fractions what the ERP's
last word on each object says. Payments that nobody directed are ours to match: they are counted without our matching.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.credit import PAYMENT
from ledger.domain.due import left_by_instalment
from ledger.handlers.state_of_invoice import state_of_invoice
from ledger.handlers.tell_changes import credit_note_fact, payment_fact
from shared.base.ids import object_id
from shared.contracts.ledger import CreditEvent, Invoice, InvoiceEvent, PaymentEvent
from shared.testing.fuzz import fuzzed

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(7_200)]

SOURCE = "urn:acme:erp:de01"
DAYS = ["2026-03-05", "2026-03-20", "2026-04-02"]
Body = dict[str, Any]
Minors = dict[str, int]


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def minor(text: str) -> int:
    return int(Fraction(text) * 100)


@dataclass
class Line:
    """What was said of one object: the highest body, and whatever is highest of all."""

    body: Body | None = None
    version: int = 0
    last: tuple[int, str, Body] = (0, "", {})

    def hear(self, kind: str, body: Body) -> None:
        if kind in {"posted", "received", "set"} and body["version"] > self.version:
            self.body, self.version = body, body["version"]
        self.last = max(self.last, (body["version"], kind, body), key=lambda one: one[0])

    @property
    def stands(self) -> bool:
        return self.body is not None and self.last[0] == self.version


@dataclass
class Naive:
    """The final states of one customer's objects, by name."""

    lines: dict[tuple[str, str], Line] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Line]:
        return {name: line for (one, name), line in self.lines.items() if one == kind and line.body}

    def worth(self, kind: str, name: str) -> int:
        """What there is of a credit, without what went back or was adjusted."""
        line = self.lines[kind, name]
        assert line.body is not None
        whole = minor(line.body["amount" if kind == "payment" else "total"])
        _, last, said = line.last
        if last == "returned":
            whole -= min(whole, minor(said["amount"])) if "amount" in said else whole
        elif not line.stands:
            return 0
        return whole - self.adjusted(kind, name, whole)

    def adjusted(self, kind: str, name: str, room: int) -> int:
        """What adjustments take off an item that has `room`; first what they put back."""
        asked = [
            (minor(line.body["amount"]) > 0, line.body["posted_on"], one, line)
            for one, line in self.of("adjustment").items()
            if line.body and line.stands and item_of(line.body) == (kind, name)
        ]
        left = room
        for *_, line in sorted(asked, key=lambda one: (*one[:2], ident("adjustment", one[2]))):
            assert line.body is not None
            left -= min(minor(line.body["amount"]), left)
        return room - left

    def directions(self, kind: str, name: str) -> list[Body] | None:
        said = self.lines.get(("set", name)) if kind == "payment" else None
        if said is not None and said.body is not None:
            return list(said.body["allocations"])
        body = self.lines[kind, name].body
        assert body is not None
        return body.get("allocations")

    def settle(self) -> tuple[Minors, Minors]:
        """Open amounts of invoices, and what credits have left."""
        asks: dict[str, list[tuple[str, Any, str, int, list[Body]]]] = {}
        left: Minors = {}
        for kind in ("payment", "credit-note"):
            for name, line in self.of(kind).items():
                assert line.body is not None
                there = left[name] = self.worth(kind, name)
                day = line.body["value_date" if kind == "payment" else "issued_on"]
                parts: dict[str, list[Body]] = {}
                for one in self.directions(kind, name) or ():
                    parts.setdefault(one["invoice_id"], []).append(one)
                for invoice, said in parts.items():
                    wanted = min(there, sum(minor(one["amount"]) for one in said))
                    there -= wanted
                    ask = (day, ident(kind, name), name, wanted, said)
                    asks.setdefault(invoice, []).append(ask)
        opens: Minors = {}
        for invoice, line in self.of("invoice").items():
            assert line.body is not None
            room = minor(line.body["total"]) if line.stands else 0
            room -= self.adjusted("invoice", invoice, room) if line.stands else 0
            for _, _, name, wanted, said in sorted(asks.get(invoice, []), key=lambda one: one[:2]):
                granted, spent = grant(room, wanted, said)
                room -= granted
                left[name] -= spent
            opens[invoice] = room
        return opens, left


def item_of(body: Body) -> tuple[str, str]:
    return body["item"]["kind"], body["item"]["id"]


def ident(kind: str, name: str) -> Any:
    return object_id(SOURCE, kind, name)


def grant(room: int, wanted: int, said: list[Body]) -> tuple[int, int]:
    """What the invoice falls by and what that takes of the credit; deductions come along in proportion."""
    cost = sum(minor(one["amount"]) for one in said)
    taken = sum(minor(part["amount"]) for one in said for part in one.get("deductions", ()))
    asked = cost + taken if wanted == cost else half_up(Fraction((cost + taken) * wanted, cost))
    granted = min(asked, room)
    if granted == asked:
        return granted, wanted
    return granted, half_up(Fraction(wanted * granted, asked)) if taken else granted


amounts = st.integers(0, 3_000).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
names = st.sampled_from("ABC")
versions = st.integers(1, 5)
days = st.sampled_from(DAYS)


@st.composite
def allocations(draw: st.DrawFn, within: int) -> list[Body]:
    """Up to three, that take no more than `within` of the credit; some with a deduction."""
    said: list[Body] = []
    for _ in range(draw(st.integers(0, 3))):
        cents = draw(st.integers(0, within))
        within -= cents
        said.append({"invoice_id": f"I{draw(names)}", "amount": f"{cents // 100}.{cents % 100:02}"})
        if number := draw(st.sampled_from([0, 0, 1, 2, 9])):
            said[-1]["instalment"] = number
        if cents and draw(st.booleans()):
            said[-1]["deductions"] = [
                {"kind": draw(st.sampled_from(["discount", "bank-fee"])), "amount": draw(amounts)}
            ]
    return said


@st.composite
def terms(draw: st.DrawFn, amount: str) -> Body:
    """Due whole or in parts, one of them perhaps without a day; with or without a discount."""
    said: Body = {}
    if draw(st.booleans()):
        first = draw(st.integers(0, minor(amount)))
        parts = [first, minor(amount) - first, 0]
        due = [draw(days), draw(st.sampled_from([*DAYS, None])), draw(days)]
        said["instalments"] = [
            {"number": number, "amount": f"{cents // 100}.{cents % 100:02}"}
            | ({"due_on": day} if day else {})
            for number, (cents, day) in enumerate(zip(parts, due, strict=True), 1)
        ]
    if draw(st.booleans()):
        said["discounts"] = [{"until": draw(days), "percent": draw(st.sampled_from("259"))}]
    return said


@st.composite
def openings(draw: st.DrawFn, amount: str) -> Body:
    """What was left of it when the books began, if it is older than they are."""
    if draw(st.booleans()):
        return {}
    cents = draw(st.integers(0, minor(amount)))
    return {"opening": {"open": f"{cents // 100}.{cents % 100:02}", "as_of": draw(days)}}


Told = tuple[str, str, str, Body]
"""(kind of object, name, what was said, body)"""


@st.composite
def tellings(draw: st.DrawFn, *, brought_over: bool = False) -> Told:  # noqa: PLR0911 - one return for each kind of record
    one, version, amount, day = draw(names), draw(versions), draw(amounts), draw(days)
    said = {"version": version}
    where = {"customer_number": "C1", "legal_entity": "DE01", "currency": "EUR"}
    began = draw(openings(amount)) if brought_over else {}
    match draw(
        st.sampled_from(["invoice", "payment", "note", "adjust", "cancel", "return", "set"])
    ):
        case "invoice":
            due: Body = {
                "issued_on": "2026-03-01",
                "due_on": day,
                "kind": "invoice",
                "total": amount,
                **(began or draw(terms(amount))),
            }
            return "invoice", f"I{one}", "posted", {"invoice_number": one, **due, **where, **said}
        case "payment":
            body = {"value_date": day, "amount": amount, "method": "transfer", **where, **said}
            if draw(st.booleans()):
                body["allocations"] = draw(allocations(minor(amount)))
            return "payment", f"P{one}", "received", body | began
        case "note":
            body = {"credit_note_number": one, "kind": "credit-note", "issued_on": day}
            inline = draw(allocations(minor(amount)))
            body |= {"total": amount, "allocations": inline, **where, **said, **began}
            return "credit-note", f"N{one}", "posted", body
        case "adjust":
            item = draw(st.sampled_from([("invoice", "I"), ("payment", "P"), ("credit-note", "N")]))
            sign = draw(st.sampled_from(["", "", "-"]))
            body: Body = {
                "item": {"kind": item[0], "id": f"{item[1]}{one}"},
                "amount": sign + amount,
            }
            if item[0] == "invoice" and draw(st.booleans()):
                body["item"]["instalment"] = draw(st.sampled_from([1, 2, 9]))
            name = f"A{item[1]}{one}{draw(st.sampled_from('xy'))}"
            return (
                "adjustment",
                name,
                "posted",
                {"reason": "other", "posted_on": day, **body, **where, **said},
            )
        case "cancel":
            kind, name = draw(
                st.sampled_from(
                    [("invoice", "I"), ("payment", "P"), ("credit-note", "N"), ("adjustment", "AI")]
                )
            )
            name += one if kind != "adjustment" else f"{one}x"
            return kind, name, "cancelled", {"cancelled_on": day, **said}
        case "return":
            body = {"returned_on": day, "reason": "bank-return", **said}
            body |= draw(st.sampled_from([{}, {"amount": amount}]))
            return "payment", f"P{one}", "returned", body
        case _:
            body = {"credit": {"kind": "payment", "id": f"P{one}"}, "customer_number": "C1"}
            return "set", f"P{one}", "set", body | {"allocations": draw(allocations(4_000)), **said}


def line_of(told: Told) -> tuple[str, str, int]:
    return told[0], told[1], told[3]["version"]


def tell(desk: Any, told: Told) -> None:
    kind, name, said, body = told
    if kind == "set":
        desk.take("erp.allocations.set.v1", **body)
    else:
        desk.take(f"erp.{kind}.{said}.v1", **{f"{kind.replace('-', '_')}_id": name}, **body)


def ours_taken_off(desk: Any) -> tuple[Minors, Minors]:
    """Open amounts and what credits have left in the books, without our own matching."""
    opens = {one.source_id: one.open_minor for one in desk.books.invoices.values() if one.body}
    left = {one.source_id: one.unapplied_minor for one in desk.books.credits.values() if one.body}
    for credit in desk.books.credits.values():
        for invoice_id, one in credit.applications.items():
            if one.provisional:
                opens[desk.books.invoices[invoice_id].source_id] += one.applied_minor
                left[credit.source_id] += one.spent_minor
    return opens, left


def named_in_entries(desk: Any, invoice_id: Any) -> dict[int, int]:
    """What stands for each instalment, as a report of the past would add it up."""
    named: dict[int, int] = {}
    for entry in desk.books.entries:
        posting = entry.posting
        for item, sign in ((posting.credit_item, 1), (posting.debit_item, -1)):
            if item == invoice_id and posting.instalment is not None:
                named[posting.instalment] = named.get(posting.instalment, 0) + sign * posting.minor
    return named


def told_last(desk: Any) -> tuple[dict[UUID, Invoice], dict[UUID, Any]]:
    """What somebody knows who only listens: each invoice, alone or carried in a credit's fact, and each credit."""
    invoices: dict[UUID, Invoice] = {}
    credits_: dict[UUID, Any] = {}
    for told in desk.books.told:
        fact = told.fact
        if isinstance(fact, PaymentEvent | CreditEvent):
            credits_[fact.subject_id] = fact
            invoices |= {one.invoice_id: one for one in fact.invoices}
        elif isinstance(fact, InvoiceEvent):
            known = {name: getattr(fact, name) for name in Invoice.model_fields}
            invoices[fact.invoice_id] = Invoice(**known)
    return invoices, credits_


class TestTruth:
    @fuzzed
    @given(history=st.lists(tellings(), max_size=18, unique_by=line_of))
    def test_any_history_ends_as_its_final_states_say(
        self, new_desk: Callable[[], Any], history: list[Told]
    ) -> None:
        desk, naive = new_desk(), Naive()
        for told in history:
            tell(desk, told)
            kind, name, said, body = told
            naive.lines.setdefault((kind, name), Line()).hear(said, body)

        assert not [one.code for one in desk.taken if one.code]
        assert ours_taken_off(desk) == naive.settle()
        assert desk.posted() == desk.held()
        assert sum(desk.nets().values()) == 0

    @fuzzed
    @given(history=st.lists(tellings(), max_size=18, unique_by=line_of))
    def test_entries_alone_say_what_is_open_by_instalment(
        self, new_desk: Callable[[], Any], history: list[Told]
    ) -> None:
        desk = new_desk()
        for told in history:
            tell(desk, told)

        for invoice in desk.books.invoices.values():
            if invoice.body and invoice.body.terms and (parts := invoice.body.terms.instalments):
                named = named_in_entries(desk, invoice.invoice_id)
                left = left_by_instalment(parts, named, invoice.open_minor)
                assert tuple(one.open_minor for one in left) == invoice.due.opens
                assert sum(invoice.due.opens) == invoice.open_minor

    @fuzzed
    @given(history=st.lists(tellings(brought_over=True), max_size=18, unique_by=line_of))
    def test_what_was_told_last_is_what_stands(
        self, new_desk: Callable[[], Any], history: list[Told]
    ) -> None:
        desk = new_desk()
        for told in history:
            tell(desk, told)

        invoices, credits_ = told_last(desk)
        for invoice in desk.books.invoices.values():
            if invoice.body:
                assert Invoice(**state_of_invoice(invoice)) == invoices[invoice.invoice_id]
        for credit in desk.books.credits.values():
            if credit.body:
                fact = payment_fact if credit.kind == PAYMENT else credit_note_fact
                last = credits_[credit.credit_id]
                now = fact(type(last), credit, credit.body, last.invoices)
                assert now == last

    @fuzzed
    @given(history=st.lists(tellings(), max_size=18, unique_by=line_of))
    def test_no_money_lies_idle_while_something_is_open(
        self, new_desk: Callable[[], Any], history: list[Told]
    ) -> None:
        desk = new_desk()
        for told in history:
            tell(desk, told)

        idle = [one for one in desk.books.credits.values() if one.matchable and one.unapplied_minor]
        owed = [one for one in desk.books.invoices.values() if one.open_minor]
        assert not (idle and owed)
