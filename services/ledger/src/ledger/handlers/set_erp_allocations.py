"""The ERP says where a credit belongs: it applies, un-applies or applies elsewhere."""

from ledger.domain.books import Books
from ledger.domain.facts import AllocationsSet
from ledger.domain.identity import check_credit
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome, Waits
from ledger.handlers.amend_credit import check_reach, find_credit, rebook_credit, take_credit
from ledger.handlers.answer_request import answer_allocation
from shared.base.clock import Moment
from shared.base.money import minor_of


def set_erp_allocations(books: Books, told: AllocationsSet, *, moment: Moment) -> Outcome:
    """Replace all allocations of one credit; waits while the credit, an invoice or room is missing (ERP rules 5, 7)."""
    credit = find_credit(books, told.credit)
    verdict = credit.set_line.judge(told.stamp)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)
    check_credit(credit, told.credit.customer_id)
    check_reach(books, credit.body, told.directions)
    for place, direction in enumerate(told.directions if credit.body is not None else ()):
        assert credit.body is not None
        field = "amount" if direction.credit_amount is None else "credit_amount"
        paid = direction.amount if direction.credit_amount is None else direction.credit_amount
        minor_of(paid, credit.body.currency, pointer=f"/allocations/{place}/{field}")

    answer_allocation(books, credit.credit_id, moment=moment)
    before = take_credit(books, credit, told.credit)
    if credit.waiting:
        books.supersede(credit.credit_id, Waits.SET_GRANT, told.stamp.version)
    credit.set_line.move(told.stamp)
    credit.set_directions = told.directions
    if credit.body is None:
        books.await_credit(credit, (direction.invoice_id for direction in told.directions))
    else:
        rebook_credit(books, credit, before, moment=moment)

    credit.waiting = not credit.granted_whole
    return Outcome.WAITING if credit.waiting else Outcome.ACCEPTED
