"""How I want to be reached: where, by which road, in which language, and whether I am reminded by e-mail."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.preferences import PreferredChannel, TooManyChanges
from portal_api.domain.session import NotSignedIn
from portal_api.gateways import contacts, preferences
from portal_api.interfaces.http.customer_commands import CustomerCommand, command_of
from portal_api.interfaces.http.requests import Phone
from portal_api.interfaces.http.sign_ins import ADDRESS_CHARACTERS_MAX
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from portal_api.interfaces.preferring import Preferring, Standing, Wished
from portal_api.interfaces.signing_in import SigningIn, SignInUnavailable
from shared.web.commands import CommandRoute
from shared.web.problems import problems

Email = Annotated[
    str,
    Field(
        max_length=ADDRESS_CHARACTERS_MAX,
        pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        examples=["ap@muster.example"],
    ),
]
Language = Literal["en", "de"]


class PreferencesGiven(BaseModel):
    """All of it: what is null is as your company's records have it. A changed address counts once it is confirmed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: Email | None = None
    phone: Phone | None = None
    channel: PreferredChannel | None = None
    language: Language | None = None
    reminders_by_email: bool = True


class PendingShown(BaseModel):
    """It waits until somebody presses the button of the mail that went to the old address."""

    email: str | None
    phone: str | None
    expires_at: datetime


class PreferencesShown(BaseModel):
    """What is null is as your company's records have it."""

    contact_id: str
    version: int
    email: str | None
    phone: str | None
    channel: PreferredChannel | None
    language: str | None
    reminders_by_email: bool
    pending: PendingShown | None

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """From what counts and what waits."""
        said, change = standing
        pending = None
        if change is not None:
            pending = PendingShown(
                email=change.to.email, phone=change.to.phone, expires_at=change.expires_at
            )
        names = (
            *("contact_id", "version", "email", "phone", "channel", "language"),
            "reminders_by_email",
        )
        return cls(**{name: getattr(said, name) for name in names}, pending=pending)


def preferences_router(
    signing_in: SigningIn, visitors: Visitors, preferring: Preferring
) -> APIRouter:
    """`/v1/preferences`: of the contact who is signed in, and of nobody else."""
    router = APIRouter(
        prefix="/v1/preferences",
        tags=["preferences"],
        responses=SIGNED_IN,
        route_class=CommandRoute,
    )

    @router.get("")
    async def show_preferences(
        visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)],
    ) -> PreferencesShown:
        """Of the address that signed in, not of a customer: so it is not asked as one."""
        session = visitor.session
        async with signing_in.database.look() as connection:
            for one in await contacts.acting(connection, session.address):
                if one.customer_id == session.customer_id:
                    who = one.customer_id, one.contact_id
                    held = await preferences.of(connection, *who)
                    change = await preferences.pending(connection, *who, now=visitor.moment)
                    return PreferencesShown.of(Standing(held, change))
        raise NotSignedIn("the contact is gone")

    @router.put("", responses=problems(TooManyChanges, SignInUnavailable))
    async def say_preferences(
        given: PreferencesGiven,
        command: Annotated[CustomerCommand, command_of(visitors, Role.VIEW)],
    ) -> PreferencesShown:
        """Channel, language and reminders count at once. A changed address is confirmed at the old one first."""
        wished = Wished(
            given.email, given.phone, given.channel, given.language, given.reminders_by_email
        )
        session = command.visitor.session
        return PreferencesShown.of(await preferring.say(command.work, session, wished))

    return router
