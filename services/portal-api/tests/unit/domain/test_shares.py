"""Money counts once, for what is wanted first, however many promises and plans there are of an invoice."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain.answers import Answers
from portal_api.domain.owed import Item, Owed, Paid
from portal_api.domain.plan import Plan, PlanState, Terms
from portal_api.domain.promise import Promise, State
from portal_api.domain.promise_rails import PromiseRails
from portal_api.domain.quote import instalments_of
from portal_api.handlers.judge_promise import judge_promise
from portal_api.handlers.withdraw_promise import withdraw_promise

INVOICE = UUID(int=1)
CUSTOMER = UUID(int=8)
NOW = datetime(2026, 4, 20, 7, tzinfo=UTC)
LATER = NOW + timedelta(days=300)
FIRST = date(2026, 5, 1)
TERMS = Terms("DE01", "EUR", 5, 31, False, 1, "en", "text", "0" * 64)
OPEN = 10_000
RAILS = PromiseRails(30, 3, 5, 2, 180, 4, time(8), {"DE01": "Europe/Berlin"})


def promise(n: int, minor: int, pay_on: date = FIRST) -> Promise:
    item = Item(INVOICE, "R", minor)
    return Promise(UUID(int=n), CUSTOMER, "DE01", "EUR", [item], pay_on, 3, NOW)


def plan(n: int, minor: int, parts: int, first_on: date = FIRST) -> Plan:
    return Plan(
        plan_id=UUID(int=n),
        customer_id=CUSTOMER,
        terms=TERMS,
        items=[Item(INVOICE, "R", minor)],
        instalments=instalments_of(minor, first_on=first_on, parts=parts, deposit_per_cent=0),
        proposed_at=NOW,
        answer_by=NOW,
        state=PlanState.ACTIVE,
    )


def answered(*said: Promise | Plan) -> Answers:
    return Answers(
        promises={one.promise_id: one for one in said if isinstance(one, Promise)},
        plans={one.plan_id: one for one in said if isinstance(one, Plan)},
        invoices={INVOICE: Owed(INVOICE, "R", "DE01", "EUR", OPEN)},
    )


def pay(answers: Answers, minor: int, on: date = FIRST) -> None:
    """One more payment."""
    payments = answers.paid.setdefault(INVOICE, [])
    payments.append(Paid(UUID(int=len(payments) + 1), on, minor))
    left = OPEN - sum(one.minor for one in payments)
    answers.invoices[INVOICE] = answers.invoices[INVOICE]._replace(open_minor=left)


def judge(answers: Answers, *, backwards: bool = False) -> None:
    """Every answer, in either order; those that end are not known to the next command."""
    standing = [*answers.promises.values(), *answers.plans.values()]
    for one in reversed(standing) if backwards else standing:
        if isinstance(one, Promise):
            judge_promise(answers, one, over_at=LATER, moment=NOW)
            if one.state is not State.OPEN:
                del answers.promises[one.promise_id]
        else:
            one.count(answers.known_to(one))
            if one.is_paid():
                answers.spend(one)
                del answers.plans[one.plan_id]


def asked(answers: Answers) -> int:
    held = [
        one.held_minor(item)
        for many in (answers.promises, answers.plans)
        for one in many.values()
        for item in one.items
    ]
    return answers.invoices[INVOICE].open_minor - sum(held)


class TestOnePayment:
    def test_of_a_promise_does_not_pay_the_plan_of_the_rest(self) -> None:
        promised, planned = promise(1, 4_000), plan(2, 6_000, 2, FIRST + timedelta(days=30))
        answers = answered(promised, planned)
        pay(answers, 4_000)
        judge(answers)

        assert promised.state is State.KEPT
        assert [one.paid_minor for one in planned.instalments] == [0, 0]
        assert asked(answers) == 0

    def test_counts_for_the_part_that_is_due_before_the_promise(self) -> None:
        promised = promise(1, 4_000, FIRST + timedelta(days=14))
        planned = plan(2, 6_000, 2)
        answers = answered(promised, planned)
        pay(answers, 3_000)
        pay(answers, 4_000, FIRST + timedelta(days=14))
        in_time = planned.count(answers.known_to(planned))

        assert planned.missed(in_time, today=FIRST + timedelta(days=20)) is None
        assert [one.paid_minor for one in planned.instalments] == [3_000, 0]
        judge(answers)
        assert promised.state is State.KEPT

    def test_keeps_the_earlier_of_two_promises(self) -> None:
        later, earlier = promise(1, 6_000, FIRST + timedelta(days=9)), promise(2, 4_000)
        answers = answered(later, earlier)
        pay(answers, 4_000)
        judge(answers)

        assert (earlier.state, later.state) == (State.KEPT, State.OPEN)
        assert later.items[0].paid_minor == 0
        assert asked(answers) == 0

    def test_that_comes_too_late_for_a_promise_counts_for_the_next(self) -> None:
        earlier, later = promise(1, 4_000), promise(2, 4_000, FIRST + timedelta(days=20))
        answers = answered(earlier, later)
        pay(answers, 4_000, FIRST + timedelta(days=10))
        judge(answers)

        assert (earlier.state, later.state) == (State.OPEN, State.KEPT)

    def test_of_a_promise_taken_back_counts_for_no_other(self) -> None:
        back, stays = promise(1, 4_000), promise(2, 4_000, FIRST + timedelta(days=5))
        answers = answered(back, stays)
        pay(answers, 1_000)
        judge(answers)
        withdraw_promise(answers, back, RAILS, by="1", moment=NOW)
        del answers.promises[back.promise_id]
        judge(answers)

        assert stays.items[0].paid_minor == 0
        assert asked(answers) == 5_000, "the unpromised 2,000 and the 3,000 taken back"


class TestMany:
    @given(
        st.lists(
            st.tuples(st.booleans(), st.integers(100, 3_000), st.integers(0, 60)),
            min_size=1,
            max_size=4,
        ),
        st.lists(st.integers(1, 3_000), max_size=6),
        st.booleans(),
    )
    def test_what_is_asked_for_stays_the_rest_whatever_is_paid(
        self, said: list[tuple[bool, int, int]], payments: list[int], backwards: bool
    ) -> None:
        wanted = sum(minor for _, minor, _ in said)
        if wanted > OPEN:
            return
        made = [
            promise(n, minor, FIRST + timedelta(days=days))
            if is_promise
            else plan(n, minor, 2, FIRST + timedelta(days=days))
            for n, (is_promise, minor, days) in enumerate(said, 20)
        ]
        answers, came = answered(*made), 0

        for minor in payments:
            if came + minor > OPEN:
                break
            pay(answers, minor)
            came += minor
            judge(answers, backwards=backwards)
            assert asked(answers) == min(OPEN - wanted, OPEN - came)
            assert answers.left_minor(INVOICE) == asked(answers)

        took = sum(item.paid_minor for one in made for item in one.items)
        assert took == min(came, wanted), "every cent counts, and once"
