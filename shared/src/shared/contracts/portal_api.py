"""What the portal API tells: what customers did at their own door. Keyed by customer."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.event import Event, Instant

TOPIC = "portal-api.events.v1"


class SignInAsked(Event):
    """Somebody asked to sign in with the address of this contact: mail them the link, until it ends.

    Neither token nor address is told: the contact is named, and the link is sealed for whoever holds the key.
    """

    TYPE = "portal-api.sign-in.asked.v1"
    TOPIC = TOPIC
    SUBJECT = "sign_in_id"

    sign_in_id: UUID
    contact_id: str
    legal_entity: Annotated[str, Field(description="in whose name it is mailed")]
    language: str
    link_sealed: Annotated[
        str,
        Field(
            repr=False,
            description="AES-256-GCM, bound to the sign-in's id; opened only to be mailed, and kept nowhere",
        ),
    ]
    expires_at: Instant
