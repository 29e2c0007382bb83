"""The ledger, asked over its doors to direct a credit of a customer's. Never inside a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from portal_api.domain.session import Session
from portal_api.gateways.dispute_desk import key_of
from shared.web.calls import PassedOn, Peer, document_of

ALLOCATION: Final = "allocation"
NOT_KNOWN: Final = PassedOn(
    404, "not-known", "The books do not have it yet: try again in a moment."
)
APPLYING: Final = (
    NOT_KNOWN,
    PassedOn(422, "item-unknown", "The books do not have that invoice yet: try again in a moment."),
    PassedOn(
        422,
        "item-elsewhere",
        "Credit and invoices are of one legal entity and currency, and count.",
    ),
    PassedOn(409, "no-room", "No more is left of the credit, or open of an invoice."),
    PassedOn(409, "already-stands-there", "Something of the credit stands at the invoice already."),
    PassedOn(422, "amount-too-precise", "The amount has more decimals than the currency."),
    PassedOn(422, "amount-too-large", "The amount has more digits than are taken."),
)
"""What the ledger refuses; a test holds it against the document of the ledger."""

_INVOICES = (
    "SELECT invoice_id FROM invoices WHERE customer_id = $1 AND invoice_id = ANY($2::uuid[])"
)
_CREDIT = "SELECT 1 FROM credits WHERE customer_id = $1 AND credit_id = $2"


async def has_credit(connection: asyncpg.Connection, customer_id: UUID, credit_id: UUID) -> bool:
    """Whether it is one of the customer's."""
    return await connection.fetchval(_CREDIT, customer_id, credit_id) is not None


async def own_invoices(
    connection: asyncpg.Connection, customer_id: UUID, invoice_ids: Sequence[UUID]
) -> set[UUID]:
    """Those of them that are the customer's."""
    rows = await connection.fetch(_INVOICES, customer_id, list(invoice_ids))
    return {row["invoice_id"] for row in rows}


@dataclass(frozen=True, slots=True)
class CreditDesk:
    """What customers may ask of the ledger. All raise `PeerRefused` or `PeerUnavailable`."""

    peer: Peer

    async def apply(
        self, session: Session, credit_id: UUID, items: Sequence[Any], *, key: str | None
    ) -> Any:
        """The request, as the ledger shows it; who asked is the contact."""
        said = {
            "customer_id": str(session.customer_id),
            "contact_id": session.contact_id,
            "credit_id": str(credit_id),
            "items": items,
        }
        answer = await self.peer.post(
            "/v1/credit-applications", key=key_of(session, key), json=said
        )
        return document_of(answer, APPLYING)

    async def application(self, session: Session, application_id: UUID) -> Any:
        """One that the customer asked for, as the ledger shows it now; None when there is none."""
        answer = await self.peer.get(f"/v1/requests/{application_id}")
        if answer.status_code == NOT_KNOWN.status:
            return None
        found = document_of(answer)
        theirs = found["kind"] == ALLOCATION and found["customer_id"] == str(session.customer_id)
        return found if theirs else None
