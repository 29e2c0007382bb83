"""A report of the past, asked for again after corrections, gives the same bytes; and statements add up."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

SOURCE = "urn:acme:erp:de01"
NAMES = ("A", "B", "C")
EXAMPLE = count(1)
"""Each history has a customer and documents of its own, in one ledger."""

SLICE_EVENTS = 4

amounts = st.integers(1, 30).map(lambda whole: f"{whole}.00")
days = st.integers(1, 28).map(lambda day: f"2026-03-{day:02}")
due_days = st.sampled_from(("2026-03-29", "2026-03-31", "2026-06-30"))
names = st.sampled_from(NAMES)
targets = st.none() | st.lists(names, max_size=1)

events = st.one_of(
    st.fixed_dictionaries({"kind": st.just("customer"), "name": st.sampled_from(("=Red", "Лодка", "Blue Boat"))}),
    st.fixed_dictionaries({"kind": st.just("invoice"), "of": names, "total": amounts, "issued_on": days,
                           "due_on": due_days, "invoice_number": st.sampled_from(("R-1", "R-2")),
                           "in_parts": st.booleans()}),
    st.fixed_dictionaries({"kind": st.just("payment"), "of": names, "amount": amounts, "value_date": days,
                           "reference": st.sampled_from(("R-1", "thanks")), "allocations": targets}),
    st.fixed_dictionaries({"kind": st.just("credit_note"), "of": names, "total": amounts, "issued_on": days,
                           "allocations": targets}),
    st.fixed_dictionaries({"kind": st.just("cancel"), "of": names}),
    st.fixed_dictionaries({"kind": st.just("return"), "of": names, "returned_on": days}),
    st.fixed_dictionaries({"kind": st.just("void"), "of": names}),
)  # fmt: skip
histories = st.lists(events, min_size=4, max_size=14)
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Each try costs seconds of a database."""

searched = settings(
    phases=WITHOUT_SHRINKING,
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def terms(total: str) -> dict[str, Any]:
    """One of it due earlier, the rest later; and early payment takes 5 %."""
    rest = str(Decimal(total) - 1)
    return {
        "instalments": [
            {"number": 1, "due_on": "2026-03-28", "amount": "1.00"},
            {"number": 2, "due_on": "2026-04-15", "amount": rest},
        ],
        "discounts": [{"until": "2026-03-14", "percent": "5"}],
    }


def tell(pen: Any, run: int, version: int, event: dict[str, Any]) -> None:
    """Write one event of this run down."""
    body = {name: value for name, value in event.items() if name not in {"kind", "of"}}
    of, customer = f"{run}{event.get('of')}", {"customer_number": f"C{run}"}
    if body.get("allocations") is None:
        body.pop("allocations", None)
    else:
        body["allocations"] = [
            {"invoice_id": f"I{run}{one}", "amount": "1.00", "instalment": 2}
            for one in body["allocations"]
        ]
    match event["kind"]:
        case "customer":
            pen.customer(f"C{run}", version=version, **body)
        case "invoice":
            if body.pop("in_parts"):
                body |= terms(body["total"])
            pen.invoice(f"I{of}", version=version, **body, **customer)
        case "payment":
            pen.payment(f"P{of}", version=version, **body, **customer)
        case "credit_note":
            pen.credit_note(f"N{of}", version=version, **body, **customer)
        case "cancel":
            pen.take(
                "erp.invoice.cancelled.v1",
                invoice_id=f"I{of}",
                version=version,
                cancelled_on="2026-03-30",
            )
        case "return":
            more = {"version": version, "reason": "bank-return", **body}
            pen.take("erp.payment.returned.v1", payment_id=f"P{of}", **more)
        case "void":
            more = {"version": version, "cancelled_on": "2026-03-30"}
            pen.take("erp.payment.cancelled.v1", payment_id=f"P{of}", **more)


async def customer_of(till: Any, run: int) -> str:
    shown = await till.get("/v1/customers", source=SOURCE, customer_number=f"C{run}")
    return f"/v1/customers/{shown['customer_id']}"


async def reports(till: Any, run: int, bounds: dict[str, str]) -> dict[str, bytes]:
    """Every answer about amounts, byte for byte."""
    customer = await customer_of(till, run)
    paths = [f"{customer}/statement{suffix}" for suffix in ("", ".csv", ".pdf")]
    paths += [f"{customer}/open-items", f"{customer}/unapplied", "/v1/aging", "/v1/trial-balance"]
    asked = [f"{path}?{urlencode(bounds)}" for path in paths]
    asked.append(f"{customer}/statement?{urlencode(bounds | {'from': '2026-03-15'})}")
    for place, prefix in (("invoices", "I"), ("payments", "P"), ("credit-notes", "N")):
        for name in NAMES:
            named = {"source": SOURCE, "source_id": f"{prefix}{run}{name}"}
            asked.append(f"/v1/{place}?{urlencode(bounds | named)}")
    answers = {}
    for path in asked:
        answer = await till.http.get(path)
        assert answer.status_code in {200, 404}, answer.text
        answers[path] = answer.content if answer.status_code == 200 else b"not known"
    return answers


async def take_all(till: Any, run: int, history: list[dict[str, Any]], *, first: int) -> None:
    """In slices of a few events, each a moment later."""
    for begin in range(0, len(history), SLICE_EVENTS):
        till.move(till.service.clock.now() + timedelta(microseconds=1))
        for version, event in enumerate(history[begin : begin + SLICE_EVENTS], first + begin):
            tell(till.pen, run, version, event)
        await till.take()


def closings(statement: dict[str, Any]) -> dict[tuple[str, str], str]:
    """By legal entity and currency, where there is a balance."""
    return {
        (one["legal_entity"], one["currency"]): one["closing"]
        for one in statement["accounts"]
        if Decimal(one["closing"])
    }


class TestSameBytes:
    @searched
    @given(before=histories, after=histories, as_of=st.sampled_from(("2026-03-10", "2026-04-30")))
    async def test_no_correction_changes_what_a_report_said(
        self, till: Any, before: list[Any], after: list[Any], as_of: str
    ) -> None:
        run = next(EXAMPLE)
        till.pen.customer(f"C{run}")
        await take_all(till, run, before, first=2)
        bounds = {"as_of": as_of, "known_at": till.service.clock.now().isoformat()}
        said = await reports(till, run, bounds)

        await take_all(till, run, after, first=100)

        assert await reports(till, run, bounds) == said

    @searched
    @given(history=histories, start=days, as_of=days)
    async def test_a_statement_adds_up_on_every_day(
        self, till: Any, history: list[Any], start: str, as_of: str
    ) -> None:
        run = next(EXAMPLE)
        till.pen.customer(f"C{run}")
        await take_all(till, run, history, first=2)
        customer = await customer_of(till, run)

        told = await till.get(
            f"{customer}/statement", **{"from": min(start, as_of), "as_of": as_of}
        )
        whole = await till.get(f"{customer}/statement", as_of=as_of)
        balances = (await till.get("/v1/trial-balance", as_of=as_of))["items"]

        assert closings(told) == closings(whole), "what came to nothing before is not worth a line"
        for account in told["accounts"]:
            moved = sum(Decimal(one["amount"]) for one in account["movements"])
            left = sum(Decimal(one["open"]) for one in account["open_items"])
            spare = sum(Decimal(one["unapplied"]) for one in account["unapplied"])
            assert (
                Decimal(account["opening"]) + moved == Decimal(account["closing"]) == left - spare
            )
            assert sum(map(Decimal, account["aging"].values())) == left
        assert sum(Decimal(one["balance"]) for one in balances) == 0
