"""The ERP receives a payment or posts a credit note, or tells a newer version of it."""

from ledger.domain.books import Books
from ledger.domain.facts import CreditPosted
from ledger.domain.identity import check_credit
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome, Waits
from ledger.handlers.amend_credit import check_reach, find_credit, rebook_credit, take_credit
from ledger.handlers.answer_request import answer_with_credit
from shared.base.clock import Moment


def record_erp_credit(books: Books, posted: CreditPosted, *, moment: Moment) -> Outcome:
    """Book the money or the credit note and apply it; waits while an invoice it names is missing or has no room."""
    credit = find_credit(books, posted.credit)
    verdict = credit.line.judge(posted.stamp)
    if verdict is Verdict.NEWS:
        check_credit(credit, posted.credit.customer_id, posted.body)
        check_reach(books, posted.body, posted.body.directions or ())
    posted = answer_with_credit(books, credit, posted, verdict, moment=moment)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)

    before = take_credit(books, credit, posted.credit)
    orphaned = credit.line.top_version > 0 and credit.body is None
    if credit.waiting:
        books.supersede(credit.credit_id, Waits.GRANT, posted.stamp.version)
    credit.line.move(posted.stamp)
    if orphaned:
        books.release(credit.credit_id, Waits.PARENT, credit.line.top_version)
    credit.body = posted.body
    if credit.line.in_force:
        credit.returned = None

    rebook_credit(books, credit, before, moment=moment)
    credit.waiting = not credit.granted_whole
    return Outcome.WAITING if credit.waiting else Outcome.ACCEPTED
