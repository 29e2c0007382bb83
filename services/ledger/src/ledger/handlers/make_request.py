"""We ask the ERP: what we want is entered provisionally, by the same hands as the ERP's own records, and told to it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from uuid import UUID

from ledger.domain.adjustment import AdjustmentBody
from ledger.domain.books import Books
from ledger.domain.credit import CREDIT_NOTE, NOBODY, PAYMENT, Credit, CreditBody
from ledger.domain.direction import Direction
from ledger.domain.facts import AdjustmentPosted, AdjustmentRef, CreditPosted, CreditRef
from ledger.domain.invoice import Invoice
from ledger.domain.line import Stamp
from ledger.domain.outcome import Outcome
from ledger.domain.request import ENTERED_AS, OURS, Asked, Kind, NoRoom, Request
from ledger.handlers.amend_credit import rebook_credit, take_credit
from ledger.handlers.answer_request import echo_request
from ledger.handlers.claim_deductions import claim_deductions
from ledger.handlers.record_erp_adjustment import record_erp_adjustment
from ledger.handlers.record_erp_credit import record_erp_credit
from ledger.handlers.settle_changes import settle_changes
from ledger.handlers.undo_request import undo_request
from shared.base.clock import Moment
from shared.base.money import decimal_text, share
from shared.contracts import inbox
from shared.contracts.erp import ItemKind


def make_request(books: Books, request: Request, *, moment: Moment) -> None:
    """Enter it and tell the ERP; refuses what the items have no room for.

    The ERP may have told first, of the request by its id or of a payment by its bank reference: then that is the
    answer, and the ERP is asked for nothing.
    """
    books.begin()
    request.open()
    books.requests.keep(request)
    if not _meet(books, request, moment=moment):
        enter = ENTERS.get(request.asked.kind)
        if enter is not None and enter(books, request, moment) is not Outcome.ACCEPTED:
            raise NoRoom("the item has no room for all of it")
        books.announce(requested_of(request))
    claim_deductions(books, request)


def _meet(books: Books, request: Request, *, moment: Moment) -> bool:
    """Whether the ERP's own record of the payment is there. If it is nobody's, it is whose our person says."""
    theirs = told_already(books, request)
    if theirs is None:
        return False
    echo_request(books, request, theirs.credit_id, moment=moment)
    if theirs.kind == CREDIT_NOTE:
        _pass_through(books, request, moment=moment)
    if theirs.customer_id == NOBODY:
        ref = _ref(request, theirs.credit_id, PAYMENT)._replace(matched_by_us=theirs.matched_by_us)
        before = take_credit(books, theirs, ref)
        rebook_credit(books, theirs, before, moment=moment)
    return True


def _pass_through(books: Books, request: Request, *, moment: Moment) -> None:
    """Enter a credit note on account and take it back: who knows it by its name hears that it stands, as the ERP's."""
    _enter_credit_note(books, request, moment)
    books.begin()
    undo_request(books, request)
    settle_changes(books, moment=moment)


def told_already(books: Books, request: Request) -> Credit | None:
    """The ERP's own record of it, where that is there before the request is made."""
    asked, ahead = request.asked, books.requests.ahead
    found = [
        one
        for one in books.credits.values()
        if one.kind == ENTERED_AS.get(asked.kind)
        and one.body is not None
        and (one.source, one.body.legal_entity, one.body.currency) == asked.scope
        and one.customer_id in {NOBODY, asked.customer_id}
        and (
            _same_reference(request, one.body.bank_reference)
            or ((request.request_id, one.credit_id) in ahead and one.active)
        )
    ]
    return min(found, key=lambda one: (not one.active, str(one.credit_id)), default=None)


def _same_reference(request: Request, bank_reference: str | None) -> bool:
    asked = request.asked
    return (
        asked.kind is Kind.PAYMENT_POSTING
        and asked.bank_reference is not None
        and asked.bank_reference == bank_reference
    )


def _enter_payment(books: Books, request: Request, moment: Moment) -> Outcome:
    asked = request.asked
    directions = None if asked.parts is None else _directions(request)
    body = CreditBody(
        asked.legal_entity,
        asked.on,
        asked.currency,
        asked.minor,
        kind="other",
        bank_reference=asked.bank_reference,
        directions=directions,
    )
    return record_erp_credit(books, _credit(request, PAYMENT, body), moment=moment)


def _enter_credit_note(books: Books, request: Request, moment: Moment) -> Outcome:
    """With its item's share of tax, and at that item as far as it is open, when no one says how much belongs where.

    What the ERP has posted already stands where it says, and ours on account.
    """
    asked, directions, tax = request.asked, _directions(request), 0
    if asked.item is not None:
        invoice = books.invoices[asked.item.item_id]
        assert invoice.body is not None
        if invoice.body.total_minor:
            tax = share(asked.minor, invoice.body.tax_minor, invoice.body.total_minor)
        if asked.parts is None and request.answered_by is None:
            directions = _at_item(invoice, asked, asked.item.instalment)
    body = CreditBody(
        asked.legal_entity,
        asked.on,
        asked.currency,
        asked.minor,
        tax,
        asked.name,
        CREDIT_NOTE,
        directions=directions,
    )
    return record_erp_credit(books, _credit(request, CREDIT_NOTE, body), moment=moment)


def _at_item(invoice: Invoice, asked: Asked, instalment: int | None) -> tuple[Direction, ...]:
    """At the instalment that is meant as far as that is open, then at the invoice as it falls due."""
    left = min(asked.minor, invoice.open_minor)
    here = min(left, invoice.open_of(instalment))
    said = ((here, instalment), (left - here, None))
    return tuple(
        Direction(invoice.invoice_id, Decimal(decimal_text(minor, asked.currency)), number)
        for minor, number in said
        if minor
    )


def _enter_adjustment(books: Books, request: Request, moment: Moment) -> Outcome:
    """A refund takes only what stands nowhere: money that pays an invoice is un-applied first."""
    asked = request.asked
    assert asked.item is not None
    assert request.entered_id is not None
    credit = books.credits.get(asked.item.item_id)
    if credit is not None and asked.minor > credit.unapplied_minor:
        return Outcome.WAITING
    body = AdjustmentBody(
        asked.legal_entity,
        asked.currency,
        asked.item.item_id,
        asked.minor,
        asked.kind.value,
        asked.on,
        request_id=str(request.request_id),
    )
    ref = AdjustmentRef(request.entered_id, OURS, asked.name, asked.customer_id)
    return record_erp_adjustment(books, AdjustmentPosted(ref, _stamp(request), body), moment=moment)


ENTERS: Mapping[Kind, Callable[[Books, Request, Moment], Outcome]] = {
    Kind.PAYMENT_POSTING: _enter_payment,
    Kind.CREDIT_NOTE: _enter_credit_note,
    Kind.WRITE_OFF: _enter_adjustment,
    Kind.REFUND: _enter_adjustment,
}
"""How each kind is entered; an allocation is not, for the ERP alone says where a credit belongs."""


def _directions(request: Request) -> tuple[Direction, ...]:
    return tuple(Direction(one.invoice_id, one.amount) for one in request.asked.parts or ())


def _ref(request: Request, credit_id: UUID, kind: str) -> CreditRef:
    asked = request.asked
    return CreditRef(credit_id, kind, OURS, asked.name, asked.customer_id, matched_by_us=False)


def _credit(request: Request, kind: str, body: CreditBody) -> CreditPosted:
    assert request.entered_id is not None
    return CreditPosted(_ref(request, request.entered_id, kind), _stamp(request), body)


def _stamp(request: Request) -> Stamp:
    return Stamp(1, request.request_id.bytes, carries_body=True)


TELLS: Mapping[Kind, type[inbox.Requested]] = {
    Kind.PAYMENT_POSTING: inbox.PaymentPostingRequested,
    Kind.CREDIT_NOTE: inbox.CreditNoteRequested,
    Kind.WRITE_OFF: inbox.WriteOffRequested,
    Kind.REFUND: inbox.RefundRequested,
    Kind.ALLOCATION: inbox.AllocationRequested,
}


def requested_of(request: Request) -> inbox.Requested:
    """The request as the ERP hears of it, in its own ids."""
    asked, item, parts = request.asked, request.asked.item, request.asked.parts
    return TELLS[asked.kind](
        request_id=request.request_id,
        source=asked.source,
        customer_id=asked.customer_id,
        customer_number=asked.customer_number,
        legal_entity=asked.legal_entity,
        item=None
        if item is None
        else inbox.RequestedItem(
            kind=ItemKind(item.kind), id=item.source_id, instalment=item.instalment
        ),
        currency=asked.currency,
        amount=decimal_text(asked.minor, asked.currency),
        value_date=asked.on if asked.kind is Kind.PAYMENT_POSTING else None,
        reason=asked.reason,
        approved_by=request.approved_by,
        provider_reference=asked.bank_reference,
        allocations=None
        if parts is None
        else tuple(
            inbox.RequestedAllocation(invoice_id=one.source_id, amount=str(one.amount))
            for one in parts
        ),
    )
