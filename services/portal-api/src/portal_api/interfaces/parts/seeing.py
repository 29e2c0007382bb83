"""Seeing: what customers have with us, from our own rows, and what another service of ours prints or keeps for them."""

from portal_api.gateways.credit_desk import CreditDesk
from portal_api.gateways.dispute_desk import DisputeDesk
from portal_api.interfaces.http.credit_applications import credit_applications_router
from portal_api.interfaces.http.credits import credits_router, payments_router
from portal_api.interfaces.http.disputes import disputes_router
from portal_api.interfaces.http.documents import documents_router
from portal_api.interfaces.http.invoices import invoices_router
from portal_api.interfaces.http.lists import lists_router
from portal_api.interfaces.http.messages import messages_router
from portal_api.interfaces.http.papers import dispute_papers_router
from portal_api.interfaces.http.statement import statement_router
from portal_api.interfaces.parts.ground import Ground, Part


def seeing(ground: Ground) -> Part:
    """What is read most comes first: the first door that fits is taken."""
    visitors, company = ground.visitors, ground.company
    return Part(
        doors=(
            invoices_router(visitors, company),
            payments_router(visitors),
            credits_router(visitors),
            statement_router(visitors, company),
            messages_router(visitors),
            lists_router(visitors, company),
        )
    )


def asking_others(ground: Ground, desk: DisputeDesk) -> Part:
    """Where ledger and disputes answer."""
    visitors = ground.visitors
    return Part(
        doors=(
            disputes_router(visitors, desk),
            dispute_papers_router(visitors, desk),
            documents_router(visitors, ground.ledger),
            credit_applications_router(visitors, CreditDesk(ground.ledger)),
        )
    )
