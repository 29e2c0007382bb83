"""What the portal API tells: what customers did at their own door. Keyed by customer."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.event import Amount, Currency, Event, Instant, Part

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


class PromiseState(StrEnum):
    """What has become of a promise to pay."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly-kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class PromisedItem(Part):
    """So much of an invoice is promised."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None = None
    amount: Amount
    paid: Annotated[
        Amount, Field(description="of it, by payments since, with a value date up to `until`")
    ]
    held: Annotated[
        Amount, Field(description="not asked for now: all of it while the promise is open")
    ]


class PromiseEvent(Event):
    """The whole promise; all of its items are of one legal entity, in one currency."""

    TOPIC = TOPIC
    SUBJECT = "promise_id"

    promise_id: UUID
    legal_entity: str
    currency: Currency
    state: PromiseState
    items: Annotated[tuple[PromisedItem, ...], Field(min_length=1)]
    pay_on: Annotated[date, Field(description="the day that was promised, of the legal entity")]
    until: Annotated[date, Field(description="with the grace: the last value date that keeps it")]
    made_at: Instant
    at: Annotated[Instant, Field(description="of what is told")]


class PromiseMade(PromiseEvent):
    """A customer promised to pay; the amount is not asked for until that day and its grace are over."""

    TYPE = "portal-api.promise.made.v1"


class PromiseKept(PromiseEvent):
    """All of it was paid in time."""

    TYPE = "portal-api.promise.kept.v1"


class PromisePartlyKept(PromiseEvent):
    """Time is up, and some of it was paid; the rest is asked for again, as old as it is."""

    TYPE = "portal-api.promise.partly-kept.v1"


class PromiseBroken(PromiseEvent):
    """Time is up, and nothing of it was paid; it is asked for again, as old as it is."""

    TYPE = "portal-api.promise.broken.v1"


class PromiseWithdrawn(PromiseEvent):
    """Nothing of it is owed any more, though nothing was paid."""

    TYPE = "portal-api.promise.withdrawn.v1"
