"""The steps that all records of a payment or credit note share: find it, book the difference, settle."""

from ledger.domain.books import Books
from ledger.domain.checks import FieldMissing
from ledger.domain.credit import NOBODY, Credit, CreditBody, credit_postings
from ledger.domain.direction import Direction
from ledger.domain.facts import CreditRef
from ledger.domain.posting import Posting
from ledger.handlers.name_customer import name_customer
from ledger.handlers.settle_changes import settle_changes
from shared.base.clock import Moment

Postings = tuple[Posting | None, Posting | None, Posting | None]


def find_credit(books: Books, ref: CreditRef) -> Credit:
    """The credit a record speaks of; a new one, not yet in the books, when nobody has spoken of it before."""
    return books.credits.get(ref.credit_id) or Credit(
        ref.credit_id,
        ref.kind,
        ref.source,
        ref.source_id,
        ref.customer_id or NOBODY,
        ref.matched_by_us,
    )


def take_credit(books: Books, credit: Credit, ref: CreditRef) -> Postings:
    """Put it into the books of this slice; answers what stands for it. A payment may gain its customer once."""
    before = credit_postings(credit)
    books.touch_credit(books.add_credit(credit))
    credit.matched_by_us = ref.matched_by_us
    if credit.customer_id == NOBODY and ref.customer_id is not None:
        credit.customer_id = ref.customer_id
    return before


def post_credit(books: Books, credit: Credit, before: Postings) -> None:
    """Post the difference for the credit itself; what the provider said first counts until the ERP has said it."""
    if credit.gone_back is not None:
        credit.gone_back = credit.gone_back.heard(credit.erp_returned_minor)
    money, tax, back = credit_postings(credit)
    credit.entry_id = books.rebook(before[0], credit.entry_id, money)
    credit.tax_entry_id = books.rebook(before[1], credit.tax_entry_id, tax)
    credit.return_entry_id = books.rebook(before[2], credit.return_entry_id, back)


def rebook_credit(books: Books, credit: Credit, before: Postings, *, moment: Moment) -> None:
    """Post the difference for the credit itself, then settle what follows from it."""
    post_credit(books, credit, before)

    name_customer(books, credit.customer_id, moment=moment)
    settle_changes(books, moment=moment)


def check_reach(books: Books, body: CreditBody | None, directions: tuple[Direction, ...]) -> None:
    """Between currencies the ERP has to say both amounts (ERP rule 7); refused as far as the invoices are known."""
    for place, direction in enumerate(directions if body is not None else ()):
        invoice = books.invoices.get(direction.invoice_id)
        if invoice is None or invoice.body is None or direction.credit_amount is not None:
            continue
        assert body is not None
        if invoice.body.currency != body.currency:
            raise FieldMissing(
                f"the invoice is in {invoice.body.currency}, the credit in {body.currency}",
                pointer=f"/allocations/{place}/credit_amount",
            )
