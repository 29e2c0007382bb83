"""Laws of the books, over all histories an ERP may tell."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

Telling = tuple[str, dict[str, Any]]
Desks = Callable[[], Any]

NAMES = ["A", "B", "C"]
DAY = "2026-04-01"

amounts = st.integers(0, 30).map(lambda whole: f"{whole}.00")
versions = st.integers(1, 6)
invoices = st.sampled_from(NAMES).map(lambda name: f"I{name}")


def directions_within(amount: str) -> st.SearchStrategy[list[dict[str, str]]]:
    """Allocations that do not exceed the credit."""
    half = f"{int(float(amount)) // 2}.00"
    one = st.fixed_dictionaries({"invoice_id": invoices, "amount": st.just(half)})
    return st.lists(one, max_size=2)


@st.composite
def tellings(draw: st.DrawFn, *, directed: bool) -> Telling:
    """One event of one of three invoices, payments or credit notes of one customer."""
    name, version, amount = draw(st.sampled_from(NAMES)), draw(versions), draw(amounts)
    kinds = [
        "invoice",
        "invoice",
        "cancel",
        "payment",
        "payment",
        "return",
        "void",
        "credit",
        "set",
    ]
    match draw(st.sampled_from(kinds)):
        case "invoice":
            return "invoice", {"name": f"I{name}", "total": amount, "version": version}
        case "cancel":
            body = {"invoice_id": f"I{name}", "version": version, "cancelled_on": DAY}
            return "take", {"event_type": "erp.invoice.cancelled.v1", **body}
        case "return":
            body = {
                "payment_id": f"P{name}",
                "version": version,
                "returned_on": DAY,
                "reason": "other",
            }
            body |= draw(st.sampled_from([{}, {"amount": "3.00"}]))
            return "take", {"event_type": "erp.payment.returned.v1", **body}
        case "void":
            body = {"payment_id": f"P{name}", "version": version, "cancelled_on": DAY}
            return "take", {"event_type": "erp.payment.cancelled.v1", **body}
        case "set":
            allocations = draw(directions_within("20.00"))
            body = {
                "credit": {"kind": "payment", "id": f"P{name}"},
                "version": version,
                "customer_number": "C1",
            }
            return "take", {
                "event_type": "erp.allocations.set.v1",
                **body,
                "allocations": allocations,
            }
        case kind:
            undirected = not directed and draw(st.booleans())
            given_too = {} if undirected else {"allocations": draw(directions_within(amount))}
            method = "payment" if kind == "payment" else "credit_note"
            prefix = "P" if kind == "payment" else "N"
            amount_name = "amount" if kind == "payment" else "total"
            return method, {
                "name": prefix + name,
                amount_name: amount,
                "version": version,
                **given_too,
            }


def line_of(telling: Telling) -> tuple[str, str, int]:
    _, body = telling
    name = (
        body.get("name") or body.get("invoice_id") or body.get("payment_id") or body["credit"]["id"]
    )
    return name, "set" if "credit" in body else "object", body["version"]


examples = settings(max_examples=40, deadline=None)

histories = st.lists(tellings(directed=False), max_size=25)
sound_histories = st.lists(tellings(directed=False), max_size=25, unique_by=line_of)
"""No version says two things: a contradiction is seen only until a newer version is known."""

directed_histories = st.lists(tellings(directed=True), max_size=14, unique_by=line_of)


def told(new_desk: Desks, history: list[Telling], *, twice: bool = False) -> Any:
    desk = new_desk()
    for method, body in history:
        for _ in range(2 if twice else 1):
            getattr(desk, method)(**body)
    return desk


def state(desk: Any) -> Any:
    return (
        desk.nets(),
        {
            one.source_id: (one.status, one.open_minor)
            for one in desk.books.invoices.values()
            if one.body
        },
        {
            one.source_id: (one.status, one.unapplied_minor)
            for one in desk.books.credits.values()
            if one.body
        },
    )


class TestLawsOfTheBooks:
    @examples
    @given(history=histories)
    def test_items_are_what_the_entries_say(self, new_desk: Desks, history: list[Telling]) -> None:
        desk = told(new_desk, history)
        assert desk.posted() == desk.held()
        assert sum(desk.nets().values()) == 0

    @examples
    @given(history=histories)
    def test_nothing_is_below_zero_and_nothing_is_reversed_twice(
        self, new_desk: Desks, history: list[Telling]
    ) -> None:
        books = told(new_desk, history).books
        assert all(one.open_minor >= 0 for one in books.invoices.values())
        assert all(one.unapplied_minor >= 0 for one in books.credits.values())
        reversed_entries = [entry.reverses for entry in books.entries if entry.reverses is not None]
        assert len(set(reversed_entries)) == len(reversed_entries)

    @examples
    @given(history=histories)
    def test_every_event_twice_is_as_good_as_once(
        self, new_desk: Desks, history: list[Telling]
    ) -> None:
        once, twice = told(new_desk, history), told(new_desk, history, twice=True)
        assert [one.fact for one in once.books.told] == [one.fact for one in twice.books.told]
        assert [entry.posting for entry in once.books.entries] == [
            entry.posting for entry in twice.books.entries
        ]

    @examples
    @given(history=sound_histories)
    def test_a_whole_history_again_changes_nothing(
        self, new_desk: Desks, history: list[Telling]
    ) -> None:
        desk = told(new_desk, history)
        before = state(desk), len(desk.books.entries), len(desk.books.told)
        for method, body in history:
            getattr(desk, method)(**body)
        assert (state(desk), len(desk.books.entries), len(desk.books.told)) == before

    @examples
    @given(history=directed_histories, shuffled=st.randoms(use_true_random=False))
    def test_the_order_of_directed_events_does_not_matter(
        self, new_desk: Desks, history: list[Telling], shuffled: Any
    ) -> None:
        other = list(history)
        shuffled.shuffle(other)
        assert state(told(new_desk, history)) == state(told(new_desk, other))

    @examples
    @given(history=histories)
    def test_versions_told_of_each_object_rise_by_one(
        self, new_desk: Desks, history: list[Telling]
    ) -> None:
        last: dict[Any, int] = {}
        for one in told(new_desk, history).books.told:
            fact = one.fact
            before = last.get(fact.subject_id, 0)
            assert fact.version in {before, before + 1} or hasattr(fact, "invoice_id")
            last[fact.subject_id] = fact.version
