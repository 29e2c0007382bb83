"""The bank takes a payment back, in whole or in part."""

from ledger.domain.books import Books
from ledger.domain.facts import PaymentReturned
from ledger.domain.identity import check_credit
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome
from ledger.handlers.amend_credit import find_credit, rebook_credit, take_credit
from shared.base.clock import Moment
from shared.base.money import minor_of


def return_erp_payment(books: Books, told: PaymentReturned, *, moment: Moment) -> Outcome:
    """Un-apply what went back (the amount is cumulative) and take it out of the bank. Waits for its payment."""
    credit = find_credit(books, told.credit)
    verdict = credit.line.judge(told.stamp)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)
    check_credit(credit, told.credit.customer_id)
    if credit.body is not None and told.returned.amount is not None:
        minor_of(told.returned.amount, credit.body.currency, pointer="/amount")

    before = take_credit(books, credit, told.credit)
    credit.line.move(told.stamp)
    credit.returned = told.returned
    if credit.body is None:
        return Outcome.WAITING

    rebook_credit(books, credit, before, moment=moment)
    return Outcome.ACCEPTED
