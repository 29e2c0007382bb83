"""A customer says at which of their invoices a credit is to stand: there it stands at once, and the ERP is asked."""

from ledger.domain.application import Application
from ledger.domain.books import Books
from ledger.domain.credit import Credit
from ledger.domain.request import NoRoom, Part, Request
from ledger.handlers.make_request import make_request
from ledger.handlers.settle_changes import settle_changes
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.money import decimal_text, minor_of


class AlreadyStandsThere(Refusal):
    """Something of the credit stands at the invoice already: the ERP says how much, or is still being asked."""

    code, status = "already-stands-there", 409


def apply_credit(books: Books, request: Request, *, moment: Moment) -> None:
    """Provisionally, until the ERP says where the credit belongs, or refuses. No more than is left of the credit, and
    open of an invoice.
    """
    assert request.asked.item is not None
    make_request(books, request, moment=moment)
    credit = books.touch_credit(books.credits[request.asked.item.item_id])
    if request.asked.minor > credit.unapplied_minor:
        left = decimal_text(credit.unapplied_minor, credit.currency)
        raise NoRoom(f"{left} of the credit are left", pointer="/items")

    for place, part in enumerate(request.asked.parts or ()):
        _stand(books, credit, part, request, f"/items/{place}")

    settle_changes(books, moment=moment)


def _stand(books: Books, credit: Credit, part: Part, request: Request, pointer: str) -> None:
    invoice = books.touch_invoice(books.invoices[part.invoice_id])
    minor = minor_of(part.amount, credit.currency)
    if minor > invoice.open_minor:
        left = decimal_text(invoice.open_minor, credit.currency)
        raise NoRoom(f"{left} of the invoice are open", pointer=f"{pointer}/amount")
    application = credit.applications.setdefault(
        part.invoice_id, Application(credit, part.invoice_id)
    )
    if application.directed_minor or application.request_id is not None:
        raise AlreadyStandsThere("ask us about this invoice", pointer=f"{pointer}/invoice_id")

    application.provisional, application.request_id = True, request.request_id
    application.spent_minor += minor
    application.applied_minor = application.spent_minor + application.discount_minor
