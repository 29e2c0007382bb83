"""The ERP voids a credit note, or says that a payment was a typing error."""

from ledger.domain.books import Books
from ledger.domain.facts import CreditCancelled
from ledger.domain.identity import check_credit
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome
from ledger.handlers.amend_credit import find_credit, rebook_credit, take_credit
from shared.base.clock import Moment


def cancel_erp_credit(books: Books, cancelled: CreditCancelled, *, moment: Moment) -> Outcome:
    """Un-apply and reverse the credit. Waits when it is not there yet."""
    credit = find_credit(books, cancelled.credit)
    verdict = credit.line.judge(cancelled.stamp)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)
    check_credit(credit, cancelled.credit.customer_id)

    before = take_credit(books, credit, cancelled.credit)
    credit.line.move(cancelled.stamp)
    credit.returned = None
    if credit.body is None:
        return Outcome.WAITING

    rebook_credit(books, credit, before, moment=moment)
    return Outcome.ACCEPTED
