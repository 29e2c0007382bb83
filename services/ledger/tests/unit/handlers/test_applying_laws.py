"""Whatever happens around a credit that a customer has directed: the books balance, and it stands at most once."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.request import Kind, NoRoom, State
from ledger.handlers.apply_credit import AlreadyStandsThere, apply_credit

CREDITS = (("credit-note", "N1"), ("payment", "P1"))
NAMED = {"N1": "credit_note_id", "I1": "invoice_id"}
CANCELLED = {"N1": "erp.credit-note.cancelled.v1", "I1": "erp.invoice.cancelled.v1"}
credits_ = st.sampled_from(CREDITS)
parts = st.lists(
    st.tuples(st.sampled_from(("I1", "I2")), st.integers(1, 40).map(lambda n: f"{n}.00")),
    min_size=1,
    max_size=2,
)
applied = st.tuples(st.just("apply"), credits_, parts)
steps = st.one_of(
    applied,
    st.tuples(st.just("set"), credits_, st.one_of(st.just([]), parts)),
    st.tuples(st.just("invoice"), st.sampled_from(("I1", "I2")), st.integers(10, 150)),
    st.tuples(st.just("pay"), st.sampled_from(("I1", "I2")), st.integers(1, 80)),
    st.tuples(st.just("return"), st.none(), st.none()),
    st.tuples(st.just("cancel"), st.sampled_from(("N1", "I1")), st.none()),
    st.tuples(st.sampled_from(("refuse", "close")), st.integers(0, 2), st.none()),
)
histories = st.builds(
    lambda first, rest: [first, *rest], applied, st.lists(steps, min_size=2, max_size=12)
)


class Story:
    """What happens, one step after another."""

    def __init__(self, clerk: Any, *, undirected: bool) -> None:
        self.clerk, self.desk = clerk, clerk.desk
        self.requests: list[Any] = []
        self.versions: dict[str, int] = {}
        said = {} if undirected else {"allocations": []}
        self.desk.credit_note("N1", "60.00", **said)
        self.desk.payment("P1", "45.00", reference="nothing", **said)
        self.versions |= {"N1": 1, "P1": 1, "I1": 1, "I2": 1}

    def next(self, name: str) -> int:
        self.versions[name] = self.versions.get(name, 0) + 1
        return self.versions[name]

    def apply(self, credit: tuple[str, str], directed: list[tuple[str, str]]) -> None:
        """As in a transaction: what is refused has not happened."""
        self.desk.books.told.clear()
        before = deepcopy(self.desk.books)
        request = self.clerk.asks(
            Kind.ALLOCATION,
            sum(int(amount[:-3]) * 100 for _, amount in directed),
            item=self.clerk.item(*credit),
            parts=tuple(self.clerk.part(*one) for one in directed),
        )
        try:
            apply_credit(self.desk.books, request, moment=self.clerk.moment)
        except (NoRoom, AlreadyStandsThere):
            self.desk.books = before
            kept = before.requests.by_id
            self.requests = [kept[one.request_id] for one in self.requests]
        else:
            self.requests.append(request)

    def step(self, what: str, on: Any, more: Any) -> None:
        match what:
            case "apply":
                self.apply(on, more)
            case "set":
                kind, name = on
                version = self.next(f"set {name}")
                self.desk.allocate(name, *dict(more).items(), kind=kind, version=version)
            case "invoice":
                self.desk.invoice(on, f"{more}.00", version=self.next(on))
            case "pay":
                directed = [{"invoice_id": on, "amount": f"{more}.00"}]
                self.desk.payment(f"X{self.next('X')}", f"{more}.00", allocations=directed)
            case "return":
                self.desk.take(
                    "erp.payment.returned.v1", payment_id="P1", version=self.next("P1"),
                    returned_on="2026-03-25", reason="bank-return",
                )  # fmt: skip
            case "cancel":
                said = {NAMED[on]: on, "version": self.next(on), "cancelled_on": "2026-03-30"}
                self.desk.take(CANCELLED[on], **said)
            case "refuse" | "close" if on < len(self.requests):
                request = self.requests[on]
                if what == "refuse":
                    self.clerk.refuses(request)
                elif request.state in {State.OPEN, State.REFUSED}:
                    self.clerk.closes(request)

    def check(self) -> None:
        books = self.desk.books
        assert self.desk.posted() == self.desk.held()
        assert sum(self.desk.nets().values()) == 0
        open_ids = {one.request_id for one in self.requests if one.state is State.OPEN}
        for credit in books.credits.values():
            spent = sum(one.spent_minor for one in credit.applications.values())
            assert spent + credit.unapplied_minor == credit.available_minor
            assert credit.unapplied_minor >= 0
            assert {one.request_id for one in credit.applications.values()} <= {None, *open_ids}
        assert all(one.open_minor >= 0 for one in books.invoices.values())

    def check_ended(self) -> None:
        """Nothing stands for a request that was refused or withdrawn: of a credit note that nobody directs, nothing
        but what is still asked.
        """
        note = self.desk.held_credit("N1", kind="credit-note")
        if note.directions is None:
            standing = [one for one in note.applications.values() if one.spent_minor]
            assert all(one.request_id is not None for one in standing)


class TestLawOfTheDirectedCredit:
    @settings(max_examples=300, deadline=None)
    @given(history=histories, undirected=st.booleans())
    def test_the_books_balance_and_the_erp_has_the_last_word(
        self, new_desk: Any, new_clerk: Any, moment: Any, history: list[Any], undirected: bool
    ) -> None:
        desk = new_desk()
        desk.customer()
        desk.invoice("I1", "100.00")
        desk.invoice("I2", "50.00")
        story = Story(new_clerk(desk, moment), undirected=undirected)

        for step in history:
            story.step(*step)
            story.check()
        story.check_ended()
        for credit in CREDITS:
            story.step("set", credit, [])
            story.check()

        assert all(one.state is not State.OPEN for one in story.requests)
        for kind, name in CREDITS:
            held = desk.held_credit(name, kind=kind) if desk is story.desk else None
            assert held is not None
            assert held.unapplied_minor == held.available_minor
