"""The portal's provider says that money of a payment went back, or came again: it counts until the ERP says so too."""

from ledger.domain.books import Books
from ledger.domain.credit import PAYMENT, Credit, credit_postings
from ledger.domain.gone_back import GoneBack
from ledger.domain.request import payment_name, request_id_of
from ledger.handlers.amend_credit import rebook_credit
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.money import minor_of
from shared.contracts.portal_api import PaymentBackEvent


class PortalPaymentUnknown(Refusal):
    """Money went back of a payment that never came to the books."""

    code = "portal-payment-unknown"


def return_portal_payment(books: Books, told: PaymentBackEvent, *, moment: Moment) -> None:
    """Un-apply what is away and take it out of the money. What the ERP has said of it before is not booked again.

    An older word than the last changes nothing. Raises `PortalPaymentUnknown`.
    """
    credit = _standing(books, told)
    if credit.gone_back is not None and told.version <= credit.gone_back.version:
        return

    books.begin()
    refunded_minor = books.refunded_minor(credit)
    before = credit_postings(credit)
    books.touch_credit(credit).gone_back = GoneBack(
        told.version,
        minor_of(told.returned, told.currency),
        told.returned_on,
        told.return_reason.value,
        over_minor=credit.erp_returned_minor + refunded_minor,
        refunded_minor=refunded_minor,
    )

    rebook_credit(books, credit, before, moment=moment)


def _standing(books: Books, told: PaymentBackEvent) -> Credit:
    """What stands for the money: the ERP's entry, else ours. What a person entered, or the ERP has posted anew, is
    known by its reference.
    """
    request = books.requests.by_id.get(
        request_id_of(told.customer_id, payment_name(told.payment_id))
    )
    found = [one for one in books.credits.values() if _is_of(one, told)]
    named = None if request is None else request.answered_by or request.entered_id
    if named is not None:
        found.append(books.credits[named])
    if not found:
        raise PortalPaymentUnknown(f"there is no payment {told.payment_id} in the books")
    return min(found, key=lambda one: (not one.active, one.credit_id != named, str(one.credit_id)))


def _is_of(credit: Credit, told: PaymentBackEvent) -> bool:
    body, reference = credit.body, told.provider_reference
    if body is None or credit.kind != PAYMENT or reference is None:
        return False
    return credit.scope == (told.customer_id, told.legal_entity, told.currency) and (
        body.bank_reference == reference
    )
