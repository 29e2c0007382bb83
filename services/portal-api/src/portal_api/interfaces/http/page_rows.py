"""How our own pages show invoices, promises, plans and disputes in one line each, and what can be paid at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from asyncpg import Record

from portal_api.domain.plan import Plan
from portal_api.domain.promise import Promise
from portal_api.domain.standing import Answer, Standing
from portal_api.gateways.invoices import Today
from portal_api.interfaces.http.page_words import PageWords
from portal_api.interfaces.http.paying import ITEMS_MAX
from shared.base.money import decimal_text, minor_of

Row = Mapping[str, Any]


class Payable(NamedTuple):
    """So much of an invoice can be paid now, in minor units."""

    invoice_id: UUID
    legal_entity: str
    currency: str
    minor: int


def row(name: str, figure: str, **more: Any) -> Row:
    """A line: what, how much, how it stands, and what else there is to say."""
    return {"name": name, "figure": figure, "href": "", "badge": "", "mood": "", "more": ()} | more


def invoice_row(one: Record, standing: Standing, today: Today, words: PageWords) -> Row:
    """Of an open invoice."""
    badge, mood = state_of(one, standing, today)
    return row(
        one["invoice_number"],
        words.amount(one["open_minor"], one["currency"]),
        href=f"/invoices/{one['invoice_id']}",
        badge=words.w["states"][badge],
        mood=mood,
        more=[age(one, today, words), *answers_of(one, standing, words)],
    )


def state_of(one: Record, standing: Standing, today: Today) -> tuple[str, str]:
    """Its state in a word, and how that looks: what is answered in full is not overdue for whoever answered."""
    if one["status"] != "open":
        return one["status"], "good" if one["status"] == "settled" else ""
    for answer in Answer:
        if standing.minor(answer, one["invoice_id"]) >= one["open_minor"]:
            return answer.value, "good"
    return ("overdue", "late") if today.is_overdue(one) else ("due", "")


def age(one: Record, today: Today, words: PageWords) -> str:
    """When it is or was due."""
    w, day = words.w, today.at(one["legal_entity"])
    late = (day - one["due_on"]).days
    said: str = w["due_on"].format(day=words.day(one["due_on"]))
    if late == 0:
        return str(w["due_today"])
    if late > 0 and today.is_overdue(one):
        return f"{said}, {w['day_late'] if late == 1 else w['days_late'].format(count=late)}"
    return said


def answers_of(one: Record, standing: Standing, words: PageWords) -> list[str]:
    """What of it is disputed, promised, planned or on its way."""
    held = {answer.value: standing.minor(answer, one["invoice_id"]) for answer in Answer}
    held["coming"] = standing.coming.get(one["invoice_id"], 0)
    return [
        words.w[f"{answer}_part"].format(amount=words.amount(minor, one["currency"]))
        for answer, minor in held.items()
        if minor
    ]


def payable(rows: Iterable[Record], standing: Standing) -> list[Payable]:
    """What of each is open and not disputed."""
    found = (
        Payable(
            *(one["invoice_id"], one["legal_entity"], one["currency"]),
            standing.payable(one["invoice_id"], one["open_minor"]),
        )
        for one in rows
    )
    return [one for one in found if one.minor]


def payment_form(found: Sequence[Payable], words: PageWords, label: str) -> dict[str, Any]:
    """One button for up to as many as one payment takes."""
    taken = found[:ITEMS_MAX]
    sum_minor = sum(one.minor for one in taken)
    lines = [f"{one.invoice_id}:{decimal_text(one.minor, one.currency)}" for one in taken]
    amount = words.amount(sum_minor, taken[0].currency)
    said = label.replace("{amount}", amount).replace("{count}", str(len(taken)))
    return {"lines": lines, "label": said}


def promise_row(one: Promise, words: PageWords) -> Row:
    """Of a promise."""
    return row(
        words.w["promise"],
        words.amount(sum(item.minor for item in one.items), one.currency),
        href=f"/promises/{one.promise_id}",
        badge=words.w["promise_states"][one.state],
        more=[f"{words.w['pay_on']} {words.day(one.pay_on)}"],
    )


def plan_row(one: Plan, words: PageWords) -> Row:
    """Of a plan."""
    return row(
        words.w["plan"],
        words.amount(sum(item.minor for item in one.items), one.terms.currency),
        href=f"/plans/{one.plan_id}",
        badge=words.w["plan_states"][one.state],
        mood="ask" if one.state == "proposed" else "",
        more=[next_part(one, words)] if one.state == "active" else [],
    )


def next_part(one: Plan, words: PageWords) -> str:
    """The next part that is to be paid."""
    part = next(one.unpaid(), None)
    if part is None:
        return ""
    amount = words.amount(part.minor - part.paid_minor, one.terms.currency)
    return f"{amount}, {words.w['due_on'].format(day=words.day(part.due_on))}"


def dispute_row(one: Record, words: PageWords) -> Row:
    """Of a dispute."""
    numbers = ", ".join(dict.fromkeys(number for _, number, *_ in one["items"]))
    return row(
        words.w["dispute"],
        disputed_amount(one, words),
        href=f"/disputes/{one['dispute_id']}",
        badge=words.w["dispute_states"][one["state"]],
        more=[numbers, words.w["reasons"][one["reason"]]],
    )


def disputed_amount(one: Record, words: PageWords) -> str:
    """All of it."""
    currency = one["currency"]
    minor = sum(minor_of(amount, currency) for _, _, _, amount, *_ in one["items"])
    return words.amount(minor, currency)
