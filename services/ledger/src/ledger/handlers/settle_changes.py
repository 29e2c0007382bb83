"""After the facts of an event changed: apply credits anew where it matters, post the difference, tell what moved."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from uuid import UUID

from ledger.domain.adjustment import Adjustment, adjustment_postings
from ledger.domain.application import Application, application_postings
from ledger.domain.books import Books
from ledger.domain.credit import Credit, credit_postings
from ledger.domain.due import discount_for, due_of, dues
from ledger.domain.granting import adjust, direct, grant, shrink
from ledger.domain.invoice import Invoice, Scope
from ledger.domain.matching import Match, match
from ledger.domain.outcome import Waits
from ledger.domain.terms import Due
from ledger.handlers.tell_changes import tell_changes
from shared.base.clock import Moment


def settle_changes(books: Books, *, moment: Moment) -> None:
    """Bring applications, entries and open amounts in line with what is now known of the touched objects."""
    moved = _grant(books, _direct(books))

    for scope in _scopes(books):
        _match(books, scope, moved)

    _post(books, moved)
    for invoice_id in books.invoices_before:
        invoice = books.invoices[invoice_id]
        invoice.due = _due(books, invoice)
    tell_changes(books, moment=moment)


def _direct(books: Books) -> set[UUID]:
    """Cut the directions of every touched credit; answers the invoices to grant anew."""
    affected = set(books.invoices_before)
    for credit_id in list(books.credits_before):
        credit = books.credits[credit_id]
        _hear_refunds(books, credit)
        credit.adjusted_minor = _adjust(books, credit.worth_minor, credit, credit_id)
        affected |= direct(credit)
        affected.update(one.invoice_id for one in shrink(credit))
        for invoice_id, application in credit.applications.items():
            books.at.setdefault(invoice_id, {})[credit_id] = application
        books.index_credit(credit)
    return affected


def _hear_refunds(books: Books, credit: Credit) -> None:
    """What was given back as an adjustment is away once, where the provider has told of the same."""
    gone, refunded_minor = credit.gone_back, books.refunded_minor(credit)
    if gone is None or gone.refunded_minor == refunded_minor:
        return
    *_, before = credit_postings(credit)

    told = gone._replace(refunded_minor=refunded_minor)
    credit.gone_back = told.heard(credit.erp_returned_minor)

    *_, back = credit_postings(credit)
    credit.return_entry_id = books.rebook(before, credit.return_entry_id, back)


def _grant(books: Books, affected: Iterable[UUID]) -> dict[tuple[UUID, UUID], Application]:
    """Grant at each affected invoice; answers the applications to book again."""
    moved = {}
    for invoice_id in affected:
        applications = list(books.applications_at(invoice_id))
        for application in applications:
            books.touch_credit(application.credit)
            moved[application.credit.credit_id, invoice_id] = application
        if (invoice := books.invoices.get(invoice_id)) is not None:
            owed = books.touch_invoice(invoice).owed_minor
            invoice.adjusted_minor = _adjust(books, owed, invoice, invoice_id)
            grant(invoice, applications, owed - invoice.adjusted_minor)
            books.index_invoice(invoice)
    return moved


def _adjust(books: Books, room: int, item: Invoice | Credit, item_id: UUID) -> int:
    """Grant what stands at an item anew; answers how much it takes off."""
    standing = list(books.adjustments_of(item_id))
    for adjustment in standing:
        books.touch_adjustment(adjustment)
    return adjust(room, item, standing)


def _scopes(books: Books) -> list[Scope]:
    """Where we may have to look for matches: scopes of what was touched, if a payment of ours is free there."""
    if not books.matchable_in:
        return []
    touched = [books.invoices[one].scope for one in books.invoices_before]
    touched += [books.credits[one].scope for one in books.credits_before]
    return [
        scope
        for scope in dict.fromkeys(touched)
        if scope is not None and books.matchable_in.get(scope)
    ]


def _match(books: Books, scope: Scope, moved: dict[tuple[UUID, UUID], Application]) -> None:
    """Match free payments, the oldest first, to what is open; what is matched already stays (ERP rule 6)."""
    free = [credit for credit in books.matchable_in[scope].values() if _unapplied(credit)]
    for credit in sorted(free, key=_age):
        if not (waiting := books.open_in.get(scope)):
            return
        assert credit.body is not None
        books.touch_credit(credit)
        for found in match(
            _unapplied(credit),
            credit.body.reference,
            list(waiting.values()),
            dues_of=lambda invoice: dues(invoice, _due(books, invoice)),
            discount_for=partial(_discount_for, books, credit.body.on),
            disputed_of=lambda invoice: books.disputed.minor_of(invoice.invoice_id),
        ):
            application = _apply(books, credit, found)
            moved[credit.credit_id, found.invoice.invoice_id] = application


def _apply(books: Books, credit: Credit, found: Match) -> Application:
    """Let a payment of ours take effect at an invoice, until the ERP speaks."""
    invoice = books.touch_invoice(found.invoice)
    application = credit.applications.setdefault(
        invoice.invoice_id, Application(credit, invoice.invoice_id)
    )
    application.provisional = True
    application.spent_minor += found.minor
    application.discount_minor += found.discount_minor
    application.applied_minor = application.spent_minor + application.discount_minor
    invoice.open_minor -= found.minor + found.discount_minor
    books.at.setdefault(invoice.invoice_id, {})[credit.credit_id] = application
    books.index_invoice(invoice)
    return application


def _discount_for(books: Books, on: date, invoice: Invoice, cash_minor: int) -> int:
    if invoice.body is None or invoice.body.terms is None:
        return 0
    standing = books.applications_at(invoice.invoice_id)
    adjusted = books.adjustments_of(invoice.invoice_id)
    return discount_for(invoice, standing, adjusted, cash_minor=cash_minor, on=on)


def _due(books: Books, invoice: Invoice) -> Due:
    standing = books.applications_at(invoice.invoice_id)
    return due_of(invoice, standing, books.adjustments_of(invoice.invoice_id))


def _post(books: Books, moved: dict[tuple[UUID, UUID], Application]) -> None:
    """Post the difference for applications, then see what each touched credit has left and still waits for."""
    for credit_id in books.credits_before:
        for invoice_id, application in books.credits[credit_id].applications.items():
            moved.setdefault((credit_id, invoice_id), application)
    for (_, invoice_id), application in moved.items():
        _post_application(books, books.invoices.get(invoice_id), application)

    for adjustment in books.adjusted.values():
        _post_adjustment(books, adjustment)
    for credit_id in books.credits_before:
        credit = books.credits[credit_id]
        credit.unapplied_minor = _unapplied(credit)
        if credit.waiting and credit.granted_whole:
            credit.waiting = False
            books.release(credit_id, Waits.GRANT, credit.line.body_version)
            books.release(credit_id, Waits.SET_GRANT, credit.set_line.body_version)


def _post_application(books: Books, invoice: Invoice | None, application: Application) -> None:
    """Book one application anew when its amount or day differs; forget the row when nothing keeps it.

    An invoice that is not at hand was not granted anew, so what stands there stays.
    """
    if invoice is not None and invoice.body is not None:
        target = application_postings(application, invoice)
        application.booked = books.rebook_all(application.booked, target)

    credit, invoice_id = application.credit, application.invoice_id
    books.changed_applications[credit.credit_id, invoice_id] = application
    if not application.kept:
        credit.applications.pop(invoice_id, None)
        if application.stored_row is not None:
            books.dropped_rows[credit.credit_id, invoice_id] = application.stored_row
        books.at.get(invoice_id, {}).pop(credit.credit_id, None)


def _post_adjustment(books: Books, adjustment: Adjustment) -> None:
    """Book one adjustment anew when it differs; it waits no longer when all of it was granted."""
    if adjustment.body is None:
        return
    item_id = adjustment.body.item_id
    item = books.invoices.get(item_id) or books.credits.get(item_id)
    if item is not None:
        target = adjustment_postings(adjustment, item)
        adjustment.booked = books.rebook_all(adjustment.booked, target)
    if adjustment.waiting and adjustment.granted_minor == adjustment.asked_minor:
        adjustment.waiting = False
        books.release(adjustment.adjustment_id, Waits.GRANT, adjustment.line.body_version)


def _unapplied(credit: Credit) -> int:
    return credit.available_minor - sum(one.spent_minor for one in credit.applications.values())


def _age(credit: Credit) -> tuple[str, str]:
    assert credit.body is not None
    return credit.body.on.isoformat(), str(credit.credit_id)
