"""The people at the customer: who may do what here, and how the main contact takes a role away, or gives it back."""

from typing import Annotated, Any, Final, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import (
    ContactUnknown,
    MainContactStays,
    Role,
    RolesNotPossible,
    taken_for,
)
from portal_api.gateways import contacts, sessions
from portal_api.interfaces.http.customer_commands import CustomerCommand, command_of
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.web.accepted import Text
from shared.web.commands import CommandRoute
from shared.web.pages import Page, Paging
from shared.web.problems import problems

ROLES_MAX: Final = 10


class RolesGiven(BaseModel):
    """All that the contact may do from now on; nothing, and they cannot sign in any more."""

    model_config = ConfigDict(extra="forbid")

    contact_id: Text
    roles: Annotated[list[Role], Field(max_length=ROLES_MAX, examples=[["view"]])]


class OwnContactShown(BaseModel):
    """`may`: what the position of the contact allows, in the seller's records; `roles` what is left of it."""

    contact_id: str
    name: str
    email: str
    language: str
    roles: list[Role]
    may: list[Role]

    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row."""
        return cls(**dict(row) | {"email": row["address"]})


def own_contacts_router(visitors: Visitors) -> APIRouter:
    """`/v1/contacts` and `/v1/contact-roles`: for who administers."""
    router = APIRouter(tags=["contacts"], responses=SIGNED_IN, route_class=CommandRoute)

    @router.get("/v1/contacts")
    async def list_contacts(
        visitor: Annotated[Visitor, visitors.allowed(Role.ADMINISTER)], paging: Paging
    ) -> Page[OwnContactShown]:
        """By their ids."""
        after, mine = paging.after or ("",), visitor.session.customer_id
        async with visitor.ask() as connection:
            rows = await contacts.page(connection, mine, after=after[0], limit=paging.rows)
        return paging.page([OwnContactShown.of(one) for one in rows], lambda one: (one.contact_id,))

    @router.put(
        "/v1/contact-roles", responses=problems(ContactUnknown, MainContactStays, RolesNotPossible)
    )
    async def say_roles(
        given: RolesGiven,
        command: Annotated[CustomerCommand, command_of(visitors, Role.ADMINISTER)],
    ) -> OwnContactShown:
        """At once. Who may do nothing any more is signed out, and is not mailed a link until they may look again."""
        work, session = command.work, command.visitor.session
        who = session.customer_id, given.contact_id
        held = await contacts.one(work.connection, *who)
        if held is None:
            raise ContactUnknown("your company has no such contact", pointer="/contact_id")
        taken = taken_for([Role(one) for one in held["may"]], given.roles)
        row = await contacts.take(
            work.connection, *who, taken, by=session.contact_id, at=work.moment
        )
        await sessions.end_of_removed(work.connection, [session.customer_id], at=work.moment)
        return OwnContactShown.of(row)

    return router
