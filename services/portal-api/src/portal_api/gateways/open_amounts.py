"""What of a customer's invoices is open at this moment: asked of the ledger, in its own words."""

from collections.abc import Collection
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from portal_api.domain.owed import Owed
from shared.base.money import minor_of
from shared.web.calls import Peer


class _Item(BaseModel):
    invoice_id: UUID
    invoice_number: str
    legal_entity: str
    currency: str
    open: Annotated[Decimal, Field(ge=0)]


class _Answer(BaseModel):
    items: list[_Item]


async def open_amounts(
    ledger: Peer, customer_id: UUID, invoices: Collection[UUID]
) -> dict[UUID, Owed]:
    """Of those that are the customer's and owed, by id. Raises `PeerUnavailable`; never asked inside a transaction."""
    answer = await ledger.get(
        f"/v1/customers/{customer_id}/open-amounts",
        params={"invoice_id": sorted(map(str, invoices))},
    )
    answer.raise_for_status()
    found = _Answer.model_validate_json(answer.content).items
    return {
        one.invoice_id: Owed(
            one.invoice_id,
            one.invoice_number,
            one.legal_entity,
            one.currency,
            minor_of(one.open, one.currency),
        )
        for one in found
    }
