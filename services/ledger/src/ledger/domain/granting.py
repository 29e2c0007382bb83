"""How the ERP's directions become applied amounts: cut by the credit, then granted by the invoice (ERP rule 7)."""

from collections.abc import Iterable
from uuid import UUID

from ledger.domain.credit import Application, Credit, directed_minors
from ledger.domain.invoice import Invoice


def direct(credit: Credit) -> set[UUID]:
    """Cut the directions by what the credit has, in list order; answers the invoices at which that changes something.

    Provisional applications stay while nobody directs the credit, and end when the ERP speaks (ERP rule 5).
    """
    directions = credit.directions
    directed = (
        directed_minors(directions, credit.body.currency)
        if directions and credit.body is not None
        else {}
    )
    affected: set[UUID] = set()
    left = credit.available_minor

    for invoice_id, application in credit.applications.items():
        if invoice_id not in directed and (application.directed_minor or directions is not None):
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
        if before != (minor, wanted, False):
            affected.add(invoice_id)
    return affected


def grant(invoice: Invoice, applications: Iterable[Application]) -> list[Application]:
    """Grant directed amounts up to the invoice's total, the earliest credit first; what is left, to provisional ones.

    Sets `applied_minor` and the invoice's open amount; answers the applications that changed.
    """
    standing = sorted(applications, key=_seniority)
    room = invoice.total_minor
    changed = []
    for application in sorted(standing, key=lambda one: one.provisional):
        reachable = application.credit.scope == invoice.scope
        asked = application.applied_minor if application.provisional else application.wanted_minor
        granted = min(asked, room) if reachable else 0
        room -= granted
        if granted != application.applied_minor:
            application.applied_minor = granted
            changed.append(application)

    invoice.open_minor = room
    invoice.returned = any(one.came_back for one in standing)
    return changed


def shrink(credit: Credit) -> list[Application]:
    """Take provisional applications back, the last booked first, until they fit; answers the changed."""
    excess = sum(one.applied_minor for one in credit.applications.values()) - credit.available_minor
    changed = []
    for application in sorted(
        credit.applications.values(), key=lambda one: one.entry_id or 0, reverse=True
    ):
        if excess <= 0:
            break
        if application.provisional and application.applied_minor:
            taken = min(excess, application.applied_minor)
            application.applied_minor -= taken
            excess -= taken
            changed.append(application)
    return changed


def _new(credit: Credit, invoice_id: UUID) -> Application:
    application = credit.applications[invoice_id] = Application(credit, invoice_id)
    return application


def _seniority(application: Application) -> tuple[str, UUID]:
    body = application.credit.body
    return ("" if body is None else body.on.isoformat()), application.credit.credit_id
