"""One customer's weeks as a person would tell them: invoices, words and silences, money."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import groupby

from play.cast.customers import Customer
from play.checks import CustomerFound
from play.doors import Item
from play.erp.documents import Invoice, Move
from play.run import Found
from play.summary import Event, Life
from shared.base.days import DAY
from shared.base.money import decimal_text
from shared.contracts.erp import Kind

EVENTS_MAX = 26


def life_of_the_most_eventful(found: Found) -> Life | None:
    """The customer with most different things in its timeline; None when nothing happened at all."""
    by_number = {customer.number: customer for customer in found.story.customers}
    told = [one for one in found.customers if one.timeline and _ordinary(by_number, one)]
    if not told:
        return None
    chosen = max(told, key=lambda one: (_variety(one), len(one.messages), one.customer_number))

    customer = by_number[chosen.customer_number]
    return Life(
        customer_number=customer.number,
        name=customer.name,
        habit=customer.habit.value,
        events=tuple(sorted(_events(found, customer, chosen), key=lambda e: e.at))[-EVENTS_MAX:],
    )


def _ordinary(by_number: dict[str, Customer], one: CustomerFound) -> bool:
    return by_number[one.customer_number].kind is not Kind.INTERCOMPANY


def _variety(one: CustomerFound) -> int:
    """Different kinds and reasons, and a message or two."""
    return len({(line["kind"], line["reason"]) for line in one.timeline}) + len(
        {message["status"] for message in one.messages}
    )


def _events(found: Found, customer: Customer, one: CustomerFound) -> Iterator[Event]:
    begin = found.story.world.start - 7 * DAY
    for invoice in found.story.book.invoices_of(customer):
        yield from (
            _moved(invoice, move) for move in invoice.moves if move.on >= begin and move.minor
        )
    yield from _decided(one)


def _moved(invoice: Invoice, move: Move) -> Event:
    currency = invoice.customer.entity.currency
    amount = f"{decimal_text(abs(move.minor), currency)} {currency}"
    left = decimal_text(invoice.open_after(move.on), currency)
    what = {
        "posted": f"invoice {invoice.number} over {amount}, due {invoice.due_on}",
        "amended": f"invoice {invoice.number} amended by {amount}",
        "cancelled": f"invoice {invoice.number} cancelled",
    }.get(move.why, f"{move.why}: {amount} on {invoice.number}, {left} open")
    return Event(at=datetime.combine(move.on, time(5, 30), UTC), who="erp", what=what)


def _decided(one: CustomerFound) -> Iterator[Event]:
    """What was done or left undone; that a message was sent goes without saying, and the same silence is told once."""
    told = [line for line in one.timeline if (line["kind"], line["reason"]) != ("outcome", "sent")]
    lines = sorted(told, key=lambda line: str(line["at"]))
    for _, same in groupby(lines, key=lambda line: (line["kind"], line["reason"])):
        group = list(same)
        yield Event(
            at=datetime.fromisoformat(group[0]["at"]),
            who=_who(group[0]),
            what=_words(group),
        )


def _who(line: Item) -> str:
    match line["kind"]:
        case "silence" | "withdrawal" | "hold":
            return "silence"
        case "escalation":
            return "escalation"
        case "courtesy" | "reminder":
            return "reminder"
        case _:
            return "note"


def _words(group: list[Item]) -> str:
    first = group[0]
    step = f" (step {first['step']})" if first.get("step") is not None else ""
    times = f", {len(group)} times until {str(group[-1]['at'])[:10]}" if len(group) > 1 else ""
    return f"{first['kind']}{step}: {first['reason']}{times}"
