"""Who I am here: the contact, the customer, and what this address may do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from portal_api.domain.contact import Role
from portal_api.domain.session import NotSignedIn
from portal_api.gateways import contacts
from portal_api.interfaces.http.sign_ins import CustomerShown
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from portal_api.interfaces.signing_in import SigningIn


class ContactShown(BaseModel):
    contact_id: str
    name: str
    email: str
    language: str


class MeShown(BaseModel):
    """`other_customers` are those that the same address may choose at its next sign-in."""

    contact: ContactShown
    customer: CustomerShown
    other_customers: list[CustomerShown]


def me_router(signing_in: SigningIn, visitors: Visitors) -> APIRouter:
    """`/v1/me`."""
    router = APIRouter(tags=["sign-in"], responses=SIGNED_IN)

    @router.get("/v1/me")
    async def show_me(visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)]) -> MeShown:
        """Of the address that signed in, not of a customer: so it is not asked as one."""
        address, mine = visitor.session.address, visitor.session.customer_id
        async with signing_in.database.look() as connection:
            acting = {one.customer_id: one for one in await contacts.acting(connection, address)}
        return _shown(acting, mine, address)

    return router


def _shown(acting: dict[UUID, contacts.Acting], mine: UUID, address: str) -> MeShown:
    me = acting.pop(mine, None)
    if me is None:
        raise NotSignedIn("the contact is gone")
    return MeShown(
        contact=ContactShown(
            contact_id=me.contact_id, name=me.name, email=address, language=me.language
        ),
        customer=CustomerShown.of(me),
        other_customers=[CustomerShown.of(one) for one in acting.values()],
    )
