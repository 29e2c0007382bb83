"""The ERP takes an adjustment back."""

from ledger.domain.books import Books
from ledger.domain.facts import AdjustmentCancelled
from ledger.domain.identity import check_adjustment
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome
from ledger.handlers.record_erp_adjustment import find_adjustment, settle_adjustment
from shared.base.clock import Moment


def cancel_erp_adjustment(
    books: Books, cancelled: AdjustmentCancelled, *, moment: Moment
) -> Outcome:
    """Reverse it: the item is owed as before. Waits when the adjustment is not there yet."""
    adjustment = find_adjustment(books, cancelled.adjustment)
    verdict = adjustment.line.judge(cancelled.stamp)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)
    check_adjustment(adjustment, cancelled.adjustment.customer_id)

    adjustment.line.move(cancelled.stamp)
    if adjustment.body is None:
        books.touch_adjustment(books.add_adjustment(adjustment))
        return Outcome.WAITING

    settle_adjustment(books, adjustment, moment=moment)
    return Outcome.ACCEPTED
