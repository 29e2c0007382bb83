"""The ERP posts what we asked for: its entry takes the place of ours, in one step, so nobody sees both or neither."""

from uuid import UUID

from ledger.domain.application import Application
from ledger.domain.books import Books
from ledger.domain.credit import NOBODY, PAYMENT, Credit
from ledger.domain.facts import AdjustmentPosted, CreditPosted, CreditRef
from ledger.domain.line import Verdict
from ledger.domain.request import Request, State, read_id
from ledger.handlers.amend_credit import post_credit, take_credit
from ledger.handlers.settle_changes import settle_changes
from ledger.handlers.tell_changes import tell_customer
from ledger.handlers.undo_request import undo_request
from shared.base.clock import Moment


def answer_with_credit(
    books: Books, credit: Credit, posted: CreditPosted, verdict: Verdict, *, moment: Moment
) -> CreditPosted:
    """End the requests that this payment or credit note answers; answers it as it is to be booked.

    A payment of nobody is the payment of whom our person has named; and where the ERP does not say what it pays, it
    stays where ours stood. A repeated or late record answers too: it says that the ERP's entry is there. What becomes
    of ours is told first, and by whom it was answered.
    """
    if verdict is Verdict.CONFLICT:
        return posted
    _keep_ahead(books, posted)
    if not books.requests.by_id:
        return posted
    answered = _answered(books, posted)
    for request in answered:
        ours = books.credits.get(request.entered_id) if request.entered_id is not None else None
        ref = posted.credit
        if ref.kind == PAYMENT and ours is not None and verdict is Verdict.NEWS:
            _hand_over(ours, credit)
        if credit.customer_id == NOBODY and posted.credit.customer_id is None:
            named = ref._replace(customer_id=request.asked.customer_id)
            posted = posted._replace(credit=named)
        echo_request(books, request, credit.credit_id, moment=moment)
        if ref.kind == PAYMENT and ours is not None:
            _hand_back(books, ours, credit, ref)
    if verdict is Verdict.NEWS and posted.body.directions is not None:
        answer_allocation(books, credit.credit_id, moment=moment)
    elif verdict is not Verdict.NEWS and answered:
        settle_changes(books, moment=moment)
    return posted


def answer_with_adjustment(
    books: Books, posted: AdjustmentPosted, verdict: Verdict, *, moment: Moment
) -> None:
    """End the request that this adjustment answers."""
    adjustment = posted.adjustment
    request = books.requests.named(adjustment.source, posted.body.request_id)
    if request is None or request.state is State.ECHOED or verdict is Verdict.CONFLICT:
        return
    echo_request(books, request, adjustment.adjustment_id, moment=moment)
    if verdict is not Verdict.NEWS:
        settle_changes(books, moment=moment)


def answer_allocation(books: Books, credit_id: UUID, *, moment: Moment) -> None:
    """The ERP has said where a credit belongs: that answers whoever asked it to."""
    for request in books.requests.about(credit_id):
        echo_request(books, request, credit_id, moment=moment)


def echo_request(books: Books, request: Request, by: UUID, *, moment: Moment) -> None:
    """Ours stands no longer. Whoever calls books the ERP's and settles."""
    was_refused = request.state is State.REFUSED
    request.echo(by, moment)
    books.requests.keep(request)

    undo_request(books, request)
    if was_refused:
        end_refusal(books, request)


def end_refusal(books: Books, request: Request) -> None:
    """The refused request silences its customer no longer."""
    customer = books.customers[request.asked.customer_id]
    if customer.doubts.pop(str(request.request_id), None) is not None:
        books.changed_customers[customer.customer_id] = customer
        tell_customer(books, customer)


def _keep_ahead(books: Books, posted: CreditPosted) -> None:
    """It names a request that it was not told of: one that we may make yet."""
    request_id = None if posted.request_id is None else read_id(posted.request_id)
    if (
        request_id is not None
        and books.requests.named(posted.credit.source, posted.request_id) is None
    ):
        books.requests.ahead.add((request_id, posted.credit.credit_id))


def _answered(books: Books, posted: CreditPosted) -> list[Request]:
    """By the request's id; else by the bank's own reference of the same customer, or of nobody."""
    ref, body = posted.credit, posted.body
    named = books.requests.named(ref.source, posted.request_id)
    if named is not None:
        return [named] if named.state is not State.ECHOED else []
    if ref.kind != PAYMENT or body.bank_reference is None:
        return []
    waiting = books.requests.waiting_for(
        (ref.source, body.legal_entity, body.currency), body.bank_reference
    )
    return [one for one in waiting if ref.customer_id in {None, one.asked.customer_id}]


def _hand_over(ours: Credit, theirs: Credit) -> None:
    """What ours pays, theirs pays, until the ERP says otherwise (ERP rule 5)."""
    for invoice_id, one in ours.applications.items():
        if one.applied_minor and invoice_id not in theirs.applications:
            theirs.applications[invoice_id] = Application(
                theirs,
                invoice_id,
                spent_minor=one.spent_minor,
                applied_minor=one.applied_minor,
                discount_minor=one.discount_minor,
                provisional=True,
            )


def _hand_back(books: Books, ours: Credit, theirs: Credit, ref: CreditRef) -> None:
    """What has gone back of ours has gone back of theirs, until the ERP says so itself."""
    if ours.gone_back is None:
        return
    before = take_credit(books, theirs, ref)
    theirs.gone_back = ours.gone_back
    post_credit(books, theirs, before)
