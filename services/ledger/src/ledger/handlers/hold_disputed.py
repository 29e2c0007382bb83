"""A dispute holds more or less of its invoices than before."""

from typing import Final

from ledger.domain.books import Books
from ledger.domain.disputed import Held, Place
from ledger.handlers.settle_changes import settle_changes
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import disputes
from shared.contracts.disputes import DisputeEvent

HOLDS_ANEW: Final = (
    *(disputes.DisputeOpened, disputes.DisputeExtended, disputes.DisputeReopened),
    *(disputes.DisputeSettled, disputes.DisputeUnsettled),
    *(disputes.DisputeWithdrawn, disputes.DisputeMerged),
)
"""Facts that change how much is disputed; an outcome does more than that."""


def hold_disputed(books: Books, told: DisputeEvent, *, moment: Moment) -> None:
    """Nothing is booked for it; but money that waits for an invoice finds what is not disputed any more."""
    books.begin()
    for item in told.items:
        place = Place(told.dispute_id, item.invoice_id, item.instalment)
        held = Held(told.customer_id, told.version, minor_of(item.held, told.currency))
        invoice = books.invoices.get(item.invoice_id)
        if books.disputed.hear(place, held) and invoice is not None and invoice.body is not None:
            books.touch_invoice(invoice)
    settle_changes(books, moment=moment)
