"""How the ERP's word becomes applied amounts: cut by the credit, then granted by the item (ERP rule 7)."""

from collections.abc import Iterable
from uuid import UUID

from ledger.domain.adjustment import Adjustment
from ledger.domain.application import Application
from ledger.domain.credit import Credit
from ledger.domain.direction import directed_minors
from ledger.domain.invoice import Invoice, InvoiceBody
from shared.base.money import share


def direct(credit: Credit) -> set[UUID]:
    """Cut the directions by what the credit has, in list order; answers the invoices at which that changes something.

    Provisional applications stay while nobody directs the credit, and end when the ERP speaks (ERP rule 5); those that
    were asked of the ERP after it had spoken stay until it speaks again.
    """
    directions = credit.directions
    directed: dict[UUID, int] = {}
    if directions and credit.body is not None:
        directed = directed_minors(
            directions, credit.body.currency, history_minor=credit.history_minor
        )
    affected: set[UUID] = set()
    left = credit.available_minor

    for invoice_id, application in credit.applications.items():
        unsaid = directions is not None and application.request_id is None
        if invoice_id not in directed and (application.directed_minor or unsaid):
            application.directed_minor = application.wanted_minor = 0
            application.provisional = application.provisional and directions is None
            affected.add(invoice_id)
    for invoice_id, minor in directed.items():
        wanted, left = min(minor, left), left - min(minor, left)
        application = credit.applications.get(invoice_id) or _new(credit, invoice_id)
        before = (application.directed_minor, application.wanted_minor, application.provisional)
        application.directed_minor, application.wanted_minor, application.provisional = (
            minor,
            wanted,
            False,
        )
        if before != (minor, wanted, False) or application.parts:
            affected.add(invoice_id)
    return affected


def adjust(room: int, item: Invoice | Credit, adjustments: Iterable[Adjustment]) -> int:
    """Take off `room` what the adjustments ask, after what they put back; answers how much they took together."""
    left = room
    for one in sorted(adjustments, key=_posted):
        asked = one.asked_minor if one.reaches(item) else 0
        one.granted_minor = min(asked, left)
        left -= one.granted_minor
    return room - left


def grant(invoice: Invoice, applications: Iterable[Application], room: int) -> list[Application]:
    """Grant directed amounts up to `room`, the earliest credit first; what is left, to provisional ones.

    Sets what is applied, and the invoice's open amount; answers the applications that changed. A discount that a
    payment of ours took for settling the whole ends when something is open again.
    """
    standing = sorted(applications, key=_seniority)
    changed = []
    for application in standing:
        application.back_minor = 0
        if application.directed_minor and application.is_history_at(invoice):
            room += _put_back(application, invoice)
            changed.append(application)

    for application in sorted(standing, key=_is_ours):
        if application.directed_minor and application.is_history_at(invoice):
            continue
        before = application.applied_minor, application.spent_minor
        room -= _take(application, invoice, room)
        if before != (application.applied_minor, application.spent_minor):
            changed.append(application)

    terms = invoice.body and invoice.body.terms
    if room and terms and not terms.pro_rata:
        room += sum(_take_discount_back(one) for one in standing if one.discount_minor)
    invoice.open_minor = room
    invoice.returned = any(one.came_back for one in standing)
    return changed


def _take(application: Application, invoice: Invoice, room: int) -> int:
    """Give one application what it asks, as far as there is room."""
    if invoice.body is None or not application.reaches(invoice):
        application.applied_minor = application.spent_minor = application.discount_minor = 0
        return 0
    if application.provisional:
        return _keep(application, invoice.body, room)

    wanted, application.discount_minor = application.wanted_minor, 0
    asked = application.asked_minor(invoice.body.currency, wanted)
    granted = application.applied_minor = application.spent_minor = min(asked, room)
    if application.parts:
        application.spent_minor = wanted if granted == asked else share(wanted, granted, asked)
    return granted


def _keep(application: Application, invoice: InvoiceBody, room: int) -> int:
    """What we matched stays as far as there is room: the money first, then the discount that the terms still give."""
    paid = application.credit.body
    best = paid and invoice.terms and invoice.terms.best_discount(paid.on)
    cash = min(application.spent_minor, room)
    application.discount_minor = min(
        application.discount_minor, room - cash, best.minor if best else 0
    )
    application.spent_minor = cash
    application.applied_minor = cash + application.discount_minor
    return application.applied_minor


def _take_discount_back(application: Application) -> int:
    taken, application.discount_minor = application.discount_minor, 0
    application.applied_minor -= taken
    return taken


def _put_back(application: Application, invoice: Invoice) -> int:
    """What had been settled before the books began, and was returned since; it is owed again."""
    assert invoice.body is not None
    currency = invoice.body.currency
    asked = application.asked_minor(currency, application.directed_minor)
    kept = application.asked_minor(currency, application.wanted_minor)
    application.applied_minor, application.spent_minor = 0, application.wanted_minor
    application.back_minor = asked - kept
    return application.back_minor


def shrink(credit: Credit) -> list[Application]:
    """Take provisional applications back, the last booked first, until they fit; answers the changed."""
    excess = sum(one.spent_minor for one in credit.applications.values()) - credit.available_minor
    changed = []
    for application in sorted(credit.applications.values(), key=_last_entry, reverse=True):
        if excess <= 0:
            break
        if application.provisional and application.spent_minor:
            had, taken = application.spent_minor, min(excess, application.spent_minor)
            application.spent_minor -= taken
            application.discount_minor = share(
                application.discount_minor, application.spent_minor, had
            )
            application.applied_minor = application.spent_minor + application.discount_minor
            excess -= taken
            changed.append(application)
    return changed


def _new(credit: Credit, invoice_id: UUID) -> Application:
    application = credit.applications[invoice_id] = Application(credit, invoice_id)
    return application


def _last_entry(application: Application) -> int:
    return application.booked[-1][0] if application.booked else 0


def _seniority(application: Application) -> tuple[str, UUID]:
    body = application.credit.body
    return ("" if body is None else body.on.isoformat()), application.credit.credit_id


def _is_ours(application: Application) -> bool:
    """What we matched, and what we entered ourselves, gives way to the ERP's word."""
    return application.provisional or application.credit.provisional


def _posted(adjustment: Adjustment) -> tuple[bool, str, UUID]:
    """Puts back first, then the oldest."""
    on = adjustment.body.on.isoformat() if adjustment.body is not None else ""
    return adjustment.asked_minor > 0, on, adjustment.adjustment_id
