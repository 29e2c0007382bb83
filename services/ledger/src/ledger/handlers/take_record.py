"""Take one record of the ERP: handle its fact, and name the outcome (ERP rule 12)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ledger.domain.books import Books
from ledger.domain.facts import (
    AdjustmentCancelled,
    AdjustmentPosted,
    AllocationsSet,
    CreditCancelled,
    CreditPosted,
    CustomerTold,
    InvoiceCancelled,
    InvoicePosted,
    PaymentReturned,
    RequestRefused,
)
from ledger.domain.outcome import Outcome, Waits
from ledger.domain.run import ItemsStated, RunCompleted
from ledger.handlers.cancel_erp_adjustment import cancel_erp_adjustment
from ledger.handlers.cancel_erp_credit import cancel_erp_credit
from ledger.handlers.cancel_erp_invoice import cancel_erp_invoice
from ledger.handlers.complete_run import complete_run
from ledger.handlers.end_doubts import end_doubts
from ledger.handlers.note_statement import note_statement
from ledger.handlers.read_erp_record import Reading
from ledger.handlers.record_erp_adjustment import record_erp_adjustment
from ledger.handlers.record_erp_credit import record_erp_credit
from ledger.handlers.record_erp_customer import record_erp_customer
from ledger.handlers.record_erp_invoice import record_erp_invoice
from ledger.handlers.refuse_request import refuse_request
from ledger.handlers.return_erp_payment import return_erp_payment
from ledger.handlers.set_erp_allocations import set_erp_allocations
from shared.base.clock import Moment
from shared.base.errors import Refusal

CONFLICTS = "version-conflicts"
"""Code of a record that says something else than an equal version before it."""

HEARS: dict[type, tuple[Callable[..., Outcome], Waits]] = {
    CustomerTold: (record_erp_customer, Waits.NOTHING),
    InvoicePosted: (record_erp_invoice, Waits.NOTHING),
    InvoiceCancelled: (cancel_erp_invoice, Waits.PARENT),
    CreditPosted: (record_erp_credit, Waits.GRANT),
    CreditCancelled: (cancel_erp_credit, Waits.PARENT),
    PaymentReturned: (return_erp_payment, Waits.PARENT),
    AllocationsSet: (set_erp_allocations, Waits.SET_GRANT),
    AdjustmentPosted: (record_erp_adjustment, Waits.GRANT),
    AdjustmentCancelled: (cancel_erp_adjustment, Waits.PARENT),
    ItemsStated: (note_statement, Waits.NOTHING),
    RunCompleted: (complete_run, Waits.NOTHING),
    RequestRefused: (refuse_request, Waits.NOTHING),
}
"""What the ledger hears: fact → handler, and what a record of it may have to wait for."""


class Taken(NamedTuple):
    """What became of a record; code, pointer and detail when it was not taken as it is."""

    reading: Reading
    outcome: Outcome
    waits: Waits = Waits.NOTHING
    code: str = ""
    pointer: str = ""
    detail: str = ""


def take_record(books: Books, reading: Reading, *, moment: Moment) -> Taken:
    """Handle one record on the books of its slice. A refusal changes nothing in them."""
    if reading.refusal is not None:
        return _refused(reading, reading.refusal)
    fact: Any = reading.fact
    handler, waits = HEARS[type(fact)]
    books.begin()
    books.cause = reading.record

    try:
        outcome = handler(books, fact, moment=moment)
    except Refusal as refusal:
        return _refused(reading, refusal)

    if outcome is Outcome.CONFLICT:
        detail = "an equal version says something else; the first one stays"
        return Taken(reading, outcome, code=CONFLICTS, pointer="/version", detail=detail)
    if outcome is Outcome.ACCEPTED or outcome is Outcome.WAITING:
        identity = reading.identity
        end_doubts(books, identity.object_id, identity.line, identity.version)
    return Taken(reading, outcome, waits if outcome is Outcome.WAITING else Waits.NOTHING)


def _refused(reading: Reading, refusal: Refusal) -> Taken:
    return Taken(
        reading, Outcome.REFUSED, code=refusal.code, pointer=refusal.pointer, detail=refusal.message
    )
